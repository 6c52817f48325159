"""Every free text of every request is cleaned before anybody looks at it (PLAT-01): what nobody sees is refused, or taken away. Told from
the types of the requests themselves, so that a new one cannot be forgotten.
"""

import typing
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from shared.fields import CleanText
from tests.contracts.test_routes import ALL, name_of

pytestmark = pytest.mark.req("PLAT-01")
UNSEEN = (
    "\u202e",
    "\u2069",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u061c",
    "\U000e0041",
    "\x07",
    "\x7f",
    "\u0085",
    "\u3164",
    "\u2800",
    "\u2028",
)
SHAPES = ("甲{}乙", "{}甲{}", "{}", "1{}2", "{}12", "a{}b@c{}.cn", " {} ")
# A form's fields are typed once more as a whole, by the model that its route makes of them.
TYPED_AGAIN = {"POST /check-in", "POST /verify/by-number"}


def texts(kind: Any, where: str, above: frozenset[type] = frozenset()) -> Iterator[tuple[str, Any]]:
    """(place, type) of each text below ``kind``, its type with all that is said about it; keys are no texts."""
    outer, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is str or (outer is Annotated and inner[0] is str):
        yield where, kind
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in above:
        for name, field in kind.model_fields.items():
            yield from texts(said(field), f"{kind.__name__}.{name}", above | {kind})
    else:
        for part in inner[1:] if outer is dict else inner[:1] if outer is Annotated else inner:
            yield from texts(part, where, above)


def said(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def bodies(dependant: Dependant) -> Iterator[FieldInfo]:
    yield from (each.field_info for each in dependant.body_params)
    for below in dependant.dependencies:
        yield from bodies(below)


def asked() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _, route in ALL:
        for info in bodies(route.dependant):
            found.update(texts(said(info), name_of(route)))
    return {where: kind for where, kind in found.items() if where not in TYPED_AGAIN}


def lets_through(kind: Any) -> list[str]:
    """What such a text takes and still holds something that nobody sees."""
    adapter = TypeAdapter[Any](kind)
    passed = []
    for mark in UNSEEN:
        for shape in SHAPES:
            try:
                taken = adapter.validate_python(shape.format(mark, mark))
            except ValidationError:
                continue
            passed += [ascii(taken)] if mark in str(taken) else []
    return passed


def test_no_text_of_a_request_keeps_what_nobody_sees() -> None:
    assert {where: passed for where, kind in asked().items() if (passed := lets_through(kind))} == {}


def test_what_does_is_found() -> None:
    class Body(BaseModel):
        plain: str
        listed: list[str]
        named: dict[str, Annotated[str, CleanText(20)]]
        maybe: Annotated[str, CleanText(20)] | None

    assert [where for where, kind in texts(Body, "") if lets_through(kind)] == ["Body.plain", "Body.listed"]
    assert len(list(texts(Body, ""))) == 4
