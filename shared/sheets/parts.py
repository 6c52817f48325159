"""What of an xlsx is given to the reader: one worksheet, its texts and its styles, each clean XML from its first byte to its last, in a
package that is written here. Where they lie is learnt as Excel learns it, by relationships, and logos, printer settings and whatever else
a package holds stay behind.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.parsers import expat

from shared.errors import InvalidInput
from shared.sheets.package import PIECE, FileDamaged, NotASheet

# More texts, formats or styles than any sheet that we take could use; the reader makes room for as many as a part claims.
MAX_COUNT: Final = 2_000_000
_COUNTS = ("count", "uniqueCount")
_COUNT = re.compile(r"[0-9]{1,7}")
_FIXED = (
    "[content_types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedstrings.xml",
    "xl/styles.xml",
)
_KINDS = {"worksheet": "xl/worksheets/sheet1.xml", "sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
_BOM = b"\xef\xbb\xbf"
Start = Callable[[str, Mapping[str, str]], None]


class WorksheetMissing(InvalidInput):
    code = "worksheet_missing"


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


class XmlWatch:
    """Watches over one part: no DTD, well-formed as far as it is fed; where ``clean``, also UTF-8, no bytes before the first ``<``, and no
    count that is not one. ``start`` is told each element. Raises FileDamaged, and what ``start`` raises."""

    def __init__(self, start: Start, *, clean: bool) -> None:
        self._start = start
        self._fresh = clean
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element if clean else start
        self._parser.StartDoctypeDeclHandler = _refuse
        if clean:
            self._parser.XmlDeclHandler = _declared

    def also(self, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        """``end`` is told where an element ends, ``text`` what stands in one, maybe in pieces."""
        self._parser.EndElementHandler, self._parser.CharacterDataHandler = end, text

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """The next bytes."""
        if self._fresh and not piece.removeprefix(_BOM).startswith(b"<"):
            raise FileDamaged
        self._fresh = False
        try:
            self._parser.Parse(piece, last)
        except (
            expat.ExpatError,
            LookupError,
            ValueError,
            OSError,
        ) as error:  # the latter three: an encoding nobody knows
            raise FileDamaged from error

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        for count in _COUNTS:
            if count in attributes and (not _COUNT.fullmatch(attributes[count]) or int(attributes[count]) > MAX_COUNT):
                raise FileDamaged
        self._start(name, attributes)


def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
        raise FileDamaged


def _refuse(*_: object) -> None:
    raise FileDamaged


def read_clean(archive: zipfile.ZipFile, info: zipfile.ZipInfo, start: Start) -> None:
    """A part that the reader gets, or that says where such parts lie. Raises FileDamaged, and what ``start`` raises."""
    feed_whole(archive, info, XmlWatch(start, clean=True))


def feed_whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo, watch: XmlWatch) -> None:
    """The part from its first byte to its last, piece by piece. Raises what ``watch`` raises."""
    with archive.open(info) as part:
        while piece := part.read(PIECE):
            watch.feed(piece)
    watch.feed(b"", last=True)


class Workbook:
    """Where the parts lie that the reader shall have: of the worksheet that is called ``sheet``, else of the first. Raises FileDamaged,
    NotASheet for a workbook without a worksheet, and WorksheetMissing."""

    def __init__(self, archive: zipfile.ZipFile, sheet: str = "") -> None:
        self._archive = archive
        self._infos = {info.filename.lower(): info for info in archive.infolist()}
        self.date1904 = False
        self._sheets: list[tuple[str, str]] = []
        base = self._base()
        related = list(self._related(f"{posixpath.dirname(base)}/_rels/{posixpath.basename(base)}.rels"))
        read_clean(archive, self._part(base), self._in_workbook)
        by_id = {identity: (kind, target) for identity, kind, target in related}
        sheets = [(name, by_id[each][1]) for name, each in self._sheets if by_id.get(each, ("",))[0] == "worksheet"]
        if not sheets:
            raise NotASheet
        sheets = [each for each in sheets if each[0] == sheet] if sheet else sheets
        if not sheets:
            raise WorksheetMissing(f"文件中没有名为“{sheet}”的工作表，请使用最新模板填写")
        self.worksheet = self._part(sheets[0][1])
        self.parts = {_KINDS["worksheet"]: self.worksheet}
        for kind in ("sharedStrings", "styles"):
            wanted = next((target for _, each, target in related if each == kind), None)
            if wanted is not None:
                self.parts[_KINDS[kind]] = self._part(wanted)
        fixed = [self._infos[name] for name in _FIXED if name in self._infos]
        self.read = {info.filename: info for info in (*fixed, *self.parts.values())}

    def _part(self, name: str) -> zipfile.ZipInfo:
        if (info := self._infos.get(name.lower())) is None:
            raise FileDamaged
        return info

    def _base(self) -> str:
        return next(
            (target for _, kind, target in self._related("_rels/.rels") if kind == "officeDocument"), "xl/workbook.xml"
        )

    def _related(self, name: str) -> Iterator[tuple[str, str, str]]:
        """(id, last word of the type, part) of each relationship that leads to a part."""
        found: list[Mapping[str, str]] = []
        read_clean(self._archive, self._part(name), lambda _, attributes: found.append(attributes))
        folder = posixpath.dirname(posixpath.dirname(name))
        for each in found:
            if "Target" in each and each.get("TargetMode", "Internal") == "Internal":
                target = posixpath.normpath(posixpath.join("/", folder, each["Target"])).lstrip("/")
                yield each.get("Id", ""), each.get("Type", "").rpartition("/")[2], target

    def _in_workbook(self, name: str, attributes: Mapping[str, str]) -> None:
        if local(name) == "sheet":
            ids = [value for key, value in attributes.items() if ":" in key and local(key) == "id"]
            self._sheets += [(attributes.get("name", "").strip(), each) for each in ids]
        elif local(name) == "workbookPr":
            self.date1904 = attributes.get("date1904", "") in {"1", "true"}


def rebuilt(archive: zipfile.ZipFile, workbook: Workbook) -> bytes:
    """A package of our own with those parts, for the reader."""
    kept = {name: archive.read(info) for name, info in workbook.parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, text in _frame(kept, date1904=workbook.date1904).items():
            package.writestr(name, text)
        for name, data in kept.items():
            package.writestr(name, data)
    return out.getvalue()


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _frame(kept: Mapping[str, bytes], *, date1904: bool) -> dict[str, str]:
    """The parts that say what there is."""
    links = [
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="/{name}"/>'
        for kind, name in _KINDS.items()
        if name in kept
    ]
    whole = f'<Relationship Id="book" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    sheet = '<sheet name="1" sheetId="1" r:id="worksheet"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{whole}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{sheet}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>',
    }
