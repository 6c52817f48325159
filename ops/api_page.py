"""The page at /api/docs: the OpenAPI document as people read it, one file without script, font or picture, so that it needs nothing from
elsewhere and works under the platform's policy of content (PLAT-16).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

TEMPLATE = Path(__file__).with_suffix(".html")
_NAME = "#/components/schemas/"


def api_page(document: dict[str, Any]) -> str:
    """``document`` as HTML."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    page = environment.from_string(TEMPLATE.read_text("utf-8"))
    operations = list(_operations(document))
    tags = [
        {**tag, "operations": [each for each in operations if each["tag"] == tag["name"]]} for tag in document["tags"]
    ]
    schemas = [
        {"name": name, "rows": _properties(meant), **_type(meant)}
        for name, meant in document["components"]["schemas"].items()
    ]
    return page.render(document=document, tags=tags, schemas=schemas)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, operations in document["paths"].items():
        for method, each in operations.items():
            bodies = each.get("requestBody", {}).get("content", {})
            yield {
                "tag": each["tags"][0],
                "id": each["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": each["summary"],
                "security": each["security"],
                "scope": next((way["program"][0] for way in each["security"] if "program" in way), ""),
                "parameters": [_row(one["name"], one["schema"], one) for one in each.get("parameters", ())],
                "bodies": [{"media": media, **_type(body.get("schema", {}))} for media, body in bodies.items()],
                "answers": [_answer(status, said) for status, said in each["responses"].items() if status[0] in "23"],
                "refusals": "、".join(status for status in each["responses"] if status[0] in "45"),
            }


def _answer(status: str, said: dict[str, Any]) -> dict[str, Any]:
    content = said.get("content", {})
    schema = next((each["schema"] for each in content.values() if each.get("schema")), None)
    kind = _type(schema) if schema else {"type": "、".join(content), "of": ""}
    headers = "、".join(each for each in said.get("headers", {}) if each != "X-Request-ID")
    return {"status": status, "description": said["description"], "headers": headers, **kind}


def _properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        _row(name, held, {**held, "required": name in required}) for name, held in schema.get("properties", {}).items()
    ]


def _row(name: str, schema: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    words = said.get("description", "")
    return {"name": name, "required": said.get("required", False), "description": words, **_type(schema)}


def _type(schema: dict[str, Any]) -> dict[str, str]:
    """``type`` as words, ``of`` the name of the schema that it is, or is made of."""
    if name := schema.get("$ref", ""):
        return {"type": "", "of": name.removeprefix(_NAME)}
    if "items" in schema:
        inner = _type(schema["items"])
        return {"type": f"{inner['type']}[]", "of": inner["of"]}
    if several := schema.get("anyOf") or schema.get("allOf") or schema.get("oneOf"):
        parts = [_type(each) for each in several]
        words = " | ".join(dict.fromkeys(part["type"] for part in parts if part["type"]))
        return {"type": words, "of": next((part["of"] for part in parts if part["of"]), "")}
    if "enum" in schema:
        return {"type": " | ".join(map(str, schema["enum"])), "of": ""}
    held = schema.get("format") or schema.get("type", "")
    return {"type": str(schema["const"]) if "const" in schema else str(held), "of": ""}
