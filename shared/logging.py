"""JSON logs with one correlation id from the request through the event log to the task and the message (PLAT-10).
Resident ids and phones never reach a log: a processor masks what looks like one, as the last line behind ``Sealed`` (PLAT-05).
"""

import logging
from contextvars import ContextVar
from uuid import uuid4

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared import traces
from shared.masking import mask_secrets

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


def new_correlation_id() -> str:
    """A fresh id, 32 hex digits, set for everything that this context does from here on."""
    value = uuid4().hex
    correlation_id.set(value)
    return value


def _masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: mask_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


def _correlated(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if value := correlation_id.get():
        event.setdefault("correlation_id", value)
    event.update(traces.ids())
    return event


def configure_logging(service: str, level: str = "INFO") -> None:
    """Sends structlog and the standard library's loggers to stderr as one JSON object a line."""
    chain: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _correlated,
        _masked,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *chain],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _l, _m, event: {"service": service, **event},
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in (
        "httpx",
        "httpcore",
        "weasyprint",
        "fontTools",
        "celery.app.trace",
        "celery.worker.strategy",
        "celery.beat",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
