"""Statements as parts of a trace: their text, which holds places in place of values, and how long they took (PLAT-10)."""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from shared import traces


def watch(engine: Engine) -> None:
    """Begins a span with each statement of this engine; costs nothing where no traces are sent."""
    if traces.recording() is None:
        return
    spans: dict[int, Any] = {}

    def begins(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if (recorder := traces.recording()) and (span := recorder.statement(statement)):
            spans[id(context)] = span

    def ended(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if span := spans.pop(id(context), None):
            span.end()

    def failed(failure: ExceptionContext) -> None:
        if span := spans.pop(id(failure.execution_context), None):
            traces.fail(span, failure.original_exception)
            span.end()

    event.listen(engine, "before_cursor_execute", begins)
    event.listen(engine, "after_cursor_execute", ended)
    event.listen(engine, "handle_error", failed)
