"""Traces from a request through its events and rows of work to the message that leaves (PLAT-10). Where a trace goes on stands in the rows
themselves, as the ``traceparent`` of W3C Trace Context, so that an emptied Redis breaks none. Without an address to send them to nothing
here does anything: the SDK is not even loaded, and what a caller pays is one look at a variable (ADR 38).

A span holds what the platform calls things – routes, event types, kinds, tables – and no value that anybody typed: what goes into one is
named here, and what went wrong is named by the error's class, whose words may quote a row.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # loaded by ``begin`` alone, which is called where traces are wanted
    from opentelemetry.trace import Span

    from shared.traces.recorder import Recorder, Served

# Who is at work: the service whose span it will be. A process may serve several.
at_work: ContextVar[str] = ContextVar("at_work", default="platform")
_NOTHING: Final = nullcontext()
_recorder: "Recorder | None" = None


def begin(url: str, token: str, share: float) -> None:
    """Sends traces by OTLP over HTTP to ``url`` (its ``/v1/traces``), with the ``token`` that it may want, from here on: ``share`` (0…1) of
    those that begin here. Nothing when the address is empty. In a process that forks, after the fork. Again changes nothing."""
    global _recorder
    if url and _recorder is None:
        from shared.traces.recorder import Recorder  # noqa: PLC0415

        _recorder = Recorder(url, token, share)


def flush() -> None:
    """Sends what waits to be sent; gives up after seconds."""
    if _recorder is not None:
        _recorder.flush()


def end() -> None:
    """Sends what waits, and no more from here on."""
    global _recorder
    if _recorder is not None:
        _recorder.close()
        _recorder = None


def recording() -> "Recorder | None":
    """For those who watch a library's own events: who records, if anybody does."""
    return _recorder


def fail(span: "Span", error: BaseException) -> None:
    """Of what went wrong its class is told, and no word."""
    if _recorder is not None:
        _recorder.fail(span, error)


def serving(service: str, method: str, path: str, given: str) -> "AbstractContextManager[Served | None]":
    """Around a request: a trace that goes on where a service of ours asks (``given`` is its ``traceparent``), and else a new one, which
    names that of a stranger as a link: nobody outside decides what is recorded here."""
    return _NOTHING if _recorder is None else _recorder.serving(service, method, path, given)


def follow(carried: str | None, name: str, **facts: str) -> AbstractContextManager[None]:
    """Around the work that a row or an event asks for: a span of the trace that wrote it. Nothing where it was written without one."""
    return _NOTHING if _recorder is None or carried is None else _recorder.follow(carried, name, facts)


def inside(name: str, *, calls: bool = False, **facts: str) -> AbstractContextManager[None]:
    """A part of what is being traced, ``calls`` if it is an answer that somebody else gives. Nothing where nothing is being traced."""
    return _NOTHING if _recorder is None else _recorder.inside(name, calls, facts)


def carried() -> str | None:
    """The ``traceparent`` that a row written now carries."""
    return None if _recorder is None else _recorder.carried()


def ids() -> Mapping[str, str]:
    """``trace_id`` and ``span_id`` for a line of the log; empty where nothing is being traced."""
    return {} if _recorder is None else _recorder.ids()
