"""Rendering in bounded time with the fonts that this process keeps, in its main thread: only there can a page that does not come to its end
be interrupted. It knows no document and no store.
"""

import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import TypeVar

from prometheus_client import Histogram

from services.certificates.rendering import catalogue, packages
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.render import render
from shared.errors import AppError
from shared.logging import get_logger
from shared.runtime import Runtime

# Far above the 35 ms of a page, far below any lease on one.
RENDER_SECONDS = 20.0
# A callback from C swallows the interruption: it comes again.
AGAIN_SECONDS = 1.0
PAGES = Histogram(
    "page_seconds",
    "Time to lay out one page, also one that failed",
    buckets=(0.03, 0.06, 0.125, 0.25, 0.5, 1, 2.5, 5, 10, RENDER_SECONDS, float("inf")),
)
log = get_logger(__name__)
T = TypeVar("T")


class RenderingTookTooLong(AppError):
    """Not the fault of what stands in the document, as far as we know."""

    code = "rendering_timeout"
    detail = f"排版超时：内容在 {RENDER_SECONDS:.0f} 秒内未能排完，请稍后重新制作；仍不成功请联系系统管理人员"


class RenderingBroke(AppError):
    """What a renderer that knows no clock and no network raises once, it raises each time."""

    code = "rendering_broke"

    def __init__(self, error: Exception) -> None:
        super().__init__(f"排版出错（{type(error).__name__}），无法生成文件，请联系系统管理人员处理后重新制作")


class _Interrupted(BaseException):
    """Not an ``Exception``, which a template or WeasyPrint would take for a bad picture and go on."""


@lru_cache(maxsize=1)
def process_fonts(cache_dir: Path) -> Fonts:
    """The fonts of this process, cut by the first one on the machine that asks; loading them costs more than a page."""
    return load_fonts(cache_dir)


async def warm_up(runtime: Runtime) -> None:
    """Before the first page of a process: its fonts, and each kind of document once, so that templates and libraries are loaded."""
    fonts = process_fonts(runtime.settings.cache_dir)
    for kind in catalogue.kinds():
        template = catalogue.current(kind.name)
        render(template, catalogue.sample(template), fonts)


def press(cache_dir: Path, printed: Callable[[Fonts], bytes]) -> bytes:
    """What ``printed`` makes with the fonts of this process. Call it in the main thread.

    Raises what it raises of ``AppError`` and ``OSError``, ``RenderingTookTooLong`` after ``RENDER_SECONDS``, and ``RenderingBroke``.
    """
    fonts = process_fonts(cache_dir)
    try:
        with PAGES.time(), _alarm(RENDER_SECONDS):
            return printed(fonts)
    except _Interrupted:
        # Once more: the interruption may have come while the clock was being stopped.
        _stop_the_clock()
        _forget()
        raise RenderingTookTooLong from None
    except (AppError, OSError, MemoryError):
        raise
    except Exception as error:
        # The last places only, and no values: those are a person's, and a recursion is a thousand frames deep.
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
        log.warning("rendering_broke", error=type(error).__name__, places=places)
        raise RenderingBroke(error) from error


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raises ``_Interrupted`` in the block after ``seconds``, and again while the block goes on."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise _Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        _stop_the_clock()
        signal.signal(signal.SIGALRM, before)


def _stop_the_clock() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)


def _forget() -> None:
    """What was being filled when the page was interrupted may be half of what it should be."""
    process_fonts.cache_clear()
    packages.forget()
