"""What a request may weigh before anybody looks at what it says (PLAT-17): bounds on address, headers and body, and for a body of JSON on
how many values it holds and how deep they lie. What passes costs milliseconds to read, whatever it says; what does not is refused here,
before a route, a caller or a connection is looked at.
"""

import json
import re
from collections.abc import Iterable
from email.message import Message as MediaType
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from shared.errors import AppError, MalformedBody, PayloadTooLarge, UnsupportedMedia

MIB: Final = 1024 * 1024
MAX_UPLOAD: Final = 12 * MIB
MAX_BODY: Final = MIB
# The largest list that a page sends has 5,000 rows of a few values; no form has a hundred fields.
MAX_VALUES: Final = 30_000
MAX_KEYS: Final = 200
MAX_DEPTH: Final = 32
MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_ADDRESS_BYTES: Final = 8 * 1024
MAX_PARAMETERS: Final = 100
# Of a form with a file: one file, and a few short answers beside it.
MAX_FILES: Final = 1
MAX_FIELDS: Final = 10
MAX_FIELD_BYTES: Final = 16 * 1024
_PLACE = "请检查后重新提交"
# A string ends with the body where nothing else ends it, so that each byte is looked at once.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


class BodyTooLarge(PayloadTooLarge):
    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"提交的内容超过 {limit // MIB} MB，请压缩或拆分后再提交")


class TooManyValues(PayloadTooLarge):
    code = "body_too_many_values"
    detail = f"提交的内容超过 {MAX_VALUES} 项，请分几次提交"


class AddressTooLong(AppError):
    status = 414
    code = "address_too_long"
    detail = f"网址过长或查询条件超过 {MAX_PARAMETERS} 个，请减少查询条件后重试"


class HeadersTooLarge(AppError):
    status = 431
    code = "headers_too_large"
    detail = "请求头过多或过长，请清除本站 Cookie 后重试"


class RequestTimeout(AppError):
    status = 408
    code = "request_timeout"
    detail = "内容没有按时传完，请检查网络后重试"


class MalformedRequest(MalformedBody):
    code = "malformed_request"
    detail = "请求的格式不正确，请刷新页面后重试"


class BodyEncoded(UnsupportedMedia):
    code = "content_encoding"
    detail = "请求内容不得压缩（Content-Encoding），请直接提交"


def check_head(scope: Scope, headers: Headers) -> None:
    """Raises ``HeadersTooLarge``, ``AddressTooLong``, ``BodyEncoded`` and what ``announced`` raises."""
    fields = scope["headers"]
    if len(fields) > MAX_HEADERS or sum(len(name) + len(value) for name, value in fields) > MAX_HEADER_BYTES:
        raise HeadersTooLarge
    query = scope.get("query_string", b"")
    if len(query) + len(scope.get("raw_path") or b"") > MAX_ADDRESS_BYTES or query.count(b"&") >= MAX_PARAMETERS:
        raise AddressTooLong
    if headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise BodyEncoded
    announced(headers)


def announced(headers: Headers) -> int | None:
    """The length that the body is said to have. Raises ``MalformedBody``, and ``BodyTooLarge`` for more than any body may have."""
    length = headers.get("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit()):
        raise MalformedBody("请求头 Content-Length 应为数字")
    if len(length) > 18 or int(length) > MAX_UPLOAD:
        raise BodyTooLarge(limit_of(headers))
    return int(length)


def _media_type(headers: Headers) -> tuple[str, str]:
    """As the framework reads it, so that no spelling is JSON to it and nothing to us."""
    read = MediaType()
    read["content-type"] = headers.get("content-type", "")
    return read.get_content_maintype(), read.get_content_subtype()


def limit_of(headers: Headers) -> int:
    """Bytes that a body of this type may have; a file comes in a form."""
    return MAX_UPLOAD if _media_type(headers) == ("multipart", "form-data") else MAX_BODY


def is_json(headers: Headers) -> bool:
    main, sub = _media_type(headers)
    return main == "application" and (sub == "json" or sub.endswith("+json"))


async def bounded(receive: Receive, headers: Headers) -> Receive:
    """What the app reads in place of ``receive``: JSON is read to its end and looked at here, anything else is counted as it comes.
    Raises ``BodyTooLarge``, ``MalformedBody``, ``TooManyValues``."""
    if not is_json(headers):
        return _counted(receive, limit_of(headers))
    body = await _whole(receive)
    length = announced(headers)
    if length is not None and length != len(body):
        raise MalformedBody(f"请求内容与请求头 Content-Length 不符，{_PLACE}")
    if body:
        check_json(body)
    return _replayed(body, receive)


async def _whole(receive: Receive) -> bytes:
    """The body. One that is too large is taken to its end, because who still sends does not hear a refusal; only up to what any body may
    have."""
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody(f"请求内容不完整，{_PLACE}")
        piece = message.get("body", b"")
        size += len(piece)
        if size > MAX_UPLOAD:
            raise BodyTooLarge(MAX_BODY)
        if size <= MAX_BODY:
            pieces.append(piece)
        more = message.get("more_body", False)
    if size > MAX_BODY:
        raise BodyTooLarge(MAX_BODY)
    return b"".join(pieces)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(limit)
        return message

    return counted


def check_json(body: bytes) -> None:
    """Counts first and parses then. Raises ``TooManyValues``; ``MalformedBody`` for what is not JSON in UTF-8, lies too deep, or says one
    thing twice, which two readers may understand differently."""
    bare = _STRING.sub(b"", body)
    openings = bare.count(b"[") + bare.count(b"{")
    if openings + bare.count(b",") > MAX_VALUES:
        raise TooManyValues
    if _depth(bare.translate(None, _NO_BRACKETS)) > MAX_DEPTH:
        raise MalformedBody(f"请求内容嵌套超过 {MAX_DEPTH} 层，{_PLACE}")
    try:
        json.loads(body.decode("utf-8-sig"), object_pairs_hook=_known_shape)
    except ValueError as error:  # not UTF-8, not JSON, or a number of more digits than anybody can read
        raise MalformedBody from error


def _depth(brackets: Iterable[int]) -> int:
    now = deepest = 0
    for bracket in brackets:
        now += 1 if bracket in b"[{" else -1
        deepest = max(deepest, now)
    return deepest


def _known_shape(pairs: list[tuple[str, object]]) -> None:
    if len(pairs) > MAX_KEYS:
        raise TooManyValues(f"提交的内容中有一处超过 {MAX_KEYS} 个项目名，{_PLACE}")
    if len(dict(pairs)) != len(pairs):
        raise MalformedBody(f"请求内容中同一项出现了两次，{_PLACE}")
