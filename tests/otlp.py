"""A collector of traces on loopback: takes OTLP over HTTP and reads it as any collector does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Sent:
    service: str
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    facts: dict[str, str]
    links: tuple[str, ...]
    failed: str


@dataclass
class Collector:
    url: str = ""
    spans: list[Sent] = field(default_factory=list)
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def of(self, trace_id: str) -> list[Sent]:
        return [span for span in self.spans if span.trace_id == trace_id]


def _read(body: bytes) -> Iterator[Sent]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        who = {each.key: each.value.string_value for each in resource.resource.attributes}
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            facts = {each.key: each.value.string_value or str(each.value.int_value) for each in span.attributes}
            yield Sent(
                who["service.name"], span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.name, facts,
                tuple(link.trace_id.hex() for link in span.links), span.status.message,
            )  # fmt: skip


@contextmanager
def collector() -> Iterator[Collector]:
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                found.raw += body
                found.headers = {name.lower(): value for name, value in self.headers.items()}
                found.spans += _read(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
