"""What the codes of a service mean (G3): ``GET /api/<service>/vocabulary`` gives every coded enumeration that stands in a schema of the
service, with labels, colours and order, read off the enums themselves. Whoever shows a code need not type its words again.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import get_args

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, TypeAdapter

from shared.roles import Level, Portal
from shared.scopes import LABELS, Scope
from shared.services import Service
from shared.web.caching import cacheable
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled

# Enumerations that lie deeper than labels do.
WORDS: Mapping[type[Enum], Mapping[str, str]] = {
    Level: {Level.UNIT: "业务单位", Level.COUNTY: "区县机构", Level.CITY: "市级机构", Level.PROVINCE: "省级机构"},
    Scope: {code.value: words for code, words in LABELS.items()},
    Portal: {Portal.TRAINING: "培训单位", Portal.OFFICIALS: "管理机构", Portal.ENTERPRISE: "用人单位"},
}


class CodeRead(BaseModel):
    """One code of an enumeration."""

    code: str = Field(description="代码")
    label: str = Field(description="显示的文字")
    colour: str = Field(description="显示颜色：green、amber、red 或 black；没有含义的为 black")
    order: int = Field(description="排列顺序，从 1 开始")


_VOCABULARY = TypeAdapter(dict[str, list[CodeRead]])


def vocabulary_router(service: Service, routers: Sequence[APIRouter]) -> APIRouter:
    """Its one route; the enumerations are those of the routes of ``routers``."""
    router = APIRouter(prefix=f"/api/{service}", tags=["代码表"])
    content = _VOCABULARY.dump_json(vocabulary(enumerations(routers)))

    @router.get(
        "/vocabulary",
        name=f"read_{service}_vocabulary",
        summary="代码表：各代码的文字、颜色和顺序",
        response_model=dict[str, list[CodeRead]],
    )
    async def read(request: Request) -> Response:
        return cacheable(request, content, public=True)

    return router


def vocabulary(kinds: set[type[Enum]]) -> dict[str, list[CodeRead]]:
    """By the name that the schema has."""
    return {kind.__name__: _codes(kind) for kind in sorted(kinds, key=lambda kind: kind.__name__) if has_words(kind)}


def has_words(kind: type[Enum]) -> bool:
    return issubclass(kind, Labelled) or kind in WORDS


def _codes(kind: type[Enum]) -> list[CodeRead]:
    more = WORDS.get(kind, {})
    return [
        CodeRead(
            code=str(each.value),
            label=more.get(each.value) or getattr(each, "label", ""),
            colour=getattr(each, "colour", Colour.QUIET),
            order=order,
        )
        for order, each in enumerate(kind, 1)
    ]


def enumerations(routers: Sequence[APIRouter]) -> set[type[Enum]]:
    """Every enumeration that an answer, a body or a parameter of these routes may hold."""
    found: set[type[Enum]] = set()
    seen: set[object] = set()
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for annotation in (route.response_model, *_taken(route.dependant)):
                    _collect(annotation, found, seen)
    return found


def _taken(dependant: Dependant) -> Iterator[object]:
    for kind in ("path_params", "query_params", "body_params"):
        yield from (field.field_info.annotation for field in getattr(dependant, kind))
    for inner in dependant.dependencies:
        yield from _taken(inner)


def _collect(annotation: object, found: set[type[Enum]], seen: set[object]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        found.add(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        for field in annotation.model_fields.values():
            _collect(field.annotation, found, seen)
            for told in field.metadata:
                _collect(told, found, seen)
    for inner in get_args(annotation):
        _collect(inner, found, seen)
