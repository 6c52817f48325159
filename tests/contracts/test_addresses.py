"""One table of the portal's addresses (G8): its router has exactly those that are built, and every link that a service writes leads to
one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.auth.access.sessions.menu import MENU
from shared.addresses import ADDRESSES, BY_NAME, address, pattern
from shared.db.migrations import ROOT

pytestmark = pytest.mark.req("AUTH-17", "NOTE-01")
ROUTE = re.compile(r"\bpath: '([^']*)',\s*name: (?:'([^']+)'|(menuKey|HOME|SIGN_IN))")
DESK = re.compile(r"desk\('(\w+)', '([\w-]+)'")
KEY = re.compile(r"^const menuKey = '(\w+)'", re.M)
NAMES = {"HOME": "home", "SIGN_IN": "sign-in"}
# A path that services serve, or that belongs to no page: what a browser asks beside them.
SERVED = re.compile(r"/(?:api|internal|verify|dev|metrics|healthz|readyz|vocabulary)\b")
PATH = re.compile(r"(?:^|\{\}|[\s，。])(/[a-z]+(?:-[a-z]+)*)(?=[/?#，。\s]|\{\}|$)")


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
    """Strings of the module, what is filled in as {}; none of a route's own: its decorator, and the ``prefix`` of a router."""
    tree = ast.parse(path.read_text("utf-8"))
    served = [each for node in ast.walk(tree) for each in getattr(node, "decorator_list", [])]
    served += [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "prefix"]
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    left_out = {id(inner) for node in served for inner in ast.walk(node)}
    left_out |= {id(inner) for node in joined for inner in ast.walk(node) if inner is not node}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def spelled() -> set[str]:
    """``module: path`` where a service types the path of a page of the portal."""
    first = {f"/{plain(each.path).split('/')[1]}" for each in ADDRESSES} - {"/"}
    found = set()
    for path in ROOT.glob("services/*/**/*.py"):
        if "migrations" in path.parts:
            continue
        for text in texts(path):
            if not SERVED.match(text) and any(each in first for each in PATH.findall(text)):
                found.add(f"{path.relative_to(ROOT).as_posix()}: {text}")
    return found


def test_no_service_spells_the_path_of_a_page() -> None:
    assert spelled() == set()


def test_an_address_has_its_parameters_and_what_is_asked_of_it() -> None:
    assert address("registration-plan", "7", person=None) == "/registrations/7"
    assert address("registration-plan", "7", person="a&b", page=2) == "/registrations/7?person=a%26b&page=2"
    assert pattern("registration-plan", person="who").format(plan_id=7, who=8) == "/registrations/7?person=8"
    with pytest.raises(ValueError, match="takes 1"):
        address("registration-plan")
    with pytest.raises(KeyError):
        address("nowhere")


def test_every_name_that_a_service_gives_is_an_address() -> None:
    given = {
        f"{path.relative_to(ROOT)}: {call.args[0].value!s}"
        for path in (ROOT / "services").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"address", "pattern"}
        if call.args and isinstance(call.args[0], ast.Constant) and str(call.args[0].value) not in BY_NAME
    }
    assert given == set()
