"""What each operation may refuse with stands in the OpenAPI document (PLAT-01, PLAT-16). That a refusal that comes is declared,
``test_generated_input`` shows at every route.
"""

import re
from typing import Any

import pytest

from ops.catalogue import APPS
from ops.docs import openapi
from shared.web.callers import CallerRule
from shared.web.openapi import PROBLEM_JSON, codes, routes
from shared.web.problems import TITLES
from tests.contracts.test_routes import rules

pytestmark = pytest.mark.req("PLAT-01", "PLAT-16")
DOCUMENT = openapi()
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}


def meant(answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["responses"][name] if name else answer


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_refusal_of_an_operation_is_a_problem_document(name: str) -> None:
    refused = {status: meant(said) for status, said in OPERATIONS[name]["responses"].items() if status[0] not in "123"}
    assert refused.keys() >= {"400", "404", "422", "429", "503", "default"}
    for status, said in refused.items():
        assert said["content"] == {PROBLEM_JSON: {"schema": PROBLEM}}, status
        assert said["description"]


def test_each_status_has_its_title_and_its_codes() -> None:
    """Those that an API can answer with; a test may know more, from what workers alone load."""
    known = codes()
    assert known.keys() == TITLES.keys()
    for name, said in DOCUMENT["components"]["responses"].items():
        status = int(name.removeprefix("Problem"))
        told = set(
            re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)*", said["description"].partition("，以及")[0].partition("code：")[2])
        )
        assert told, name
        assert told <= set(known[status]), name


def test_who_may_call_and_what_it_takes_is_told_by_what_a_route_is() -> None:
    for app in APPS.values():
        for route in (each for each in routes(app) if each.include_in_schema):
            for method in route.methods or ():
                said = OPERATIONS[f"{method} {route.path}"]["responses"]
                if any(isinstance(call, CallerRule) for call in rules(route.dependant)):
                    assert {"401", "403"} <= said.keys(), route.path
                if route.body_field is not None:
                    assert {"413", "415"} <= said.keys(), route.path
                if method != "GET":
                    assert {"409", "412"} <= said.keys(), route.path


def test_nothing_of_the_framework_is_left() -> None:
    assert not [name for name in DOCUMENT["components"]["schemas"] if "ValidationError" in name]
