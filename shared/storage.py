"""Where files lie: a local folder (``file:///…``) or a bucket (``s3://…``) behind one small class over obstore.
Keys are made by callers out of ids; what a file is and who may read it is decided elsewhere.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from shared.errors import NotFound, Unavailable

CHUNK_BYTES: Final = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*(/[A-Za-z0-9_\-][A-Za-z0-9_.\-]*)*")


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    detail = "文件存储暂时不可用，您的文件尚未保存，请稍后重试"


class FileMissing(NotFound):
    code = "file_missing"
    detail = "没有找到该文件，可能已被删除，请刷新后重试"


class Storage:
    """Files by key. A put is atomic: obstore writes aside and renames, so nobody sees half a file."""

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        """``options`` are obstore's S3 settings (``endpoint``, ``access_key_id``, ``secret_access_key``, ``region`` …).

        Raises ValueError for any other kind of address.
        """
        self._store, self._keeps_types = _open_store(url, options or {})

    async def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """Store ``data`` (a path is read in pieces) under ``key``, replacing it; raises StorageUnavailable, ValueError for a bad key."""
        attributes = {"Content-Type": content_type} if self._keeps_types else None
        with _told():
            await obstore.put_async(self._store, _checked(key), data, attributes=attributes)

    async def get(self, key: str) -> bytes:
        """The whole file; raises FileMissing, StorageUnavailable."""
        with _told():
            result = await obstore.get_async(self._store, _checked(key))
            return bytes(await result.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The file in pieces of about 256 kB; raises FileMissing, StorageUnavailable at the first piece."""
        with _told():
            result = await obstore.get_async(self._store, _checked(key))
            async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)

    async def exists(self, key: str) -> bool:
        """Whether there is a file; raises StorageUnavailable when that cannot be known."""
        try:
            with _told():
                await obstore.head_async(self._store, _checked(key))
        except FileMissing:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Take the file away; one that is gone already is no error, so that a sweep can be repeated."""
        try:
            with _told():
                await obstore.delete_async(self._store, _checked(key))
        except FileMissing:
            return


def _open_store(url: str, options: Mapping[str, str]) -> tuple[ObjectStore, bool]:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return LocalStore(unquote(parts.path), mkdir=True), False
    if parts.scheme == "s3" and parts.netloc:
        plain_http = options.get("endpoint", "").startswith("http://")
        store = S3Store.from_url(
            url,
            config=dict(options),  # type: ignore[arg-type]  # a TypedDict of the same strings
            client_options={"allow_http": plain_http, "connect_timeout": "3s", "timeout": "30s"},
            retry_config={"max_retries": 2},
        )
        return store, True
    raise ValueError("the storage address is file:///folder or s3://bucket/prefix")


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("a storage key is made of ids: letters, digits, '_', '-', '.' and single '/'")
    return key


@contextmanager
def _told() -> Iterator[None]:
    """Translate what the store raises; a missing file is FileNotFoundError there, a subclass of OSError."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing from error
    except (BaseError, OSError) as error:
        raise StorageUnavailable from error
