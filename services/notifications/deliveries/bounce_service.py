"""Mails that come back (BEY-12). What was refused for good marks the account's address; what was given up after many attempts only fails
the mail; what is still being tried changes nothing, nor does what no address of ours says whose it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import bounce_repository as repository
from services.notifications.deliveries import trouble_repository
from services.notifications.deliveries.return_path import is_marked, read_return_path
from shared.logging import get_logger

BOUNCES = Counter("mail_bounces_total", "Mails that came back, by what that says of their address", ["result"])
log = get_logger(__name__)


class Verdict(StrEnum):
    """``LATER``: the mail's own end is not written down yet; the report stays where it is."""

    HARD = "hard"
    SOFT = "soft"
    NOTHING = "nothing"
    LATER = "later"


@dataclass(frozen=True)
class Report:
    """``name`` is the report's own; ``actions`` are what became of the mail, and its status (RFC 3463)."""

    name: str
    to: Sequence[str]
    actions: Sequence[tuple[str, str]]

    def about(self, keys: tuple[str, ...], bounces: str) -> tuple[UUID, bytes] | None:
        """Whose it is: the first of its addresses that we have made."""
        return next((found for each in self.to if (found := read_return_path(keys, bounces, each))), None)

    def code(self) -> str:
        """The status of a mail that was given up; nothing where none was. One without a status was refused for good."""
        return next((status or "5.0.0" for action, status in self.actions if action == "failed"), "")


async def take_report(session: AsyncSession, report: Report, *, keys: tuple[str, ...], bounces: str) -> Verdict:
    """What it says is written down, once."""
    about, code = report.about(keys, bounces), report.code()
    if about is None or not code:
        return Verdict.NOTHING
    delivery = await repository.lock_mail(session, about[0])
    if delivery is None or not is_marked(about[1], delivery.address):
        return Verdict.NOTHING
    if delivery.status in repository.UNDER_WAY:
        return Verdict.LATER
    if not await repository.keep_report(session, name=report.name, delivery_id=delivery.id, code=code):
        return Verdict.NOTHING
    if not await repository.bounce(session, delivery, code):
        return Verdict.NOTHING
    log.info("mail_bounced", delivery_id=str(delivery.id), status=code)
    if not code.startswith("5"):
        return Verdict.SOFT
    await trouble_repository.note(session, delivery, f"bounced {code}")
    return Verdict.HARD
