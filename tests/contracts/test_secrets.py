"""Every place where something secret can be tried stands in the table of docs/security.md with what holds there, and so does every route
that anybody may call. The table is read as it is written: in its first column the fields, in its second the routes.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, SecretStr

from shared.services import Service
from tests.contracts.test_routes import ALL, PUBLIC, name_of

TABLE = Path(__file__).parents[2] / "docs" / "security.md"
# What secrets are called, whatever their type; a field of the type SecretStr is one whatever its name.
NAMES = re.compile(
    r".*(password|passwd|secret|ticket|proof|token|captcha|credential|otp|(applicant|access|api).?key|hashed|digest)"
    r"|old|new|code|.*_code_given|old_code|sms_code|pin|key|points|answer|id_tail|old_phone|legacy_account|resident_id",
    re.IGNORECASE,
)
# Beside these, what a public route asks for by a number of something. Not a secret: the header of PLAT-03, an answer's own place.
NUMBERS = re.compile(r"number|name")
NO_SECRETS = {"Idempotency-Key"}
# Called alike: the daily mail, and what a provider calls a template of ours.
CALLED_ALIKE = {
    "PUT /api/notifications/notice-settings: digest",
    "PUT /api/notifications/message-templates/{kind}/{place}: code",
    "POST /api/notifications/message-templates/{kind}/{place}/preview: code",
}
PROBES = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    *(f"GET /api/{service}/{probe}" for service in Service for probe in ("healthz", "readyz")),
    *(f"GET /internal/{service}/metrics" for service in Service),
}


def models(annotation: object, seen: set[object]) -> Iterator[tuple[str, object]]:
    """(name, type) of every field of every model in this type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for name, field in annotation.model_fields.items():
                yield name, field.annotation
                yield from models(field.annotation, seen)
        return
    for inner in get_args(annotation):
        yield from models(inner, seen)


def fields(dependant: Dependant) -> Iterator[tuple[str, object]]:
    for kind in ("path_params", "query_params", "header_params", "cookie_params", "body_params"):
        for given in getattr(dependant, kind):
            yield given.alias, given.field_info.annotation
            if kind == "body_params":
                yield from models(given.field_info.annotation, set())
    for inner in dependant.dependencies:
        yield from fields(inner)


def is_secret(name: str, annotation: object) -> bool:
    return name not in NO_SECRETS and (bool(NAMES.fullmatch(name)) or "SecretStr" in str(annotation))


def listed() -> dict[str, set[str]]:
    """{route: the fields beside it}."""
    section = TABLE.read_text("utf-8").split("## What can be guessed at\n")[1].split("\n## ")[0]
    found: dict[str, set[str]] = {}
    for line in section.splitlines():
        cells = line.split("|")
        if len(cells) == 6:
            named = cells[1] if "`" in cells[1] else cells[3]
            for route in re.findall(r"`([A-Z]+ /[^`]*)`", cells[2]):
                found.setdefault(route, set()).update(re.findall(r"`([^`]+)`", named))
    return found


LISTED = listed()


@pytest.mark.req("AUTH-20", "AUTH-27", "X20")
class TestSecrets:
    def test_whatever_is_tried_stands_in_the_table(self) -> None:
        tried = {
            f"{name_of(route)}: {name}"
            for _, route in ALL
            for name, annotation in fields(route.dependant)
            if is_secret(name, annotation) and name not in LISTED.get(name_of(route), set())
            # A dictionary is read by its code.
            if not (name == "code" and "{code}" in route.path)
        }
        assert tried == CALLED_ALIKE

    def test_whatever_anybody_may_call_stands_there_too(self) -> None:
        assert PUBLIC - PROBES - LISTED.keys() == set()

    def test_what_stands_there_exists(self) -> None:
        routes = {name_of(route) for _, route in ALL}
        assert LISTED.keys() - routes == set()

    def test_what_a_stranger_looks_up_by_number_is_named(self) -> None:
        unnamed = {
            f"{name_of(route)}: {name}"
            for _, route in ALL
            for name, _ in fields(route.dependant)
            if name_of(route) in PUBLIC and NUMBERS.fullmatch(name) and not LISTED[name_of(route)] - {"proof"}
        }
        assert unnamed == set()

    @pytest.mark.parametrize(
        "name", ["password", "Old_Password", "X-Applicant-Key", "access_token", "sms_code", "code"]
    )
    def test_a_secret_is_known_by_its_name(self, name: str) -> None:
        assert is_secret(name, str)

    def test_or_by_its_type(self) -> None:
        assert is_secret("whatever", SecretStr | None)
        assert not is_secret("Idempotency-Key", str)
