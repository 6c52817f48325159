"""A provider of text messages that is as providers are: well, slow, away for a while, or silent, having taken the message and said nothing.
It knows a message again by its id and hands each on to the demo's catcher, so that whoever waits for a code finds it there.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

# The platform waits five seconds for an answer.
SLOW_SECONDS, SILENT_SECONDS = 3.0, 6.0


class Mood(StrEnum):
    WELL = "well"
    SLOW = "slow"
    SILENT = "silent"
    AWAY = "away"


class SmsProvider:
    """Hands on to the platform at ``base_url``. ``taken`` counts how often each id was handed over, ``said`` has what it said: one id is
    one message, however often it comes."""

    def __init__(self, base_url: str) -> None:
        self.mood, self.base_url = Mood.WELL, base_url
        self.taken: Counter[str] = Counter()
        self.said: dict[str, set[tuple[str, str]]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, body: bytes) -> tuple[int, bytes]:
        """What is answered to whoever hands over this message."""
        mood = self.mood
        if mood is Mood.AWAY:
            return 503, b""
        if mood is Mood.SLOW:
            time.sleep(SLOW_SECONDS)
        message: dict[str, Any] = json.loads(body)
        try:
            handed_on = httpx.post(f"{self.base_url}/dev/messages/sms", json=message, timeout=10, trust_env=False)
        except httpx.TransportError:
            return 503, b""
        if handed_on.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return 503, b""
        with self._lock:
            self.taken[message["id"]] += 1
            self.said.setdefault(message["id"], set()).add((message["phone"], message["text"]))
        if mood is Mood.SILENT:
            time.sleep(SILENT_SECONDS)
        return handed_on.status_code, handed_on.content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, answer = provider.take(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass  # who asked has gone

            def log_message(self, *_: Any) -> None:
                """Numbers stand in no log."""

        return Handler

    @contextmanager
    def serving(self) -> Iterator["SmsProvider"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
