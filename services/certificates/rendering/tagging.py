"""What WeasyPrint leaves open in the structure of a tagged file: the words in a page's margins are decoration, and a cell of a table has
the header of its own column and the nearest one before it, not every header of its row.
"""

from collections.abc import Iterator

import pydyf


def tidy_structure(pdf: pydyf.PDF) -> None:
    """Changes ``pdf`` in place, before anything else is laid on its pages (PDF/UA-1 7.1, 7.5)."""
    elements = {each.reference: each for each in pdf.objects if _is_element(each)}
    _mark_margins(pdf, elements)
    for element in elements.values():
        if element["S"] == "/THead":
            _say_scope(element, elements, "/Column")
        elif element["S"] == "/TBody":
            _say_scope(element, elements, "/Row")
    _list_names(pdf, elements)


def _is_element(item: object) -> bool:
    return isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem"


def _mark_margins(pdf: pydyf.PDF, elements: dict[bytes, pydyf.Dictionary]) -> None:
    """Page numbers and the like hang from no part of the document; without this they would be neither content nor decoration."""
    linked = {kid for element in elements.values() for kid in element["K"] if isinstance(kid, bytes)}
    loose = {
        below
        for reference, element in elements.items()
        if element["S"] != "/Document" and reference not in linked
        for below in _with_all_below(reference, elements)
    }
    if not loose:
        return
    nums = next(each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and "Nums" in each)["Nums"]
    pages = (each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and each.get("Type") == "/Page")
    for page in pages:
        owners = nums[2 * page["StructParents"] + 1]
        marks = {mark for mark, owner in enumerate(owners) if owner in loose}
        content = pdf.objects[int(page["Contents"].split()[0])]
        content.stream = list(_with_decoration(content.stream, marks))
        owners[:] = ["null" if mark in marks else owner for mark, owner in enumerate(owners)]


def _with_all_below(reference: bytes, elements: dict[bytes, pydyf.Dictionary]) -> Iterator[bytes]:
    yield reference
    for kid in elements[reference]["K"]:
        if kid in elements:
            yield from _with_all_below(kid, elements)


def _with_decoration(operators: list[object], marks: set[int]) -> Iterator[object]:
    """The operators, with the content of these ``marks`` marked as decoration: ``/Tag <<MCID>> BDC`` becomes ``/Artifact BMC``."""
    skipped = False
    for at, operator in enumerate(operators):
        following = operators[at + 1] if at + 1 < len(operators) else None
        if isinstance(following, pydyf.Dictionary) and following.get("MCID") in marks:
            yield "/Artifact"
            skipped = True
        elif skipped and operator == b"BDC":
            yield b"BMC"
            skipped = False
        elif not (skipped and isinstance(operator, pydyf.Dictionary)):
            yield operator


def _list_names(pdf: pydyf.PDF, elements: dict[bytes, pydyf.Dictionary]) -> None:
    """Readers find the header that a cell names by this list only."""
    named = sorted((element["ID"].string, reference) for reference, element in elements.items() if "ID" in element)
    if named:
        root = next(each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and "ParentTree" in each)
        names = (part for name, reference in named for part in (pydyf.String(name), reference))
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})


def _say_scope(part: pydyf.Dictionary, elements: dict[bytes, pydyf.Dictionary], scope: str) -> None:
    for row in (elements[kid] for kid in part["K"] if kid in elements):
        cells = [elements[kid] for kid in row["K"] if kid in elements]
        own = {cell["ID"].string for cell in cells if "ID" in cell}
        nearest: list[pydyf.String] = []
        for cell in cells:
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = scope
                nearest = [cell["ID"]] if "ID" in cell else []
            elif cell["S"] == "/TD" and "Headers" in cell.get("A", {}):
                columns = [header for header in cell["A"]["Headers"] if header.string not in own]
                cell["A"]["Headers"] = pydyf.Array([*columns, *nearest])
