"""The file of an import in its pieces. It may be six times as large as any other that the platform takes (60 MB), so it comes and is kept
in pieces of 8 MB, each within the bounds of every request: no process ever holds more than one while it comes, and who loses the line
sends one piece again.
"""

import asyncio
from typing import Final
from uuid import UUID

from shared.errors import InvalidInput, PayloadTooLarge
from shared.storage import Storage
from shared.tasks.jobs import opened_file, sealed_file
from shared.uploads import FileEmpty

MAX_BYTES: Final = 60 * 1024 * 1024
MAX_ROWS: Final = 250_000
PART_BYTES: Final = 8 * 1024 * 1024
SUFFIXES: Final = (".xlsx", ".csv")


class LegacyFileTooLarge(PayloadTooLarge):
    code = "file_too_large"
    detail = f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件上传"


class LegacyPartWrong(InvalidInput):
    code = "part_wrong"


def folder_of(import_id: UUID) -> str:
    return f"declaration/legacy/{import_id}"


def parts_of(size: int) -> int:
    """How many pieces a file of so many bytes has."""
    return -(-size // PART_BYTES)


def size_of_part(size: int, part: int) -> int:
    """Bytes of that piece, the first being 1."""
    return min(PART_BYTES, size - (part - 1) * PART_BYTES)


async def take_part(data: bytes, _name: str) -> bytes:
    """A piece as it came. It is looked into when the whole is read, in the bounded process."""
    if not data:
        raise FileEmpty
    return data


async def keep_part(storage: Storage, import_id: UUID, part: int, data: bytes) -> None:
    """The list is full of people's phones: it is kept encrypted."""
    sealed = await asyncio.to_thread(sealed_file, data)
    await storage.put(f"{folder_of(import_id)}/{part}", sealed, "application/octet-stream")


async def read_parts(storage: Storage, import_id: UUID, parts: int) -> bytes:
    """The whole file. Raises ``FileMissing``, ``StorageUnavailable``."""
    whole = bytearray()
    for part in range(1, parts + 1):
        sealed = await storage.get(f"{folder_of(import_id)}/{part}")
        whole += await asyncio.to_thread(opened_file, sealed)
    return bytes(whole)
