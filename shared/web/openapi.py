"""The OpenAPI document of a service, with every refusal that an operation may answer with: as ``application/problem+json``, by status, and
with the codes that stand in it (PLAT-01, PLAT-16). What FastAPI knows is the answer of a success; the rest is told here by what a route is.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from shared.errors import AppError
from shared.web.lists import needs_version
from shared.web.openapi_headers import asked, declare_headers, is_for_callers
from shared.web.openapi_limits import declare_limits
from shared.web.openapi_words import describe, drop_unusable_defaults
from shared.web.problems import TITLES, ProblemDocument

PROBLEM_JSON = "application/problem+json"
_SCHEMA = {"$ref": "#/components/schemas/ProblemDocument"}
_CONTENT = {PROBLEM_JSON: {"schema": _SCHEMA}}
# Any answer that is not named otherwise; FastAPI then adds none of its own.
ANY_PROBLEM: dict[int | str, dict[str, Any]] = {"default": {"description": "未能完成，原因见内容", "content": _CONTENT}}
ALWAYS = frozenset({400, 404, 408, 414, 422, 429, 431, 503})
FOR_CALLERS = frozenset({401, 403})
# Who changes something may also be too late, be somebody else's page, or have tried too often; who signs in may be nobody.
FOR_CHANGES = FOR_CALLERS | {409, 412, 423}
FOR_BODIES = frozenset({413, 415})
# Where a refusal says after how many seconds; 429 and 503 always do.
TO_BE_TRIED_AGAIN = frozenset({429, 503})
# Where the table of a workflow makes the code: by the record's status, or by its guard (docs/workflows).
FROM_TABLES = {409: "，以及所办事项的流程给出的代码，如 status_is_draft"}


class ServiceApp(FastAPI):
    """Its document is made once, as FastAPI's is."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            document = super().openapi()
            by_name = {route.name: route for route in routes(self)}
            _declare(document, by_name)
            declare_headers(document, by_name)
            declare_limits(document, by_name)
            describe(document)
            drop_unusable_defaults(document)
            self.openapi_schema = document
        return self.openapi_schema


def routers(app: FastAPI) -> Iterator[APIRouter]:
    """Every router that the app includes; the app itself holds only what has included them."""
    yield from (router for entry in app.routes if (router := getattr(entry, "original_router", None)))


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of every router."""
    beside = [entry for entry in app.routes if not getattr(entry, "original_router", None)]
    for entry in (*beside, *(route for router in routers(app) for route in router.routes)):
        if isinstance(entry, APIRoute):
            yield entry


def refusals(route: APIRoute) -> frozenset[int]:
    """The statuses that a route may refuse with."""
    found = set(ALWAYS)
    if is_for_callers(route):
        found |= FOR_CALLERS
    if (route.methods or set()) - {"GET", "HEAD"}:
        found |= FOR_CHANGES
    if route.body_field is not None:
        found |= FOR_BODIES
    return frozenset(found | ({412, 428} if needs_version in asked(route.dependant) else set()))


def codes() -> dict[int, list[str]]:
    """The codes of each status, read off the refusals themselves."""
    found: dict[int, set[str]] = {status: set() for status in TITLES}
    waiting: list[type[AppError]] = [AppError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("shared.", "services.")):
            found.setdefault(kind.status, set()).add(kind.code)
    return {status: sorted(each) for status, each in found.items()}


def _declare(document: dict[str, Any], by_name: dict[str, APIRoute]) -> None:
    known = codes()
    shared: dict[int, Any] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            said = operation["responses"]
            for status in sorted(refusals(by_name[operation["operationId"]])):
                said[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
                shared[status] = {"description": _words(status, known[status]), "headers": _headers(status), "content": _CONTENT}
    components = document.setdefault("components", {})
    components["responses"] = {f"Problem{status}": shared[status] for status in sorted(shared)}
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update({**schema.pop("$defs"), "ProblemDocument": schema})


def _headers(status: int) -> dict[str, Any]:
    names = ["Retry-After", "X-Request-ID"] if status in TO_BE_TRIED_AGAIN else ["X-Request-ID"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _words(status: int, known: list[str]) -> str:
    return f"{TITLES[status]}；code：{'、'.join(known)}{FROM_TABLES.get(status, '')}"
