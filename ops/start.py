"""How a process of the platform begins in compose: ``python -m ops.start celery …``, ``… uvicorn …``. Containers start in any order, so it
waits until the database is at this release's schema; and a machine has few processors, so as many workers load their modules at once as it
has, and the others take their turn. Then this process becomes the program that it was asked for.
"""

import fcntl
import importlib
import os
import re
import runpy
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg

from ops.probe import FOLDER, WAITING, setting
from ops.waiting import wait_for

ROOT = Path(__file__).resolve().parents[1]
# A turn is courtesy: after so long it is nobody's fault any more, and everybody goes on.
_TURN_SECONDS = 300.0
_CONNECT_SECONDS = 5
_APP = re.compile(r"\w+(\.\w+)+:app")


def service_of(words: Sequence[str], worker: str) -> str:
    """Whose schema the program needs: the service of an API's module, or of ``worker`` (``training.fast``); none for beat."""
    found = re.search(r"services\.(\w+)\.main:app", " ".join(words))
    return found[1] if found else worker.partition(".")[0]


def newest_revision(service: str) -> str:
    """The schema that this release needs, read from the files: Alembic itself would stay in the memory of every process."""
    texts = [path.read_text("utf-8") for path in (ROOT / "services" / service / "migrations" / "versions").glob("*.py")]
    revisions, followed = (
        {found[1] for text in texts if (found := re.search(rf"(?m)^{name}\b[^=]*= ['\"](\w+)['\"]", text))}
        for name in ("revision", "down_revision")
    )
    (newest,) = revisions - followed
    return newest


def schema_missing(url: str, revision: str, password: str = "") -> str:
    """Why the database is not ready; nothing when it is. ``url`` is libpq's, ``password`` stands for one that it does not hold."""
    try:
        # Without a word of its own the address's holds.
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, password=password or None) as connection:
            # Asked for by its name, a table that is not there yet would fill the server's log with errors.
            there = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone() == (True,)
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    # One that is ahead is that of the release to come, which this one can live with (``ops.migration_check``): an update goes on, or has
    # been taken back.
    if row and row[0] >= revision:
        return ""
    return f"schema {row[0] if row else None}, this release needs {revision}: migrate brings it"


@contextmanager
def a_turn(folder: Path, places: int, sleep_seconds: float = 0.5, patience: float = _TURN_SECONDS) -> Iterator[None]:
    """One of ``places`` locks in ``folder``, which the containers share; the kernel frees it when its holder dies."""
    files = [os.open(folder / f"start-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600) for number in range(places)]
    until = time.monotonic() + patience
    while not any(map(_is_locked, files)) and time.monotonic() < until:
        _touch_waiting()
        time.sleep(sleep_seconds)
    try:
        yield
    finally:
        for file in files:
            os.close(file)


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _touch_waiting() -> None:
    """For ``ops.probe``: who waits for others is not stuck."""
    (FOLDER / WAITING).touch()


def _wait_for_schema(service: str) -> None:
    url = setting("PLATFORM_DATABASE_URL").replace("{service}", service).replace("+psycopg", "", 1)
    password = setting(f"PLATFORM_DATABASE_PASSWORD_{service}".upper(), "")
    revision = newest_revision(service)

    def missing() -> str:
        _touch_waiting()
        return schema_missing(url, revision, password)

    wait_for(f"数据库 the database of {service}", missing)


def main(words: list[str]) -> None:
    service = service_of(words, os.environ.get("WORKER", ""))
    if service:
        _wait_for_schema(service)
    # People wait for an API; it does not stand in line behind workers.
    turn = (
        a_turn(Path(os.environ["PLATFORM_CACHE_DIR"]), os.cpu_count() or 1) if words[0] == "celery" else nullcontext()
    )
    with turn:
        (FOLDER / WAITING).unlink(missing_ok=True)
        importlib.import_module(next(word for word in words if _APP.fullmatch(word)).partition(":")[0])
        if service:
            importlib.import_module("ops.key_check").refuse_missing_keys(service)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
