"""A bundle as PDF for a print shop: the pages of the stored files one after the other. A signature covers one file as it was signed, so
that the merged file carries none, and says so.
"""

import asyncio
import io

import pikepdf

from services.certificates.bundles import contents
from services.certificates.bundles.contents import Line
from shared.clock import beijing_time, now_utc
from shared.tasks.job_files import JobFiles

PART_CERTIFICATES = 100
# Of the files that a part is made of: it is held in memory until it is written, in ten times the room.
PART_BYTES = 8 * 1024 * 1024
NOTE = "合并文件仅供印刷，不含电子签名，不能代替逐份下载的证书文件"
# What binds a page to its own file's form fields and structure, which stay behind.
_BOUND = ("/StructParents", "/Tabs")


class PageUnreadable(Exception):
    """The file is no PDF with pages."""


class MergedParts:
    """Parts of at most ``PART_CERTIFICATES``, each with a title and an entry of its outline for every certificate; a 目录 for all."""

    def __init__(self, files: JobFiles, lines: list[Line], *, part_certificates: int = PART_CERTIFICATES) -> None:
        self._files, self._lines, self._limit = files, lines, part_certificates
        self._day = f"{beijing_time(now_utc()):%Y%m%d}"
        self._part = 0
        self._pdf: pikepdf.Pdf | None = None
        self._sources: list[pikepdf.Pdf] = []
        self._entries: list[tuple[str, int]] = []
        self._size = 0

    async def add(self, line: Line, pdf: bytes) -> None:
        """Takes the pages of a certificate in and notes in its line where they are. Raises ``PageUnreadable``, ``StorageUnavailable``."""
        source = await asyncio.to_thread(_opened, pdf)
        if len(self._entries) >= self._limit or (self._entries and self._size + len(pdf) > PART_BYTES):
            await self._end()
        if self._pdf is None:
            self._part, self._pdf = self._part + 1, pikepdf.new()
        page = len(self._pdf.pages)
        self._pdf.pages.extend(source.pages)
        self._sources.append(source)
        self._entries.append((f"{line.holder_name} {line.number}", page))
        self._size += len(pdf)
        line.bundle, line.file = self._name, f"第 {page + 1} 页"

    async def finish(self) -> None:
        """The last part and the 目录."""
        if self._pdf is not None:
            await self._end()
        sheet = await asyncio.to_thread(contents.contents_sheet, self._lines)
        await self._files.put(f"证书合并打印_{self._day}_{contents.NAME}", sheet)

    @property
    def _name(self) -> str:
        return f"证书合并打印_{self._day}_{self._part}.pdf"

    async def _end(self) -> None:
        assert self._pdf is not None
        title = f"培训合格证书（合并打印，不含电子签名）第 {self._part} 部分"
        data = await asyncio.to_thread(_saved, self._pdf, title, self._entries)
        for each in (*self._sources, self._pdf):
            each.close()
        self._pdf, self._sources, self._entries, self._size = None, [], [], 0
        await self._files.put(self._name, data)


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        source = pikepdf.open(io.BytesIO(data))
        if not len(source.pages):
            raise PageUnreadable
    except pikepdf.PdfError as error:
        raise PageUnreadable from error
    for page in source.pages:
        _unbind(page.obj)
    return source


def _unbind(page: pikepdf.Dictionary) -> None:
    """Leaves of a page what is printed: no field of a form, no signature, no place in a structure that stays behind."""
    for key in _BOUND:
        if key in page:
            del page[key]
    kept = [note for note in page.get("/Annots", ()) if note.get("/Subtype") != "/Widget"]
    for note in kept:
        if "/StructParent" in note:
            del note["/StructParent"]
    if "/Annots" in page:
        del page["/Annots"]
    if kept:
        page["/Annots"] = pikepdf.Array(kept)


def _saved(pdf: pikepdf.Pdf, title: str, entries: list[tuple[str, int]]) -> bytes:
    with pdf.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(name, page) for name, page in entries)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["dc:title"] = title
    pdf.docinfo["/Title"] = title
    pdf.Root["/Lang"] = pikepdf.String("zh-CN")
    pdf.Root["/ViewerPreferences"] = pikepdf.Dictionary(DisplayDocTitle=True)
    buffer = io.BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()
