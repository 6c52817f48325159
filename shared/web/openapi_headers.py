"""The headers of an operation in the OpenAPI document, asked and answered, and how its caller signs in (PLAT-16). All of it is read off the
route: what it depends on, and which headers its code writes.
"""

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.scopes import SCOPE_OF
from shared.web.callers import CallerRule
from shared.web.lists import needs_version
from shared.web.once import Once
from shared.web.route import UnitOfWorkRoute

SERVERS = [{"url": "/", "description": "本平台"}]
SECURITY_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "登录后浏览器自动携带的 Cookie；以 https 访问时名为 __Host-session",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "登录所得的令牌（POST /api/auth/sessions 的 token）"},
    "program": {
        "type": "http",
        "scheme": "bearer",
        "description": "程序令牌：在“个人设置”中生成，以 oht_ 开头，只能办理其权限之内的事项；各接口所需的权限列在其后",
    },
}
SIGNED_IN: list[dict[str, list[str]]] = [{"session": []}, {"bearer": []}]


def security(route: APIRoute, name: str) -> list[dict[str, list[str]]]:
    """How its caller may sign in; a program's token only where a scope names the route (PLAT-15)."""
    if not is_for_callers(route):
        return []
    return [*SIGNED_IN, {"program": [SCOPE_OF[name].value]}] if name in SCOPE_OF else SIGNED_IN


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "读取记录时的 ETag；记录已被他人修改时答复 412，并说明修改了什么",
    "schema": {"type": "string", "maxLength": 200},
    "example": '"3"',
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "由调用方为每次办理生成的键；一天之内以同一键重复提交，只办理一次，并得到第一次的答复",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "上一次答复的 ETag；没有变化时答复 304，不再重复内容",
    "schema": {"type": "string", "maxLength": 1000},
}
REQUEST_ID = {"description": "本次请求的编号，反映问题时请一并提供", "schema": {"type": "string"}}
RETRY_AFTER = {"description": "请在这么多秒之后再试", "schema": {"type": "integer", "minimum": 1}}
ANSWERED = {
    "ETag": {"description": "版本，修改时以 If-Match 交回，或以 If-None-Match 询问有无变化", "schema": {"type": "string"}},
    "Location": {"description": "新建的记录、任务或文件的地址", "schema": {"type": "string"}},
    "Idempotency-Replayed": {"description": "true：这是同一 Idempotency-Key 第一次的答复", "schema": {"const": "true"}},
    "X-Request-ID": REQUEST_ID,
}
# What only tells how an answer was made, deep below: nothing more is asked of the code there.
_DEPTH = 3
_OURS = ("shared.web.", "services.")


def asked(dependant: Dependant) -> Iterator[object]:
    """Everything that a route depends on."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from asked(inner)


def is_for_callers(route: APIRoute) -> bool:
    """Whether somebody must be signed in."""
    return any(isinstance(each, CallerRule) for each in asked(route.dependant))


def parameters(route: APIRoute) -> list[dict[str, Any]]:
    """The headers that a request may or must carry."""
    needed = [IF_MATCH] if needs_version in asked(route.dependant) else []
    if is_kept(route):
        needed.append(IF_NONE_MATCH)
    return [*needed, IDEMPOTENCY_KEY] if answers_once(route) else needed


def is_kept(route: APIRoute) -> bool:
    """Whether a browser keeps the answer, and asks only whether it still holds."""
    return "If-None-Match" in set(_written(route.endpoint, _DEPTH))


def answers_once(route: APIRoute) -> bool:
    """Whether an Idempotency-Key counts."""
    by_hand = any(getattr(each, "__annotations__", {}).get("return") is Once for each in asked(route.dependant))
    return route.methods == {"POST"} and (isinstance(route, UnitOfWorkRoute) or by_hand)


def answered(route: APIRoute, status: str) -> dict[str, Any]:
    """The headers of a good answer."""
    written = set(_written(route.endpoint, _DEPTH))
    found = ["X-Request-ID"]
    if "ETag" in written:
        found.append("ETag")
    if "Location" in written and status in {"201", "202"}:
        found.append("Location")
    if answers_once(route):
        found.append("Idempotency-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(found)}


def _written(function: Callable[..., Any], depth: int) -> Iterator[str]:
    """The names of headers that a function writes, itself or by the functions that it calls by their names."""
    if not isinstance(function, FunctionType):
        return
    yield from (each for each in function.__code__.co_consts if each in ANSWERED or each == "If-None-Match")
    for name in function.__code__.co_names if depth else ():
        called = function.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(_OURS):
            yield from _written(called, depth - 1)


def declare_headers(document: dict[str, Any], by_name: dict[str, APIRoute]) -> None:
    """Every operation with its headers and with who may call it."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            route = by_name[operation["operationId"]]
            operation["security"] = security(route, f"{method.upper()} {path}")
            if more := parameters(route):
                operation["parameters"] = [*operation.get("parameters", ()), *more]
            if is_kept(route):
                operation["responses"]["304"] = {"description": "没有变化"}
            for status, said in operation["responses"].items():
                if status[0] == "2":
                    said["headers"] = answered(route, status)
                    if said["description"] == "Successful Response":
                        said["description"] = "已办理"
    components = document["components"]
    components["headers"] = {**ANSWERED, "Retry-After": RETRY_AFTER}
    components["securitySchemes"] = SECURITY_SCHEMES
    document["servers"] = SERVERS
