"""From the Markdown of web/guides to sections of blocks: what the portal draws and what is printed. Only what stands in ``_BLOCKS`` and
``_INLINE`` may be written; anything else is refused with its file and line.

A section begins with ``## title`` and, below it, ``<!-- id: addresses -->``: its anchor, and the pages of shared/addresses.py that it
explains.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from PIL import Image

from ops.guides.table import FOLDER, PICTURES

Block = dict[str, Any]
Part = dict[str, str]
_MARK = re.compile(r"<!--\s*([a-z][a-z0-9-]*):\s*([\w\s-]*?)\s*-->\s*")
_LABEL = re.compile(r"(「[^「」]+」)")


class BadGuide(ValueError):
    """A text that cannot be a guide's: says where, and what would be right."""


@dataclass(frozen=True)
class Section:
    """``pages`` are names of addresses, ``file`` is where it is written."""

    id: str
    title: str
    pages: tuple[str, ...]
    blocks: tuple[Block, ...]
    file: str


def read_sections(part: str) -> tuple[Section, ...]:
    """The sections of ``web/guides/<part>.md``. Raises ``BadGuide``."""
    path = FOLDER / f"{part}.md"
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8")))
    found: list[tuple[str, list[SyntaxTreeNode]]] = []
    for node in tree.children:
        if node.type == "heading" and node.tag == "h2":
            found.append((node.children[0].content, []))
        elif found:
            found[-1][1].append(node)
        elif node.type != "heading":
            raise _refused(part, node, "before the first “## …” nothing but the file's own title can stand")
    return tuple(_section(part, title, nodes) for title, nodes in found)


def _section(part: str, title: str, nodes: list[SyntaxTreeNode]) -> Section:
    mark = _MARK.fullmatch(nodes[0].content) if nodes and nodes[0].type == "html_block" else None
    if mark is None:
        raise BadGuide(f"web/guides/{part}.md: below “## {title}” there is no “<!-- id: addresses -->”")
    blocks = tuple(_block(part, node) for node in nodes[1:])
    return Section(mark[1], title, tuple(mark[2].split()), blocks, part)


def _refused(part: str, node: SyntaxTreeNode, why: str) -> BadGuide:
    return BadGuide(f"web/guides/{part}.md:{(node.map or (0,))[0] + 1}: {why}")


def _block(part: str, node: SyntaxTreeNode) -> Block:
    make = _BLOCKS.get(node.type)
    if make is None:
        raise _refused(part, node, f"{node.type} has no place in a guide")
    try:
        return make(node)
    except BadGuide as error:
        raise _refused(part, node, str(error)) from error


def _paragraph(node: SyntaxTreeNode) -> Block:
    inline = node.children[0].children
    if len(inline) == 1 and inline[0].type == "image":
        return _picture(inline[0])
    return {"kind": "text", "parts": _parts(node)}


def _picture(node: SyntaxTreeNode) -> Block:
    name = Path(str(node.attrs["src"])).stem
    path = PICTURES / f"{name}.webp"
    if not node.content:
        raise BadGuide(f"the picture {name} does not say what is to be seen")
    if not path.exists():
        raise BadGuide(
            f"there is no picture {name}: give it a row in tests/browser/guide_pictures.py, then make guide-pictures"
        )
    with Image.open(path) as image:
        width, height = image.size
    return {"kind": "picture", "name": name, "alt": node.content, "width": width, "height": height}


def _list(kind: str) -> Callable[[SyntaxTreeNode], Block]:
    def make(node: SyntaxTreeNode) -> Block:
        if any(len(item.children) != 1 for item in node.children):
            raise BadGuide("an item of a list is one paragraph")
        return {"kind": kind, "items": [_parts(item.children[0]) for item in node.children]}

    return make


def _note(node: SyntaxTreeNode) -> Block:
    return {"kind": "note", "parts": [part for each in node.children for part in _parts(each)]}


def _table(node: SyntaxTreeNode) -> Block:
    head, body = (each.children for each in node.children)
    rows = [[_parts(cell) for cell in row.children] for row in body]
    return {"kind": "table", "head": [_parts(cell) for cell in head[0].children], "rows": rows}


def _parts(node: SyntaxTreeNode) -> list[Part]:
    """What stands in a line; labels of the portal (「…」) are parts of their own, and so is what is strong, code or a link."""
    found: list[Part] = []
    for each in node.children[0].children if node.children else []:
        if each.type in _INLINE:
            found += _INLINE[each.type](each)
        else:
            raise BadGuide(f"{each.type} has no place in a guide")
    return [part for part in found if part["text"]]


def _words(node: SyntaxTreeNode) -> Iterator[Part]:
    for piece in _LABEL.split(node.content):
        yield {"text": piece, "as": "label"} if _LABEL.fullmatch(piece) else {"text": piece}


def _link(node: SyntaxTreeNode) -> Iterator[Part]:
    yield {"text": _plain(node), "as": "link", "to": str(node.attrs["href"])}


def _plain(node: SyntaxTreeNode) -> str:
    return node.content or "".join(_plain(each) for each in node.children)


_BLOCKS: Mapping[str, Callable[[SyntaxTreeNode], Block]] = MappingProxyType(
    {
        "paragraph": _paragraph,
        "ordered_list": _list("steps"),
        "bullet_list": _list("points"),
        "blockquote": _note,
        "table": _table,
    }
)
_INLINE: Mapping[str, Callable[[SyntaxTreeNode], Iterator[Part]]] = MappingProxyType(
    {
        "text": _words,
        # Chinese lines are joined without a blank.
        "softbreak": lambda _: iter(()),
        "strong": lambda node: iter([{"text": _plain(node), "as": "strong"}]),
        "code_inline": lambda node: iter([{"text": node.content, "as": "code"}]),
        "link": _link,
    }
)
