"""Errors on the wire: RFC 9457 problem JSON with a stable code, a Chinese detail and one entry per bad field (PLAT-01). No framework
message in English and no stack trace leaves a service; a defect is a 500 with the correlation id by which the log is found.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.errors import (
    AppError,
    Conflict,
    FieldError,
    InvalidInput,
    MalformedBody,
    Unavailable,
    UnsupportedMedia,
    VersionMismatch,
)
from shared.logging import correlation_id, get_logger
from shared.messages import message_for
from pydantic_core import ErrorDetails
from shared.db.violations import refusal_of

TITLES = {
    400: "请求无法识别",
    401: "未登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    408: "请求超时",
    409: "状态冲突",
    412: "版本冲突",
    413: "内容过大",
    414: "网址过长",
    415: "类型不支持",
    422: "填写有误",
    423: "已锁定",
    428: "缺少版本",
    429: "过于频繁",
    431: "请求头过长",
    500: "系统故障",
    503: "暂时不可用",
}
# No answer is longer than a page, whatever it answers.
MAX_ERRORS = 100
MORE_ERRORS = f"；有误的地方较多，先列出前 {MAX_ERRORS} 处，改正后重新提交"
log = get_logger(__name__)


class ProblemField(BaseModel):
    """One bad input: its path, a stable code, a Chinese message."""

    field: str
    code: str
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457, as every refusal of every route has it; some say more, in members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField]
    correlation_id: str


def _shown(text: str, longest: int) -> str:
    """The text without what UTF-8 cannot say, and cut: a message may repeat what was sent, such as a lone surrogate or an endless name."""
    return (text if len(text) <= longest else f"{text[:longest]}…").encode(errors="replace").decode()


class Problem(JSONResponse):
    """A problem document, and its code for the log."""

    media_type = "application/problem+json"

    def __init__(self, body: Mapping[str, object], status: int, headers: Mapping[str, str], code: str) -> None:
        super().__init__(body, status, headers)
        self.code = code


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    retry_after: int | None = None,
    extra: Mapping[str, object] | None = None,
) -> Problem:
    """One problem document. ``errors`` is always there, so that a client need not ask; of more than ``MAX_ERRORS`` the first."""
    if len(errors) > MAX_ERRORS:
        errors, detail = errors[:MAX_ERRORS], detail + MORE_ERRORS
    body: dict[str, object] = {
        **(extra or {}),
        "type": f"urn:problem:{code}",
        "title": TITLES.get(status, "请求未完成"),
        "status": status,
        "detail": _shown(detail, 2000),
        "code": code,
        "errors": [{"field": _shown(e.field, 200), "code": e.code, "message": _shown(e.message, 500)} for e in errors],
        "correlation_id": correlation_id.get(),
    }
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Problem(body, status, headers, code)


def of_app_error(error: AppError) -> Problem:
    """An ``AppError`` as it is sent."""
    return problem(
        error.status,
        error.code,
        error.detail,
        errors=error.errors,
        retry_after=error.retry_after,
        extra=error.extra,
    )


def _field(location: Sequence[object]) -> str:
    parts = location[1:] if location and location[0] in {"body", "query", "path", "header", "cookie"} else location
    return ".".join(str(part) for part in parts) or "body"


def of_validation(errors: Sequence[ErrorDetails]) -> AppError:
    """What pydantic found, in Chinese and per field."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedBody()
    told = errors[: MAX_ERRORS + 1]  # one more than is shown, by which it is seen that there are more
    return InvalidInput(
        errors=[FieldError(_field(error["loc"]), str(error["type"]), message_for(error)) for error in told]
    )


_HTTP = {
    404: ("not_found", "没有找到该地址"),
    405: ("method_not_allowed", "该地址不支持此操作"),
    400: ("malformed_body", "请求内容无法解析，可能不完整或格式有误，请检查后重新提交"),
    413: ("payload_too_large", "提交的内容过大"),
}


def of_http_exception(error: HTTPException) -> Problem:
    """What the framework refuses. A refusal of ours while it read the body stands behind it as the cause, and is what counts."""
    if isinstance(error.__cause__, AppError):
        return of_app_error(error.__cause__)
    code, detail = _HTTP.get(error.status_code, ("http_error", "请求未能完成"))
    return problem(error.status_code, code, detail)


class NotJson(UnsupportedMedia):
    detail = "请求内容的类型（Content-Type）应为 application/json"


# What pydantic says of a body that was never read as JSON.
_NO_OBJECT = {"model_attributes_type", "model_type", "dict_type", "list_type"}


def _is_other_than_json(request: Request, error: RequestValidationError) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return False
    return any(tuple(one["loc"]) == ("body",) and one["type"] in _NO_OBJECT for one in error.errors())


FAULT = "系统出现故障，请稍后再试，并把编号告诉我们"


Refuse = Callable[[Request, Exception], Awaitable[Problem]]


def _told(refuse: Refuse) -> Refuse:
    """The same, and the log of the request hears the code."""

    async def tell(request: Request, error: Exception) -> Problem:
        answer = await refuse(request, error)
        request.state.refusal = answer.code
        return answer

    return tell


def install_problem_handlers(app: Starlette) -> None:
    """Makes every failure of ``app`` a problem document."""

    async def refused(_: Request, error: Exception) -> Problem:
        assert isinstance(error, AppError)
        return of_app_error(error)

    async def invalid(request: Request, error: Exception) -> Problem:
        assert isinstance(error, RequestValidationError)
        return of_app_error(NotJson() if _is_other_than_json(request, error) else of_validation(error.errors()))

    async def http(_: Request, error: Exception) -> Problem:
        assert isinstance(error, HTTPException)
        return of_http_exception(error)

    async def stale(_: Request, error: Exception) -> Problem:
        return of_app_error(VersionMismatch())

    async def violated(_: Request, error: Exception) -> Problem:
        assert isinstance(error, IntegrityError)
        refusal, first_line = refusal_of(error), str(error.orig).splitlines()[:1]  # what follows tells the whole row
        if refusal is None:
            log.error("defect", error=first_line)
            return problem(500, "internal", FAULT)
        log.warning("integrity_error", error=first_line)
        return of_app_error(refusal)

    async def data(_: Request, error: Exception) -> Problem:
        return of_app_error(InvalidInput("填写的内容含有不能保存的字符或数值"))

    async def defect(_: Request, error: Exception) -> Problem:
        log.error("defect", error=repr(error), exc_info=error)
        return problem(500, "internal", FAULT)

    async def gone(_: Request, error: Exception) -> Problem:
        return of_app_error(MalformedBody("请求内容不完整，请重新提交"))  # for the log: its caller has left

    async def broken(_: Request, error: Exception) -> Problem:
        return of_app_error(Unavailable())

    for kind, handler in {
        AppError: refused,
        RequestValidationError: invalid,
        HTTPException: http,
        StaleDataError: stale,
        IntegrityError: violated,
        DataError: data,
        UnicodeEncodeError: data,
        ConnectionError: broken,
        ClientDisconnect: gone,
        Exception: defect,
    }.items():
        app.add_exception_handler(kind, _told(handler))
