"""OpenTelemetry's SDK behind ``shared.traces``: the only module that loads it. One exporter and one queue for a process, a provider for
each service in it, because a span's service is its provider's.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.masking import mask_secrets
from shared.traces import at_work

# A collector that is away costs nobody more than this, and only the thread that sends.
SEND_SECONDS: Final = 2
LONGEST_FACT: Final = 1000
# Asked every few seconds by machines.
_UNTRACED: Final = ("/healthz", "/readyz", "/metrics", "/events")
_FIELD: Final = "traceparent"
_W3C = TraceContextTextMapPropagator()


class Served:
    """The span of a request, which learns at its end what it was."""

    def __init__(self, span: Span, method: str) -> None:
        self._span, self._method = span, method

    def answered(self, route: str, status: int, correlation_id: str) -> None:
        self._span.update_name(f"{self._method} {route}")
        _note(self._span, {"http.request.method": self._method, "http.route": route, "correlation_id": correlation_id})
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class Recorder:
    def __init__(self, url: str, token: str, share: float) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        exporter = OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces", headers=headers, timeout=SEND_SECONDS)
        self._processor = BatchSpanProcessor(exporter)
        self._sampler = ParentBased(TraceIdRatioBased(share))
        self._tracers: dict[str, Tracer] = {}

    def tracer(self) -> Tracer:
        """That of the service at work."""
        service = at_work.get()
        if service not in self._tracers:
            who = {"service.name": service, "service.namespace": "platform"}
            where = {"service.instance.id": f"{socket.gethostname()}:{os.getpid()}"}
            # The provider of a process that ends sends what waits; here whoever opened the recorder does, in its own time.
            provider = TracerProvider(self._sampler, Resource.create({**who, **where}), shutdown_on_exit=False)
            provider.add_span_processor(self._processor)
            self._tracers[service] = provider.get_tracer("platform")
        return self._tracers[service]

    @contextmanager
    def serving(self, service: str, method: str, path: str, given: str) -> Iterator[Served | None]:
        before, ours = _read(given), path.startswith("/internal/")
        if path.endswith(_UNTRACED) or (ours and before is None):  # the latter by the clock
            yield None
            return
        links = [Link(before)] if before and not ours else []
        context = trace.set_span_in_context(NonRecordingSpan(before)) if before and ours else None
        token = at_work.set(service)
        try:
            with self.tracer().start_as_current_span(
                method, context, SpanKind.SERVER, links=links, record_exception=False, set_status_on_exception=False
            ) as span:
                yield Served(span, method)
        finally:
            at_work.reset(token)

    @contextmanager
    def follow(self, carried: str, name: str, facts: Mapping[str, str]) -> Iterator[None]:
        before = _read(carried)
        if before is None:
            yield
            return
        parent = trace.set_span_in_context(NonRecordingSpan(before))
        with self._span(name, SpanKind.CONSUMER, facts, parent):
            yield

    @contextmanager
    def inside(self, name: str, calls: bool, facts: Mapping[str, str]) -> Iterator[None]:
        if not trace.get_current_span().is_recording():
            yield
            return
        with self._span(name, SpanKind.CLIENT if calls else SpanKind.INTERNAL, facts):
            yield

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, facts: Mapping[str, str], parent: Context | None = None
    ) -> Iterator[None]:
        with self.tracer().start_as_current_span(
            name, parent, kind, record_exception=False, set_status_on_exception=False
        ) as span:
            _note(span, facts)
            try:
                yield
            except Exception as error:
                self.fail(span, error)
                raise

    def fail(self, span: Span, error: BaseException) -> None:
        """Its class is all that is told of it."""
        span.set_status(StatusCode.ERROR, type(error).__name__)

    def statement(self, sql: str) -> Span | None:
        """The span of a statement, to be ended by the caller; None where nothing is being traced. ``sql`` holds no values."""
        if not trace.get_current_span().is_recording():
            return None
        span = self.tracer().start_span(sql.split(maxsplit=1)[0].upper(), kind=SpanKind.CLIENT)
        _note(span, {"db.system.name": "postgresql", "db.query.text": " ".join(sql.split())})
        return span

    def carried(self) -> str | None:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get(_FIELD)

    def ids(self) -> Mapping[str, str]:
        at = trace.get_current_span().get_span_context()
        return {"trace_id": f"{at.trace_id:032x}", "span_id": f"{at.span_id:016x}"} if at.is_valid else {}

    def flush(self) -> None:
        self._processor.force_flush(SEND_SECONDS * 1000)

    def close(self) -> None:
        self._processor.shutdown()  # type: ignore[no-untyped-call]


def _read(traceparent: str) -> trace.SpanContext | None:
    found = trace.get_current_span(_W3C.extract({_FIELD: traceparent})).get_span_context() if traceparent else None
    return found if found is not None and found.is_valid else None


def _note(span: Span, facts: Mapping[str, str]) -> None:
    for name, value in facts.items():
        span.set_attribute(name, mask_secrets(value)[:LONGEST_FACT])
