"""Every word that the portal or a service has in its sources: what a guide calls a button must be what stands on it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from tests.checkout import ROOT

_QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")
_COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)
_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_TEMPLATE = re.compile(r"<template>.*</template>", re.DOTALL)
_FILLED = re.compile(r"\{\{.*?\}\}|\$\{[^}]*\}|\{\w*\}", re.DOTALL)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of(path: Path) -> Iterator[str]:
    """The strings of a source and the texts of its template, where something is filled in its pieces."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        tree = ast.walk(ast.parse(text))
        found = [node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    else:
        text = _STYLE.sub("", _COMMENT.sub("", text))
        found = [one or two or three for one, two, three in _QUOTED.findall(text)]
        reader = _Texts()
        reader.feed("".join(_TEMPLATE.findall(text)) if path.suffix == ".vue" else text)
        found += reader.found if path.suffix in {".vue", ".html"} else []
        # An attribute's expression has strings of its own.
        found += [inner for each in found for parts in _QUOTED.findall(each) for inner in parts]
    for each in found:
        yield from (piece for part in _FILLED.split(each) if (piece := " ".join(part.split()).rstrip("（：")))


@cache
def portal_words() -> frozenset[str]:
    """All of them: pages, and what the services answer."""
    portal = [
        path for path in ROOT.glob("web/src/**/*") if path.suffix in {".vue", ".ts"} and ".test." not in path.name
    ]
    served = [
        path for path in ROOT.glob("services/**/*") if path.suffix in {".py", ".html"} and "versions" not in path.parts
    ]
    sources = (*portal, *served, *ROOT.glob("shared/**/*.py"))
    return frozenset(word for path in sources if path.name != "schema.d.ts" for word in words_of(path))
