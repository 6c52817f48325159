"""The worker's part in mails that come back: files of a maildir, each read in the bounded process, written down, and then taken away. A
worker that is killed in between reads the file again, and changes nothing.
"""

import hashlib
from pathlib import Path

from services.notifications.deliveries.bounce_service import BOUNCES, Report, Verdict, take_report
from services.notifications.settings import notification_settings
from shared.bounded import TooComplicated, Work, run
from shared.logging import get_logger
from shared.runtime import Runtime

# A report stands before the mail that it brings back.
MOST_BYTES = 256 * 1024
FILES_A_RUN = 200
_READ = Work("services.notifications.deliveries.bounce_reading:read", seconds=5)
log = get_logger(__name__)


async def read_bounces(runtime: Runtime) -> None:
    """Takes in what has come, the oldest first."""
    own = notification_settings()
    if not own.bounce_address or own.bounce_maildir is None:
        return
    for file in _waiting(own.bounce_maildir):
        report = await _report(file)
        verdict = Verdict.NOTHING
        if report is not None:
            async with runtime.database.unit_of_work() as session:
                keys = runtime.settings.signing_key
                verdict = await take_report(session, report, keys=keys, bounces=own.bounce_address)
        BOUNCES.labels(verdict).inc()
        _put_away(file, verdict)


def _waiting(maildir: Path) -> list[Path]:
    try:
        files = [file for file in (maildir / "new").iterdir() if file.is_file() and not file.is_symlink()]
    except OSError as error:
        log.warning("bounces_not_read", error=type(error).__name__)
        return []
    # The name of a file in a maildir begins with the second in which it came.
    return sorted(files)[:FILES_A_RUN]


async def _report(file: Path) -> Report | None:
    """None for what nobody can read. Raises ``Unavailable``, and then the file stays."""
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES)
    try:
        told, _ = await run(_READ, data)
    except TooComplicated:
        return None
    return Report(hashlib.sha256(data).hexdigest(), told["to"], [tuple(each) for each in told["actions"]])


def _put_away(file: Path, verdict: Verdict) -> None:
    """What was ours holds somebody's address and goes; what says nothing stands in ``cur``, where whoever keeps the mailbox may look."""
    if verdict is Verdict.NOTHING:
        (file.parent.parent / "cur").mkdir(exist_ok=True)
        file.replace(file.parent.parent / "cur" / f"{file.name.partition(':')[0]}:2,S")
    elif verdict is not Verdict.LATER:
        file.unlink(missing_ok=True)
