"""A unit's system and the robots of 企业微信 and 钉钉 on loopback: they check signature and shape as their documents say, in code of their
own, and then answer as told.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

HOOKS = "/api/notifications/hooks"
KEY, TOKEN, ROBOT_SECRET = "693a91f6-7xxx", "566cc69da782ec", "SEC000000000000000000000"


@dataclass
class Receiver:
    """``secret`` is what the unit's system was given. ``answer`` (status, body) replaces the usual one. ``taken`` are the messages that
    were signed right and shaped well."""

    secret: str = ""
    answer: tuple[int, Any] | None = None
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    def address(self, which: str) -> str:
        paths = {
            "webhook": "/hook",
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={TOKEN}",
        }
        return f"http://127.0.0.1:{self.port}{paths[which]}"

    def take(self, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        self.asked += 1
        split = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(split.query, strict_parsing=bool(split.query)).items()}
        judged = {
            "/hook": self._webhook,
            "/cgi-bin/webhook/send": self._wecom,
            "/robot/send": self._dingtalk,
        }[split.path](query, headers, body)
        status, said = self.answer or judged
        if status == 200 and isinstance(said, dict) and said.get("errcode", 0) == 0:
            self.taken.append(json.loads(body))
        return status, said

    def _webhook(self, _query: dict[str, str], headers: Any, body: bytes) -> tuple[int, Any]:
        signed = headers["X-Platform-Timestamp"].encode() + b"." + body
        right = "v1=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return (200, {}) if hmac.compare_digest(right, headers["X-Platform-Signature"]) else (401, {})

    def _wecom(self, query: dict[str, str], _headers: Any, body: bytes) -> tuple[int, Any]:
        if query.get("key") != KEY:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        return _text(body, most=2048, wrong={"errcode": 40008, "errmsg": "invalid message type"})

    def _dingtalk(self, query: dict[str, str], _headers: Any, body: bytes) -> tuple[int, Any]:
        told = f"{query.get('timestamp')}\n{ROBOT_SECRET}".encode()
        sign = base64.b64encode(hmac.new(ROBOT_SECRET.encode(), told, hashlib.sha256).digest()).decode()
        if query.get("access_token") != TOKEN:
            return 200, {"errcode": 300001, "errmsg": "token is not exist"}
        if query.get("sign") != sign or len(query["timestamp"]) != 13:
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        return _text(body, most=20000, wrong={"errcode": 400101, "errmsg": "参数错误"})


def _text(body: bytes, *, most: int, wrong: Any) -> tuple[int, Any]:
    said = json.loads(body)
    fits = said["msgtype"] == "text" and 0 < len(said["text"]["content"].encode()) <= most
    return 200, {"errcode": 0, "errmsg": "ok"} if fits else wrong


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"].startswith("application/json")
            status, said = receiver.take(self.path, self.headers, body)
            written = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


async def made(client: httpx.AsyncClient, receiver: Receiver, kind: str = "webhook", **changes: Any) -> dict[str, Any]:
    body = {
        "kind": kind,
        "name": "体检系统",
        "address": receiver.address(kind),
        "kinds": ["registration_returned"],
        **({"secret": ROBOT_SECRET} if kind == "dingtalk" else {}),
        **changes,
    }
    answer = await client.post(HOOKS, json=body)
    assert answer.status_code == 201, answer.text
    hook: dict[str, Any] = answer.json()
    receiver.secret = hook["secret"] or ""
    return hook
