"""What codes are called is said by the services alone (G3): one route gives it, and no page of the portal types it again."""

import re
from enum import Enum

import pytest

from ops.catalogue import APPS
from ops.docs import openapi
from services.auth.access.challenges.actions import Action
from shared.db.migrations import ROOT
from shared.roles import Grant, Permission
from shared.services import Service
from shared.web.openapi import routers
from shared.web.vocabulary import enumerations, has_words, vocabulary
from tests.conftest import ClientFor

pytestmark = pytest.mark.req("PLAT-02", "PLAT-16")
FOUND: dict[Service, set[type[Enum]]] = {service: enumerations(list(routers(app))) for service, app in APPS.items()}
# Nobody reads these: what a program says of what it is about, how an import goes, which permission opens a page; a grant is offered with
# its words by the routes that offer it.
WITHOUT_WORDS = {Action.__name__, "FileKindOf", Grant.__name__, "ImportMode", Permission.__name__}
COLOURS = {"green", "amber", "red", "black"}


def test_every_enumeration_of_the_document_is_found_and_has_words_or_a_reason_for_none() -> None:
    in_document = {name for name, meant in openapi()["components"]["schemas"].items() if "enum" in meant}
    found = {kind for kinds in FOUND.values() for kind in kinds}
    assert {kind.__name__ for kind in found} == in_document
    assert {kind.__name__ for kind in found if not has_words(kind)} == WITHOUT_WORDS


def test_each_code_has_its_word_its_colour_and_its_place() -> None:
    for kinds in FOUND.values():
        for name, codes in vocabulary(kinds).items():
            assert [each.order for each in codes] == list(range(1, len(codes) + 1)), name
            assert all(each.label and each.colour in COLOURS for each in codes), name


@pytest.mark.parametrize("service", list(Service))
async def test_anybody_may_ask_and_a_browser_keeps_it(client_for: ClientFor, service: Service) -> None:
    client = await client_for(APPS[service], None)
    answer = await client.get(f"/api/{service}/vocabulary")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
    assert answer.json().keys() == {kind.__name__ for kind in FOUND[service] if has_words(kind)}
    again = await client.get(f"/api/{service}/vocabulary", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_code_says_what_people_read(client_for: ClientFor) -> None:
    client = await client_for(APPS[Service.AUTH], None)
    said = (await client.get("/api/auth/vocabulary")).json()["AccountStatus"]
    assert said[0] == {"code": "active", "label": "正常", "colour": "green", "order": 1}


def test_no_table_of_labels_stands_in_a_page() -> None:
    """Two or more codes of one enumeration as keys, with Chinese behind them."""
    codes = [
        {str(each.value) for each in kind}
        for kinds in FOUND.values()
        for kind in kinds
        if has_words(kind) and len(kind) > 1
    ]
    entry = re.compile(
        r"^\s*(?:\{\s*)?'?([a-z_]+)'?: (?:'|\{ label: ')[\u4e00-\u9fff]|[{,] '?([a-z_]+)'?: '[\u4e00-\u9fff]", re.M
    )
    typed = {}
    for path in (*ROOT.glob("web/src/features/**/*.ts"), *ROOT.glob("web/src/features/**/*.vue")):
        keys = {name for found in entry.finditer(path.read_text("utf-8")) if (name := found[1] or found[2])}
        if any(len(keys & each) > 1 for each in codes):
            typed[path.name] = sorted(keys)
    assert typed == {}
