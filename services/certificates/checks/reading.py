"""Reads the signature of a stranger's file in a process of its own, which has neither a database nor the time and memory to do harm: it
gets the bytes and whom to trust, can write to no file, and is ended when its time is over.

The process is forked from one that has loaded the library once, so that a file costs a fork and not a start. Nothing of the file is kept.
"""

import asyncio
import json
import multiprocessing
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from services.certificates.signing.identity import Trust
from shared.errors import Unavailable

if TYPE_CHECKING:  # what a file is read by has no use for a database
    from shared.runtime import Runtime

READER = "services.certificates.checks.reader_process"
READ_SECONDS = 5
# So many files of one API process are read at a time, beside the look-ups that people wait for; the others queue, and then come again.
AT_ONCE, QUEUE_SECONDS = 1, 10
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([READER])
_SLOTS: "WeakKeyDictionary[Runtime, asyncio.Semaphore]" = WeakKeyDictionary()


class ReadersBusy(Unavailable):
    code = "file_checks_busy"
    detail = "正在查验的文件较多，请稍后再试，或改用证书编号和姓名查验"


async def is_altered(runtime: "Runtime", pdf: bytes, trust: Trust) -> bool:
    """Whether ``pdf`` carries the platform's signature and is not what was signed. A file that cannot be read in the time and memory that
    it is given carries none. Raises ``ReadersBusy``."""
    slot = _SLOTS.setdefault(runtime, asyncio.Semaphore(AT_ONCE))
    try:
        async with asyncio.timeout(QUEUE_SECONDS):
            await slot.acquire()
    except TimeoutError as error:
        raise ReadersBusy(retry_after=QUEUE_SECONDS) from error
    try:
        return await asyncio.to_thread(_ask, pdf, trust)
    finally:
        slot.release()


def _ask(pdf: bytes, trust: Trust) -> bool:
    ours, theirs = _PROCESSES.Pipe()
    roots = [each.dump() for each in trust.roots]
    reader = _PROCESSES.Process(target=_read, args=(theirs, roots, trust.signers), daemon=True)
    reader.start()
    theirs.close()
    try:
        ours.send_bytes(pdf)
        return ours.poll(READ_SECONDS) and json.loads(ours.recv_bytes(100)) is True
    except (OSError, EOFError, ValueError):
        return False  # it ended before its answer: too large, too long, or made to break a parser
    finally:
        ours.close()
        reader.kill()
        reader.join()
        reader.close()


def _read(answers: Connection, roots: list[bytes], signers: frozenset[str]) -> None:
    """The process, in which alone the library is loaded."""
    import_module(READER).read(answers, roots, signers)
