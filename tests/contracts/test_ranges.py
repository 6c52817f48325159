"""No list is silently empty because its range of days ends before it begins (PLAT-01): told from every route, so that a new one cannot
be forgotten.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, ValidationError

from ops.catalogue import APPS
from shared.db.paging import Filter
from shared.roles import Level, Permission
from shared.services import Service
from tests.conftest import ClientFor
from tests.contracts.test_routes import routes

pytestmark = pytest.mark.req("PLAT-01")
# How else the two ends of a range might be called.
OTHER_NAMES = (
    ("since", "until"),
    ("after", "before"),
    ("min", "max"),
    ("first", "last"),
    ("begin", "end"),
    ("start", "end"),
)


def asked(dependant: Dependant) -> Iterator[Any]:
    """The query parameters of a route and of what it depends on."""
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from asked(each)


def queries() -> Iterator[tuple[str, set[str], list[type[BaseModel]]]]:
    """(address, query parameters, the models that read them) of every route that reads."""
    for app in APPS.values():
        for route in routes(app):
            if "GET" in (route.methods or ()):
                fields = list(asked(route.dependant))
                types = [each for field in fields if isinstance(each := field.field_info.annotation, type)]
                models: list[type[BaseModel]] = [each for each in types if issubclass(each, BaseModel)]
                names = {field.alias for field in fields}.union(*(each.model_fields for each in models))
                yield route.path, names, models


def ranges(names: set[str]) -> Iterator[tuple[str, str]]:
    for end in names:
        if end.endswith("_to") and (begin := f"{end.removesuffix('_to')}_from") in names:
            yield begin, end


def refuses(model: type[BaseModel], begin: str, end: str) -> bool:
    if not issubclass(model, Filter) or end not in model.model_fields:
        return False
    try:
        model.model_validate({begin: "2026-03-02", end: "2026-03-01"})
    except ValidationError as error:
        return [(each["loc"], each["type"]) for each in error.errors()] == [((end,), "range_reversed")]
    return False


def test_each_range_is_refused_that_ends_before_it_begins() -> None:
    found = [(path, pair, models) for path, names, models in queries() for pair in ranges(names)]
    assert len({path for path, *_ in found}) > 15
    assert [(path, pair) for path, pair, models in found if not any(refuses(each, *pair) for each in models)] == []


def test_the_two_ends_of_a_range_are_called_from_and_to() -> None:
    for path, names, _ in queries():
        pieces = {piece for name in names for piece in (name, name.rpartition("_")[2], name.partition("_")[0])}
        assert [pair for pair in OTHER_NAMES if pieces.issuperset(pair)] == [], path


async def test_the_refusal_is_told_at_the_end_of_the_range(client_for: ClientFor, make_actor: Any) -> None:
    client = await client_for(
        APPS[Service.TRAINING], make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE, region="320000")
    )
    asked = {"deadline_from": "2026-03-02", "deadline_to": "2026-03-01"}
    answer = await client.get("/api/training/plans", params=asked)
    assert answer.status_code == 422
    assert [(each["field"], each["message"]) for each in answer.json()["errors"]] == [
        ("deadline_to", "结束日期早于开始日期，请改正")
    ]
    assert (await client.get("/api/training/plans", params={**asked, "deadline_to": "2026-03-02"})).status_code == 200
