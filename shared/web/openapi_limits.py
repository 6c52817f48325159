"""Which operations count against a limit, for the OpenAPI document (PLAT-16): those whose code can come to ``tell``."""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from fastapi.routing import APIRoute

from shared.quotas import tell
from shared.web.callers import CallerRule
from shared.web.openapi_headers import asked

RATE_LIMIT = {
    "RateLimit-Policy": {
        "description": "本次办理受其约束的限额：名称；q 为限额，qu 为单位（不写的为次数），w 为期间的秒数",
        "schema": {"type": "string"},
        "example": '"lookups";q=60;w=60',
    },
    "RateLimit": {
        "description": "这些限额还剩多少：r 为余量，t 为多少秒之后重新计算",
        "schema": {"type": "string"},
        "example": '"lookups";r=59;t=60',
    },
}
REFS = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_LIMIT}
# From a route to where it counts there are at most so many calls.
_DEPTH = 7
_OURS = ("shared.", "services.")


def is_counted(route: APIRoute) -> bool:
    """Whether its answers may have the headers. A wrong token counts on every route, and is told with its refusal alone."""
    own = [each for each in asked(route.dependant) if not isinstance(each, CallerRule)]
    handler = type(route).get_route_handler
    if handler.__module__.startswith("services."):  # one that counts before it hands on
        own.append(handler)
    seen: set[object] = set()
    return any(_reaches(each, _DEPTH, seen) for each in own)


def _reaches(function: object, depth: int, seen: set[object]) -> bool:
    if function is tell:
        return True
    if not depth or not isinstance(function, FunctionType) or function in seen:
        return False
    seen.add(function)
    return any(_reaches(each, depth - 1, seen) for each in _called(function))


def _called(function: FunctionType) -> Iterator[object]:
    """What a function, or one written within it, calls by its name or by that of its module."""
    inner = [each for each in function.__code__.co_consts if isinstance(each, CodeType)]
    for code in (function.__code__, *inner):
        for name in code.co_names:
            found: Any = function.__globals__.get(name)
            if isinstance(found, ModuleType) and found.__name__.startswith(_OURS):
                yield from (getattr(found, each, None) for each in code.co_names)
            elif isinstance(found, FunctionType) and found.__module__.startswith(_OURS):
                yield found


def declare_limits(document: dict[str, Any], by_name: dict[str, APIRoute]) -> None:
    """The two headers on good answers of what is counted, and on every 429."""
    document["components"]["headers"].update(RATE_LIMIT)
    document["components"]["responses"]["Problem429"]["headers"].update(REFS)
    for operations in document["paths"].values():
        for operation in operations.values():
            if is_counted(by_name[operation["operationId"]]):
                for status, said in operation["responses"].items():
                    if status[0] == "2":
                        said["headers"].update(REFS)
