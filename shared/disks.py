"""The room on the disks of the platform's folders, as far as they are folders of this machine: files, and what is cached. Where little is
left nothing more is taken in: a database whose disk is full to the last byte stops, and then nobody can read either.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from prometheus_client import Gauge

from shared.settings import PlatformSettings

_MB = 1024**2
FREE = Gauge("disk_free_bytes", "Room on the disk of a folder", ["folder"])
TOTAL = Gauge("disk_size_bytes", "Size of the disk of a folder", ["folder"])


@dataclass(frozen=True)
class Disk:
    """The file system of one folder of the platform."""

    folder: str
    free_mb: int
    total_mb: int


def read_disks(settings: PlatformSettings) -> list[Disk]:
    """One for each folder that is here."""
    storage = urlsplit(settings.storage_url)
    folders = [Path(unquote(storage.path))] if storage.scheme == "file" else []
    found = []
    for folder in (*folders, settings.cache_dir):
        if folder.exists():
            usage = shutil.disk_usage(folder)
            found.append(Disk(str(folder), usage.free // _MB, usage.total // _MB))
    return found


class Room:
    """Whether there is room, asked for by every request and looked for now and then."""

    LOOKED_EVERY = 2.0

    def __init__(self) -> None:
        self._looked_at, self._little = -self.LOOKED_EVERY, False

    def is_little(self, settings: PlatformSettings) -> bool:
        """Whether a disk has less left than ``least_free_mb``; never where that is 0."""
        now = time.monotonic()
        if now - self._looked_at >= self.LOOKED_EVERY:
            self._looked_at = now
            least = settings.least_free_mb
            self._little = bool(least) and any(disk.free_mb < least for disk in read_disks(settings))
        return self._little


def show_disks(settings: PlatformSettings) -> None:
    """Sets the gauges of each."""
    for disk in read_disks(settings):
        FREE.labels(disk.folder).set(disk.free_mb * _MB)
        TOTAL.labels(disk.folder).set(disk.total_mb * _MB)
