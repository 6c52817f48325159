"""Rendering outside of the event loop and in bounded time, with the fonts that this process keeps. It knows no document and no store."""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from services.certificates.rendering.fonts import Fonts, load_fonts

# Far above the 35 ms of a page, far below any lease on one.
RENDER_SECONDS = 20


@lru_cache(maxsize=1)
def process_fonts(cache_dir: Path) -> Fonts:
    """The fonts of this process; loading them costs more than a page."""
    return load_fonts(cache_dir)


async def ready_fonts(cache_dir: Path) -> Fonts:
    """The fonts, cut by the first process on the machine that asks."""
    return await asyncio.to_thread(process_fonts, cache_dir)


async def press(cache_dir: Path, render: Callable[[Fonts], bytes]) -> bytes:
    """What ``render`` makes with the fonts of this process. Raises what it raises, and ``TimeoutError`` after ``RENDER_SECONDS``."""
    fonts = await ready_fonts(cache_dir)
    try:
        async with asyncio.timeout(RENDER_SECONDS):
            return await asyncio.to_thread(render, fonts)
    except TimeoutError:
        # The thread cannot be stopped and still holds these fonts, which serve one thread only.
        process_fonts.cache_clear()
        raise
