"""How big the built portal is, as a browser loads it: compressed as the gateway compresses, file by file. Read off ``web/dist``; nothing
runs.
"""

import gzip
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "web" / "dist"
# As gateway/nginx.conf says it: how hard, and how short a file is not worth it.
_LEVEL, _SHORTEST = 6, 1000
KB = 1000
FIRST_PAGE_KB, ROUTE_KB = 300, 80
_SCRIPT = re.compile(r'(?:src|href)="/assets/([\w.-]+\.js)"')
_STATIC = re.compile(r'(?:from|import)\s*["`\']\./([\w.-]+\.js)["`\']')
_LATER = re.compile(r"import\([`\"']\./([\w.-]+\.js)[`\"']\)")
_ENTRY = re.compile(r'<script type="module"[^>]* src="/assets/([\w.-]+\.js)"')


@cache
def sent_bytes(name: str) -> int:
    """What goes over the wire for this file of ``assets``."""
    data = (DIST / "assets" / name).read_bytes()
    return len(gzip.compress(data, _LEVEL, mtime=0)) if len(data) >= _SHORTEST else len(data)


@cache
def needed(name: str) -> frozenset[str]:
    """The scripts without which this one cannot begin, itself among them."""
    found, waiting = {name}, [name]
    while waiting:
        for each in _STATIC.findall((DIST / "assets" / waiting.pop()).read_text("utf-8")):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found)


def started_with() -> frozenset[str]:
    """The scripts of index.html and whatever they need."""
    page = (DIST / "index.html").read_text("utf-8")
    return frozenset().union(*(needed(name) for name in _SCRIPT.findall(page)))


def routes() -> dict[str, str]:
    """{page: its own script} of everything that a route loads when somebody goes there."""
    page = (DIST / "index.html").read_text("utf-8")
    entry = _ENTRY.findall(page)[0]
    later = {name for each in needed(entry) for name in _LATER.findall((DIST / "assets" / each).read_text("utf-8"))}
    return {
        name.rpartition("-")[0] if name.count("-") == 1 else re.sub(r"-[\w-]{8}\.js$", "", name): name for name in later
    }


def first_page_kb() -> float:
    """Script of the first page that somebody sees, who is not signed in."""
    return _kb(started_with() | needed(routes()["SignInPage"]))


def own_kb() -> dict[str, float]:
    """The own script of each route, alone."""
    return {page: _kb({name}) for page, name in routes().items()}


def arriving_kb() -> dict[str, float]:
    """All script that the first visit of each route brings, after the first page."""
    there = started_with()
    return {page: _kb(needed(name) - there) for page, name in routes().items()}


def _kb(names: frozenset[str] | set[str]) -> float:
    return sum(sent_bytes(name) for name in names) / KB
