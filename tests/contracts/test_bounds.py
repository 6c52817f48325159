"""Every text and every list that a request may carry says how long it may be (PLAT-17), told from the OpenAPI document itself: what has no
bound there has none in the code, and what is new cannot be forgotten.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ops.docs import openapi

pytestmark = pytest.mark.req("PLAT-17")
DOCUMENT = openapi()
SCHEMAS: Mapping[str, Any] = DOCUMENT["components"]["schemas"]
# A file is bounded as a body is; a day, a moment and an id are read by their own shape.
SHAPED = {"binary", "date", "date-time", "uuid"}
# A day of the largest class.
MOST_ITEMS = 10_000
LONGEST = 5000


def unbounded(schema: Mapping[str, Any], where: str, above: frozenset[str] = frozenset()) -> Iterator[str]:
    """Each place below ``schema`` that says no bound, or one that is none."""
    if (name := schema.get("$ref", "").rpartition("/")[2]) and name not in above:
        yield from unbounded(SCHEMAS[name], f"{where}:{name}", above | {name})
    kind = schema.get("type")
    if kind == "string" and not _is_bounded_text(schema):
        yield where
    if kind == "array":
        if not 0 < schema.get("maxItems", 0) <= MOST_ITEMS:
            yield f"{where}[]"
        yield from unbounded(schema.get("items", {}), f"{where}[]", above)
    if kind == "object" and "properties" not in schema and "maxProperties" not in schema:
        yield f"{where}{{}}"
    for key, part in schema.get("properties", {}).items():
        yield from unbounded(part, f"{where}.{key}", above)
    for part in (each for choice in ("anyOf", "oneOf", "allOf") for each in schema.get(choice, ())):
        yield from unbounded(part, where, above)
    if not schema:
        yield where


def _is_bounded_text(schema: Mapping[str, Any]) -> bool:
    if {"enum", "const"} & schema.keys() or schema.get("format") in SHAPED or "contentMediaType" in schema:
        return True
    return bool(0 < schema.get("maxLength", 0) <= LONGEST)


def inputs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, schema) of all that a request may carry."""
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", ()):
                yield f"{name} {parameter['in']} {parameter['name']}", parameter["schema"]
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{name} {kind}", body["schema"]


def test_each_text_and_list_of_a_request_has_a_bound() -> None:
    found = sorted({place for where, schema in inputs() for place in unbounded(schema, where)})
    assert found == []


def test_what_has_none_is_found() -> None:
    shapes: list[dict[str, Any]] = [
        {},
        {"type": "string"},
        {"type": "string", "pattern": "x*"},
        {"type": "string", "maxLength": 10**7},
    ]
    shapes += [
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "maxItems": 3, "items": {"type": "string"}},
    ]
    shapes += [{"type": "object", "additionalProperties": True}, {"anyOf": [{"type": "null"}, {"type": "string"}]}]
    assert all(list(unbounded(shape, "here")) for shape in shapes)
