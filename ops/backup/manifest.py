"""What a backup says of itself. It is written last: a folder without it is no backup. Of keys it holds ids, which tell nothing of them."""

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from shared.db.keys import ids_of
from shared.services import Service
from shared.settings import PlatformSettings

NAME = "manifest.json"
_CHUNK = 1 << 20


class Part(BaseModel):
    """One file of the backup; ``sha256`` is of what stands there, encrypted or not."""

    file: str
    megabytes: float
    sha256: str


class Dump(Part):
    """One service's database. ``bookmarks``: by producer, (transaction, sequence) of the last event that was read."""

    schema_version: str
    events: int
    bookmarks: dict[str, tuple[int, int]]


class Manifest(BaseModel):
    """``keys``: the ids of the keys that the rows are under, by use; without these keys the backup is of no use. ``recipients``: for whom
    it is encrypted. ``files`` is None where the store is a bucket, which has versions of its own."""

    made_at: datetime
    dumps: dict[Service, Dump]
    files: Part | None
    keys: dict[str, list[str]]
    recipients: list[str]


def digest(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    sum_ = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sum_.update(chunk)
    return sum_.hexdigest()


def key_ids(settings: PlatformSettings) -> dict[str, list[str]]:
    return {use.value: list(ids) for use, ids in ids_of(settings).items()}


def read(folder: Path) -> Manifest:
    """Raises FileNotFoundError for a folder that is no backup."""
    return Manifest.model_validate_json((folder / NAME).read_text("utf-8"))


def complete(folder: Path) -> list[Path]:
    """The backups below ``folder``, oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{NAME}"))
