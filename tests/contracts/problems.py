"""What every refusal of the platform must look like (PLAT-01): the one check that the tests of bad input share."""

import re
from typing import Any

import httpx

from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import make_actor

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = {"type", "title", "status", "detail", "code", "errors", "correlation_id"}


def is_chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


def check_problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of a refusal: right type, stable code, Chinese detail, Chinese for each named field. Never a 500."""
    shown = f"{answer.request.method} {answer.request.url} → {answer.status_code} {answer.text[:600]}"
    assert 400 <= answer.status_code < 500, shown
    assert answer.headers["content-type"] == "application/problem+json", shown
    problem: dict[str, Any] = answer.json()
    assert set(problem) >= _FIELDS, shown  # some say more, in members of their own
    assert problem["status"] == answer.status_code, shown
    assert _CODE.fullmatch(problem["code"]), shown
    assert is_chinese(problem["detail"]), shown
    assert is_chinese(problem["title"]), shown
    assert problem["errors"] or problem["code"] != "invalid_input", f"no field is named: {shown}"
    for error in problem["errors"]:
        assert set(error) == {"field", "code", "message"}, shown
        assert error["field"], shown
        assert error["code"], shown
        assert is_chinese(error["message"]), shown
    return problem


def all_powerful(level: Level = Level.PROVINCE) -> Actor:
    """Somebody whom no rule of permission stops, so that the input itself is looked at."""
    return make_actor(*Permission, level=level)
