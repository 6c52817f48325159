"""A bundle as ZIP files, written while they are made: one entry at a time is in memory. Entries are stored as they are, since a PDF
does not get smaller, each with its size before it, so that every unpacker can read them.
"""

import asyncio
import io
import re
import unicodedata
import zipfile

from services.certificates.bundles import contents
from services.certificates.bundles.contents import Line
from shared.clock import beijing_time, now_utc
from shared.tasks.job_files import JobFiles

# Below 2 GiB, beyond which old unpackers and file systems fail.
PART_BYTES = 2_000_000_000
_REFUSED = re.compile(r'[\\/:*?"<>|~\s.]+')
_ENTRY_OVERHEAD = 30 + 46
_END_BYTES = 22


class _Window:
    """What ``zipfile`` takes for a file of any length: it goes back only within the entry that it writes, and that is what is held."""

    def __init__(self) -> None:
        self._start, self._held = 0, io.BytesIO()

    def write(self, data: bytes) -> int:
        return self._held.write(data)

    def tell(self) -> int:
        return self._start + self._held.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence != 0 or offset < self._start:
            raise io.UnsupportedOperation("that has left already")
        self._held.seek(offset - self._start)
        return offset

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        return

    def take(self) -> bytes:
        """What was written since the last time."""
        data = self._held.getvalue()
        self._start, self._held = self._start + len(data), io.BytesIO()
        return data


class ZipParts:
    """Parts of at most ``part_bytes`` (one longer entry stands alone), each a ZIP by itself with a 目录 of all certificates up to there."""

    def __init__(self, files: JobFiles, lines: list[Line], *, total: int, part_bytes: int = PART_BYTES) -> None:
        self._files, self._lines, self._part_bytes = files, lines, part_bytes
        self._digits = max(4, len(str(total)))
        self._made = beijing_time(now_utc())
        self._part, self._size, self._entries = 0, 0, 0
        self._window = _Window()
        self._zip: zipfile.ZipFile | None = None

    async def add(self, line: Line, pdf: bytes) -> None:
        """Writes the page of a certificate and notes in its line where it is. Raises ``StorageUnavailable``."""
        entry = f"{line.position:0{self._digits}}_{_plain(line.holder_name)}_{_plain(line.number)}.pdf"
        cost = _ENTRY_OVERHEAD + 2 * len(entry.encode()) + len(pdf)
        room = self._part_bytes - self._size - contents.longest(len(self._lines) + 1)
        if self._entries and cost > room:
            await self._end()
        archive = self._opened()
        line.bundle, line.file = self._name, entry
        await self._write(archive, entry, pdf, cost)

    async def finish(self) -> None:
        """The last part is whole; a bundle of which nothing could be taken in has its 目录."""
        if self._zip is not None or not self._part:
            await self._end()

    @property
    def _name(self) -> str:
        return f"证书_{self._made:%Y%m%d}_{self._part}.zip"

    def _opened(self) -> zipfile.ZipFile:
        if self._zip is None:
            self._part += 1
            self._size, self._entries, self._window = _END_BYTES, 0, _Window()
            self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]
            self._files.begin(self._name)
        return self._zip

    async def _write(self, archive: zipfile.ZipFile, entry: str, data: bytes, cost: int) -> None:
        info = zipfile.ZipInfo(entry, self._made.timetuple()[:6])
        info.external_attr = 0o644 << 16
        archive.writestr(info, data)
        self._size, self._entries = self._size + cost, self._entries + 1
        await self._files.write(self._window.take())

    async def _end(self) -> None:
        archive = self._opened()
        sheet = await asyncio.to_thread(contents.contents_sheet, self._lines)
        await self._write(archive, contents.NAME, sheet, len(sheet))
        archive.close()
        await self._files.write(self._window.take())
        await self._files.end()
        self._zip = None


def _plain(text: str) -> str:
    """Part of a file's name that means nothing to a path and shows nothing that is not there (marks of direction, joiners)."""
    shown = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    return _REFUSED.sub("_", shown)[:40].strip("_") or "证书"
