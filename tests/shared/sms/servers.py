"""Providers of text messages on loopback, for tests: they check each signature as their documents say, in code of their own, and then
answer as told: taken, throttled, refused with 200, broken, or not at all.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY_ID, SECRET = "testid", "testsecret"
Answer = tuple[int, Any]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(key: bytes, data: str) -> bytes:
    return hmac.new(key, data.encode(), hashlib.sha256).digest()


@dataclass
class Call:
    """One request: what was asked (``action``) with which parameters."""

    action: str
    asked: dict[str, Any]


@dataclass
class FakeProvider:
    """``answer`` is told the call; None closes the line without a word. ``calls`` are those with a right signature."""

    answer: Callable[[Call], Answer | None]
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def actions(self) -> list[str]:
        return [call.action for call in self.calls]


def aliyun_call(handler: BaseHTTPRequestHandler, body: bytes) -> Call | None:
    """The call when its ACS3-HMAC-SHA256 signature is right."""
    headers = {name.lower(): value for name, value in handler.headers.items()}
    algorithm, _, parts = headers["authorization"].partition(" ")
    given = dict(part.split("=", 1) for part in parts.split(","))
    asked = dict(parse_qsl(urlsplit(handler.path).query, keep_blank_values=True, strict_parsing=True))
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(asked[name], safe='-_.~')}" for name in sorted(asked))
    names = given["SignedHeaders"].split(";")
    must = {"host", *(name for name in headers if name.startswith("x-acs-"))}
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    canonical = "\n".join([handler.command, "/", query, lines, given["SignedHeaders"], headers["x-acs-content-sha256"]])
    right = mac(SECRET.encode(), f"ACS3-HMAC-SHA256\n{sha(canonical.encode())}").hex()
    fits = must <= set(names) and names == sorted(names) and headers["x-acs-content-sha256"] == sha(body)
    if algorithm != "ACS3-HMAC-SHA256" or given["Credential"] != KEY_ID or given["Signature"] != right or not fits:
        return None
    return Call(headers["x-acs-action"], asked)


def tencent_call(handler: BaseHTTPRequestHandler, body: bytes) -> Call | None:
    """The call when its TC3-HMAC-SHA256 signature is right."""
    headers = {name.lower(): value for name, value in handler.headers.items()}
    algorithm, _, parts = headers["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in parts.split(","))
    key_id, day, service, end = given["Credential"].split("/")
    lines = "".join(f"{name}:{headers[name]}\n" for name in given["SignedHeaders"].split(";"))
    canonical = "\n".join([handler.command, handler.path, "", lines, given["SignedHeaders"], sha(body)])
    scope = f"{day}/{service}/{end}"
    to_sign = f"TC3-HMAC-SHA256\n{headers['x-tc-timestamp']}\n{scope}\n{sha(canonical.encode())}"
    key = mac(mac(mac(f"TC3{SECRET}".encode(), day), service), "tc3_request")
    if algorithm != "TC3-HMAC-SHA256" or key_id != KEY_ID or mac(key, to_sign).hex() != given["Signature"]:
        return None
    return Call(headers["x-tc-action"], json.loads(body))


WRONG_SIGNATURE: dict[Any, Answer] = {
    aliyun_call: (
        400,
        {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched", "RequestId": "r"},
    ),
    tencent_call: (
        200,
        {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}, "RequestId": "r"}},
    ),
}


@contextmanager
def serving(
    read: Callable[[BaseHTTPRequestHandler, bytes], Call | None], answer: Callable[[Call], Answer | None]
) -> Iterator[FakeProvider]:
    """The provider that ``read`` understands, on a port of its own, as long as the block lasts."""
    fake = FakeProvider(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = read(self, body)
            if call is not None:
                fake.calls.append(call)
            said = fake.answer(call) if call is not None else WRONG_SIGNATURE[read]
            if said is None:
                self.close_connection = True
                return
            content = said[1] if isinstance(said[1], bytes) else json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def aliyun_ok(_call: Call) -> Answer:
    return 200, {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "r"}


def aliyun_error(code: str, status: int = 200) -> Callable[[Call], Answer]:
    """An error as the provider says it: with 200, and words that name the number."""
    return lambda call: (
        status,
        {"Code": code, "Message": f"{call.asked.get('PhoneNumbers')} 触发限制", "RequestId": "r"},
    )


def tencent_status(code: str) -> Callable[[Call], Answer]:
    """One message's status, in an answer that is a success as a whole."""

    def answer(call: Call) -> Answer:
        number = call.asked["PhoneNumberSet"][0]
        row = {
            "SerialNo": "5000:1045710669157053657849499619" if code == "Ok" else "",
            "PhoneNumber": number,
            "Fee": 1,
            "SessionContext": call.asked["SessionContext"],
            "Code": code,
            "Message": f"{number} {code}",
            "IsoCode": "CN",
        }
        return 200, {"Response": {"SendStatusSet": [row], "RequestId": "r"}}

    return answer


def tencent_error(code: str) -> Callable[[Call], Answer]:
    return lambda _call: (200, {"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r"}})
