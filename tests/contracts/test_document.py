"""The OpenAPI document is valid, and tells a stranger every header, way to sign in and property (PLAT-16); docs/api.md says each convention
once, and every route keeps it.
"""

import json
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from ops.catalogue import APPS
from shared.scopes import SCOPE_OF
from shared.services import Service
from shared.web.lists import needs_version
from shared.web.openapi import routes
from shared.web.openapi_headers import IDEMPOTENCY_KEY, IF_MATCH, asked
from shared.web.openapi_words import TAGS, terms
from tests.contracts.test_refusals import DOCUMENT, OPERATIONS, meant
from tests.contracts.test_routes import PUBLIC

pytestmark = pytest.mark.req("PLAT-16")
ROUTES: dict[str, APIRoute] = {
    f"{method} {route.path}": route
    for app in APPS.values()
    for route in routes(app)
    if route.include_in_schema
    for method in route.methods or ()
}
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
ROOT = Path(__file__).resolve().parents[2]
CONVENTIONS = [
    "Lists",
    "Versions",
    "Repeating",
    "Jobs",
    "Uploads",
    "Refusals",
    "Codes",
    "Limits",
    "Change of the interface",
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def headers_of(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "header"}


def good_answers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {status: said for status, said in operation["responses"].items() if status[0] == "2"}


class TestValid:
    def test_the_whole_has_no_error(self) -> None:
        assert [str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []

    @pytest.mark.parametrize("service", list(Service))
    def test_and_each_service_s_own(self, service: Service) -> None:
        assert [str(error) for error in OpenAPIV31SpecValidator(APPS[service].openapi()).iter_errors()] == []

    def test_a_title_means_one_schema(self) -> None:
        """Generated clients name classes after titles."""
        titles = [meant["title"] for meant in SCHEMAS.values() if "title" in meant]
        assert sorted(titles) == sorted(set(titles))


class TestLint:
    """What redocly's recommended rules find beyond the validator (2.77: no error); it also misses a licence, which is the owner's
    to give."""

    def test_every_component_is_used(self) -> None:
        used = set(re.findall(r'"#/components/([^"]+)"', json.dumps(DOCUMENT)))
        held = {f"{kind}/{name}" for kind, each in DOCUMENT["components"].items() for name in each}
        assert {name for name in held - used if not name.startswith("securitySchemes/")} == set()

    def test_an_address_means_one_path(self) -> None:
        """But where a word stands in the place of a record's id, which is a UUID and never that word."""
        ways = [path.split("/")[2:] for path in DOCUMENT["paths"]]
        alike = [
            [(a, b) for a, b in zip(one, other, strict=True) if a != b]
            for one, other in permutations(ways, 2)
            if len(one) == len(other) and all(a == b or "{" in a + b for a, b in zip(one, other, strict=True))
        ]
        crossed = [places for places in alike if len({"{" in a for a, _ in places}) > 1]
        firsts = [places[0] for places in crossed if "{" in places[0][1]]
        assert {word for word, _ in firsts} == {"by-number", "phrases"}
        assert all(against.endswith("_id}") for _, against in firsts)


class TestWords:
    def test_no_property_is_without_its_words(self) -> None:
        missing = [
            f"{schema}.{name}"
            for schema, meant in SCHEMAS.items()
            for name, held in meant.get("properties", {}).items()
            if not CHINESE.search(held.get("description", ""))
        ]
        assert missing == [], "say it at the field, or in shared/web/terms.csv"

    def test_no_parameter_either(self) -> None:
        assert not [
            f"{name} {each['name']}"
            for name, operation in OPERATIONS.items()
            for each in operation.get("parameters", ())
            if not CHINESE.search(each.get("description", ""))
        ]

    def test_no_term_is_for_nothing(self) -> None:
        named = {name for meant in SCHEMAS.values() for name in meant.get("properties", {})}
        named |= {f"{schema}.{name}" for schema, meant in SCHEMAS.items() for name in meant.get("properties", {})}
        named |= {each["name"] for operation in OPERATIONS.values() for each in operation.get("parameters", ())}
        assert sorted(terms().keys() - named) == []

    def test_a_tag_is_english_and_says_itself_in_chinese(self) -> None:
        described = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
        for name, operation in OPERATIONS.items():
            assert len(operation["tags"]) == 1, name
            assert CHINESE.search(described[operation["tags"][0]]), name
            assert CHINESE.search(operation["summary"]), name
        assert all(re.fullmatch(r"[a-z-]+", name) for name in described)
        assert len(set(TAGS.values())) == len(TAGS)


class TestHeaders:
    @pytest.mark.req("PLAT-03")
    def test_what_needs_a_version_says_so(self) -> None:
        for name, operation in OPERATIONS.items():
            needed = needs_version in set(asked(ROUTES[name].dependant))
            assert (headers_of(operation).get("If-Match") == IF_MATCH) is needed, name
            assert ("428" in operation["responses"]) is needed, name

    @pytest.mark.req("PLAT-03")
    def test_what_may_be_repeated_says_so(self) -> None:
        """Those that take no key say the same to whoever asks again, or keep nothing."""
        without = {
            name
            for name, operation in OPERATIONS.items()
            if name.startswith("POST ") and headers_of(operation).get("Idempotency-Key") != IDEMPOTENCY_KEY
        }
        assert without == TAKES_NO_KEY
        assert not [
            name
            for name, operation in OPERATIONS.items()
            if not name.startswith("POST ") and "Idempotency-Key" in headers_of(operation)
        ]

    def test_what_is_made_says_where_it_stands(self) -> None:
        made = {name for name, operation in OPERATIONS.items() if "201" in operation["responses"]}
        said = {name for name in made if "Location" in OPERATIONS[name]["responses"]["201"]["headers"]}
        assert made - said == HAS_NO_ADDRESS

    def test_what_can_be_changed_is_read_with_its_version(self) -> None:
        for name, operation in OPERATIONS.items():
            reading = OPERATIONS.get(f"GET {name.removeprefix('PATCH ')}")
            if name.startswith("PATCH ") and "If-Match" in headers_of(operation) and reading:
                for status, said in good_answers(reading).items():
                    assert "ETag" in said["headers"], (name, status)

    def test_who_is_to_wait_is_told_how_long(self) -> None:
        for name, operation in OPERATIONS.items():
            for status in ("429", "503"):
                assert "Retry-After" in meant(operation["responses"][status])["headers"], name

    def test_every_answer_has_the_number_of_its_request(self) -> None:
        for name, operation in OPERATIONS.items():
            for status, said in operation["responses"].items():
                if status not in {"304", "default"}:
                    assert "X-Request-ID" in meant(said)["headers"], (name, status)


class TestSignIn:
    def test_who_may_call_is_told(self) -> None:
        schemes = DOCUMENT["components"]["securitySchemes"]
        for name, operation in OPERATIONS.items():
            assert (operation["security"] == []) is (name in PUBLIC), name
            assert {scheme for way in operation["security"] for scheme in way} <= schemes.keys(), name
        assert DOCUMENT["servers"]

    @pytest.mark.req("PLAT-15")
    def test_what_a_program_may_call_and_by_which_scope(self) -> None:
        told = {
            name: way["program"] for name, each in OPERATIONS.items() for way in each["security"] if "program" in way
        }
        assert told == {name: [scope.value] for name, scope in SCOPE_OF.items()}


class TestConventions:
    def test_a_list_is_asked_for_as_every_list(self) -> None:
        for name, operation in OPERATIONS.items():
            for said in good_answers(operation).values():
                answer = said.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
                if "/Page_" in answer:
                    assert {each["name"] for each in operation["parameters"]} >= {"limit", "cursor", "sort"}, name

    def test_work_that_takes_long_is_a_job_with_an_address(self) -> None:
        for name, operation in OPERATIONS.items():
            said = operation["responses"].get("202", {})
            if "JobRead" in str(said.get("content")):
                assert "Location" in said["headers"], name

    @pytest.mark.req("PLAT-02")
    def test_a_record_says_what_can_be_done_with_it(self) -> None:
        silent = set()
        for name in OPERATIONS:
            reading = OPERATIONS.get(f"GET {name.removeprefix('PATCH ')}")
            if name.startswith("PATCH ") and reading:
                answer = reading["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                if not SCHEMAS[answer]["properties"].keys() & {"allowed_actions", "editable_fields"}:
                    silent.add(answer)
        assert silent == SAYS_NOTHING

    def test_what_goes_says_so_in_the_change_log(self) -> None:
        log = (ROOT / "CHANGELOG.md").read_text("utf-8")
        for name, operation in OPERATIONS.items():
            assert not operation.get("deprecated") or name in log, name

    def test_each_convention_is_said_once(self) -> None:
        told = (ROOT / "docs" / "api.md").read_text("utf-8")
        conventions = told.partition("\n## Conventions\n")[2].partition("\n## ")[0]
        assert re.findall(r"(?m)^### (.+)$", conventions) == CONVENTIONS


# Its holder's own, which are changed at any time; regions are told alike to everybody, and what may be done with one by a route beside it.
SAYS_NOTHING = {"SettingsRead", "RegionRead"}
# None holds a connection while it works. Each keeps nothing, may be done twice without harm (a picture, a session, a check), or takes a
# code, a link or a word that counts once, so that the second time is refused.
TAKES_NO_KEY = {
    "POST /api/auth/pictures",
    "POST /api/auth/sessions",
    "POST /api/auth/password",
    "POST /api/auth/activations",
    "POST /api/auth/activations/by-code",
    "POST /api/auth/phone-changes",
    "POST /api/auth/phone-changes/confirm",
    "POST /api/auth/me/phone",
    "POST /api/auth/me/tokens",
    "POST /api/auth/recovery/password",
    "POST /api/auth/recovery/sign-in",
    "POST /api/auth/enterprises/checks",
    "POST /api/auth/enterprises/declaration-accounts",
    "POST /api/certificates/checks/file",
}
# What is uploaded before the case to which it belongs has no reader but that case's; a reviewer's phrase and
# a stand-in are read in their lists alone.
HAS_NO_ADDRESS = {
    "POST /api/notifications/calendar-feed",
    "POST /api/notifications/hooks",
    "POST /api/notifications/hooks/{hook_id}/try",
    "POST /api/training/reviews/phrases",
    "POST /api/auth/cases/own-resident-ids/attachments",
    "POST /api/declaration/stand-ins",
    "POST /api/auth/cases/attachments",
    "POST /api/auth/cases/corrections/attachments",
    "POST /api/auth/cases/by-number/{number}/attachments",
}
