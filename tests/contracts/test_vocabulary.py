"""What codes are called is said by the services alone (G3): one route gives it, and no page of the portal types it again."""

import re
from enum import Enum

import pytest

from ops.catalogue import APPS
from ops.docs import openapi, workflows
from services.auth.access.challenges.actions import Action
from shared.db.migrations import ROOT
from shared.roles import Grant, Permission
from shared.services import Service
from shared.web.openapi import routers
from shared.web.vocabulary import enumerations, has_words, vocabulary
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled
from tests.conftest import ClientFor

pytestmark = pytest.mark.req("PLAT-02", "PLAT-16")
FOUND: dict[Service, set[type[Enum]]] = {service: enumerations(list(routers(app))) for service, app in APPS.items()}
# Nobody reads these: what a program says of what it is about, how an import goes, which permission opens a page, which service has
# somebody's long work; a grant is offered with its words by the routes that offer it.
WITHOUT_WORDS = {
    Action.__name__,
    "FileKindOf",
    Grant.__name__,
    "ImportMode",
    Permission.__name__,
    Service.__name__,
    "SheetMode",
}
# What a word says of a status, and its colour with it; where two say something, the first.
MEANT = (
    (r"已过|过期|退回|驳回|未同意|未通过|不予|失败|停用|停办|已撤销|改动", Colour.REFUSED),
    (r"^待|中$", Colour.WAITING),
    (r"撤回|取消|草稿|暂存|结束|离职|放弃|退出|失效", Colour.QUIET),
    (r"通过|同意|有效|开通|正常|启用|已审核|已完成|已发布|已发送|已回复|已更正", Colour.GOOD),
)
# 已报名 is of a person what the province has yet to review, of a unit what it has done (TRN-33).
OF_TWO_COLOURS = {"已报名"}


def test_every_enumeration_of_the_document_is_found_and_has_words_or_a_reason_for_none() -> None:
    in_document = {name for name, meant in openapi()["components"]["schemas"].items() if "enum" in meant}
    found = {kind for kinds in FOUND.values() for kind in kinds}
    assert {kind.__name__ for kind in found} == in_document
    assert {kind.__name__ for kind in found if not has_words(kind)} == WITHOUT_WORDS


def test_each_code_has_its_word_its_colour_and_its_place() -> None:
    for kinds in FOUND.values():
        for name, codes in vocabulary(kinds).items():
            assert [each.order for each in codes] == list(range(1, len(codes) + 1)), name
            assert all(each.label and each.colour in set(Colour) for each in codes), name


@pytest.mark.req("TRN-33")
def test_every_status_has_a_colour() -> None:
    tables = [workflow.statuses for _, workflow in workflows()]
    assert [f"{kind.__name__}.{each.name}" for kind in tables for each in kind if not each.coloured] == []
    assert len(tables) > 15


def coloured() -> list[Labelled]:
    """Of every enumeration of which somebody has given a colour to one; the others of it then have one, too."""
    kinds = {kind for each in FOUND.values() for kind in each} | {workflow.statuses for _, workflow in workflows()}
    return [code for kind in kinds if issubclass(kind, Labelled) and any(one.coloured for one in kind) for code in kind]


@pytest.mark.req("TRN-33")
def test_a_colour_means_one_thing() -> None:
    by_label: dict[str, set[Colour]] = {}
    for code in coloured():
        assert code.coloured, code
        by_label.setdefault(code.label, set()).add(code.colour)
        meant = next((colour for words, colour in MEANT if re.search(words, code.label)), code.colour)
        assert code.colour is meant, f"{type(code).__name__} {code.label}"
    assert {label for label, colours in by_label.items() if len(colours) > 1} == OF_TWO_COLOURS


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
