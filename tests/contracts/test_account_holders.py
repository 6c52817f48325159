"""Every way by which phone, e-mail or password of an account changes stands in the table of docs/security.md with what it takes (AUTH-20,
AUTH-28): a new one fails here by the name of its function until somebody has said there why nobody but the holder can go it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.test_routes import ALL, name_of

pytestmark = pytest.mark.req("AUTH-20", "AUTH-28")
ROOT = Path(__file__).parents[2]
AUTH = ROOT / "services" / "auth"
WRITTEN = {"phone", "phone_index", "email", "password_hash"}
WRITERS = {"set_phone", "set_password", "reset_password", "give_to", "open_account"}
# What is written there is not an account: a draft's form, a text that waits, an organisation's telephone.
NO_ACCOUNT = re.compile(r"^(form|draft|application|organisation|text|case|row|self|record|enterprise)$")


def ways() -> set[str]:
    """``file.function`` of whoever writes one of the three."""
    found = set()
    for path in AUTH.rglob("*.py"):
        if "migrations" not in path.parts and path.name != "demo.py":
            for function in functions(ast.parse(path.read_text("utf-8"))):
                if any(map(writes, ast.walk(function))):
                    found.add(f"{path.relative_to(AUTH).with_suffix('')}.{function.name}")
    return found


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in WRITERS or (node.func.id == "setattr" and "account" in ast.dump(node.args[0]))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        return bool(WRITTEN & {each.arg for each in node.keywords}) and "Account" in ast.dump(node.func)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    flat = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return any(
        isinstance(each, ast.Attribute) and each.attr in WRITTEN and not NO_ACCOUNT.match(ast.unparse(each.value))
        for each in flat
    )


def rows() -> list[list[str]]:
    section = (
        (ROOT / "docs" / "security.md").read_text("utf-8").partition("## Phone, e-mail and password of an account\n")[2]
    )
    lines = section.partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ") and "`" in line]


def test_every_way_stands_in_the_table() -> None:
    told = {each for row in rows() for each in re.findall(r"`([\w/]+\.\w+)`", row[2])}
    assert ways() == told


def test_every_route_of_the_table_exists() -> None:
    routes = {name_of(route) for _, route in ALL}
    named = {each for row in rows() for each in re.findall(r"`([A-Z]+ /[^`]*)`", row[1])}
    assert named
    assert named - routes == set()


def test_every_row_says_what_it_takes_and_has_a_test() -> None:
    for row in rows():
        assert all(row[:5]), row
        for name in re.findall(r"`(test_\w+\.py)`", row[4]):
            assert list((ROOT / "tests").rglob(name)), name


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("account.phone = new", True),
        ("account.phone, account.phone_index = a, b", True),
        ("await set_phone(session, account=account)", True),
        ("setattr(account, name, value)", True),
        ("session.execute(update(Account).values(email=None))", True),
        ("form.phone = new", False),
        ("setattr(region, name, value)", False),
        ("phone = account.phone", False),
    ],
)
def test_a_writer_is_known_by_what_it_does(text: str, seen: bool) -> None:
    assert any(map(writes, ast.walk(ast.parse(text)))) == seen
