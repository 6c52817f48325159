"""What a PDF file says of itself and of the order in which it is read, as pikepdf finds it: single facts that PDF/A-2a and PDF/UA-1 want.
Nothing here is a validator of those standards.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

ROLES = (
    "Document Part Art Sect Div NonStruct P H1 H2 H3 Table THead TBody TR TH TD Span Figure Link L LI LBody Lbl Caption"
)
STANDARD_ROLES = frozenset(f"/{role}" for role in ROLES.split())


@dataclass(frozen=True)
class Element:
    role: str
    alt: str | None
    scope: str | None
    name: str | None
    headers: tuple[str, ...]


def elements(opened: pikepdf.Pdf) -> list[Element]:
    """Every element of the structure in the order in which it is read."""
    return list(_below(opened.Root.StructTreeRoot.K))


def _below(kids: Any) -> Iterator[Element]:
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            table = kid.get("/A", pikepdf.Dictionary())
            yield Element(
                role=str(kid.S),
                alt=str(kid.Alt) if "/Alt" in kid else None,
                scope=str(table.Scope) if "/Scope" in table else None,
                name=str(kid.ID) if "/ID" in kid else None,
                headers=tuple(str(each) for each in table.get("/Headers", [])),
            )
            yield from _below(kid.get("/K", []))


def marks_of_structure(opened: pikepdf.Pdf) -> set[tuple[int, int]]:
    """(page, mark) of all content that hangs in the structure."""
    found, pages = set(), {page.objgen: number for number, page in enumerate(opened.pages)}
    waiting: list[tuple[Any, int]] = [(kid, 0) for kid in opened.Root.StructTreeRoot.K]
    while waiting:
        element, _ = waiting.pop()
        page = pages[element.Pg.objgen] if "/Pg" in element else 0
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary):
                waiting.append((kid, page))
            else:
                found.add((page, int(kid)))
    return found


def marks_on_pages(opened: pikepdf.Pdf) -> set[tuple[int, int]]:
    """(page, mark) of all content that the pages themselves mark as content."""
    found = set()
    for number, page in enumerate(opened.pages):
        for step in pikepdf.parse_content_stream(page):
            if str(step.operator) == "BDC":
                found.add((number, int(step.operands[1].MCID)))
    return found


def painted_outside_marks(opened: pikepdf.Pdf) -> list[str]:
    """Operators that paint something which is neither content nor marked as decoration."""
    painting = re.compile(r"^(S|s|f|F|f\*|B|B\*|b|b\*|Tj|TJ|Do|sh)$")
    found = []
    for page in opened.pages:
        depth = 0
        for step in pikepdf.parse_content_stream(page):
            name = str(step.operator)
            depth += {"BMC": 1, "BDC": 1, "EMC": -1}.get(name, 0)
            if depth == 0 and painting.match(name):
                found.append(name)
    return found


def fonts_without_file(opened: pikepdf.Pdf) -> list[str]:
    descriptors = [
        each
        for each in opened.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
    ]
    assert descriptors
    return [str(each.FontName) for each in descriptors if not {"/FontFile2", "/FontFile3"} & set(each.keys())]


def metadata_of(opened: pikepdf.Pdf) -> str:
    """The XMP packet as it stands in the file: a packed one would not be text."""
    stream = opened.Root.Metadata
    assert "/Filter" not in stream
    return bytes(stream.read_raw_bytes()).decode()


def outline_of(opened: pikepdf.Pdf) -> list[str]:
    with opened.open_outline() as outline:
        return [str(child.title) for item in outline.root for child in (item, *item.children)]
