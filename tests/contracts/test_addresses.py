"""One table of the portal's addresses (G8): its router has exactly those that are built, and every link that a service writes leads to
one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.auth.access.sessions.menu import MENU
from shared.addresses import ADDRESSES, BY_NAME
from shared.db.migrations import ROOT

pytestmark = pytest.mark.req("AUTH-17", "NOTE-01")
ROUTE = re.compile(r"\bpath: '([^']*)',\s*name: (?:'([^']+)'|(menuKey|HOME|SIGN_IN))")
DESK = re.compile(r"desk\('(\w+)', '([\w-]+)'")
KEY = re.compile(r"^const menuKey = '(\w+)'", re.M)
NAMES = {"HOME": "home", "SIGN_IN": "sign-in"}
# What is no address of the portal: of the services, and of what stands between them.
ELSEWHERE = re.compile(r"/(api|internal|verify|dev|metrics|healthz|readyz)\b")
LINK = re.compile(r"(?:\{url\})?(/[a-z]+(?:-[a-z]+)*(?:/(?:\{[^}]*\}|[a-z-]+))*)(?=[?#，。）\s]|$)")


def plain(path: str) -> str:
    """Whatever its parameters are called, and without one that may be left out."""
    return re.sub(r":\w+|\{[^}]*\}", "{}", re.sub(r"/:\w+\?", "", f"/{path.lstrip('/')}"))


def routed() -> dict[str, str]:
    """{name: path} of the portal's router, read as it is written."""
    found = {}
    for file in (*ROOT.glob("web/src/features/*/*outes.ts"), ROOT / "web/src/shell/router.ts"):
        text = file.read_text("utf-8")
        key = next(iter(KEY.findall(text)), "")
        for path, name, constant in ROUTE.findall(text):
            found[name or NAMES.get(constant, key)] = plain(path)
        for menu_key, one in DESK.findall(text):
            path = menu_key.replace("_", "-")
            found |= {menu_key: f"/{path}", one: f"/{path}/{{}}"}
    return {name: path for name, path in found.items() if name and name != "not-found"}


def test_the_router_has_what_is_built() -> None:
    assert routed() == {each.name: plain(each.path) for each in ADDRESSES if each.built}


def test_a_name_and_a_path_are_one_address() -> None:
    assert len(BY_NAME) == len(ADDRESSES) == len({plain(each.path) for each in ADDRESSES})


def test_what_belongs_to_a_page_of_the_menu_opens_to_the_same() -> None:
    for each in ADDRESSES:
        if each.key:
            assert each.by == BY_NAME[each.key].by
            assert each.by or each.name == each.key
    assert {item.key for _, item in MENU} <= {each.key for each in ADDRESSES}


def texts(path: Path) -> Iterator[str]:
    """Strings of the module, what is filled in as {}; no docstring, and nothing of a route's own."""
    tree = ast.parse(path.read_text("utf-8"))
    parts = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def links() -> set[tuple[str, str]]:
    found = set()
    for path in ROOT.glob("services/*/**/*.py"):
        if (
            "migrations" in path.parts
            or path.stem.endswith("endpoints")
            or path.stem in {"routing", "packages", "browsers"}
        ):
            continue
        for text in texts(path):
            if text.startswith("/") and "\n" not in text and not ELSEWHERE.match(text):
                found |= {(path.relative_to(ROOT).as_posix(), plain(each)) for each in LINK.findall(text)[:1]}
    return found


def test_every_link_of_a_service_leads_to_an_address() -> None:
    known = {plain(each.path) for each in ADDRESSES}
    assert {link for link in links() if link[1] not in known} == set()
    assert len(links()) > 20
