"""Work in a bounded process, as its caller sees it: a function by its name, bytes in, JSON and bytes out. One piece at a time for each
process of the platform, a few in the queue; whoever finds the queue full comes again.
"""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from shared.bounded.talk import Answer, Gone, Nursery, Order
from shared.errors import AppError, FieldError, InvalidInput, Unavailable
from shared.logging import get_logger

MOST_WAITING: Final = 8
QUEUE_SECONDS: Final = 10
log = get_logger(__name__)


class TooComplicated(InvalidInput):
    """Reading the file took more memory or time than any honest file needs, or ended the process that read it."""

    code = "file_too_complicated"
    detail = "文件过于复杂，无法读取，请用“打印为 PDF”、重新扫描或另存为新文件后再上传"


class ParsersBusy(Unavailable):
    code = "file_parsers_busy"
    detail = "正在处理的文件较多，您的文件尚未收下，请稍后重新上传"


@dataclass(frozen=True)
class Work:
    """``target`` is 'package.module:function', a function of (bytes, JSON arguments) that gives (JSON, bytes) or raises an ``AppError``.
    ``seconds`` are of processor time, and twice that by the clock; ``memory`` is in bytes."""

    target: str
    seconds: int = 12
    memory: int = 640 * 1024 * 1024


class _Parsers:
    """The nursery of this process, started with the first file, and the one thread that talks to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bounded")
        self._nursery = Nursery()
        self._given: list[Future[Answer]] = []

    async def run(self, order: Order, data: bytes) -> Answer:
        """Raises ``ParsersBusy`` and ``Gone``."""
        self._given = [each for each in self._given if not each.done()]
        if len(self._given) >= MOST_WAITING:
            raise ParsersBusy(retry_after=QUEUE_SECONDS)
        given = self._thread.submit(self._nursery.ask, order, data)
        self._given.append(given)
        answered = asyncio.wrap_future(given)
        done, _ = await asyncio.wait({answered}, timeout=QUEUE_SECONDS)
        if not done and given.cancel():  # it has not begun
            raise ParsersBusy(retry_after=QUEUE_SECONDS)
        return await answered


_here: list[_Parsers] = []


def _parsers() -> _Parsers:
    """Those of this process: a fork has nothing of its parent's."""
    if not _here or _here[0].owner != os.getpid():
        _here[:] = [_Parsers()]
    return _here[0]


async def run(work: Work, data: bytes, /, **arguments: Any) -> tuple[Any, bytes]:
    """What ``work`` gives for ``data``; the answer is a stranger's as the bytes were. Hold no connection meanwhile.

    Raises what ``work`` refuses with, ``TooComplicated`` (422) when it died of it, ``ParsersBusy`` (503).
    """
    order = Order(work.target, work.seconds, work.memory, arguments)
    try:
        answer = await _parsers().run(order, data)
    except Gone as gone:
        log.warning("bounded_process_died", work=work.target, size=len(data), how=gone.how)
        if gone.ours:
            raise Unavailable from gone
        raise TooComplicated from gone
    if answer.refusal:
        raise _refusal(answer.refusal)
    return answer.told, answer.body


def _refusal(told: dict[str, Any]) -> AppError:
    """The refusal by its name among those that this process knows; nothing is imported for a stranger."""
    kind = next((each for each in _known(AppError) if _name(each) == told.get("kind")), None)
    if kind is None or kind.status >= 500:
        return TooComplicated()
    if issubclass(kind, Unavailable):
        return kind()
    errors = [FieldError(*(str(part) for part in each)) for each in told.get("errors", ())]
    return kind(str(told["detail"]), errors=errors)


def _known(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _known(each)


def _name(kind: type[AppError]) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"
