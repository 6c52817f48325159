"""Mails that come back: whose they were, what that says of the address, and everything that may stand in that mailbox besides."""

import hashlib
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from sqlalchemy import select, text, update

from services.notifications.deliveries import bounce_tasks as tasks
from services.notifications.deliveries.bounce_reading import read
from services.notifications.deliveries.bounce_tasks import read_bounces
from services.notifications.deliveries.models import Delivery, Trouble
from services.notifications.deliveries.resending_service import start_again
from services.notifications.deliveries.return_path import read_return_path, return_path
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.messages.models import Message
from services.notifications.notices.tasks import expand_notices
from services.notifications.oversight.reasons import why
from services.notifications.settings import NotificationSettings
from shared.crypto import Sealed, sign_short
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.runtime import Runtime
from shared.workflow.definition import ActionBody
from tests.services.notifications.arrivals import arrive, returned
from tests.services.notifications.outbox import delivery_of, waiting
from tests.services.notifications.test_mail import mail_server

pytestmark = pytest.mark.req("BEY-12")
BOUNCES = "bounces@mail.example.cn"


def report(to: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """As a server writes it."""
    return f"""Delivered-To: {to}
From: MAILER-DAEMON@relay.example.cn
To: <{to}>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x

The mail system: 550 5.1.1 user unknown
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.cn

Final-Recipient: rfc822; a@hospital.example.cn
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--x
Content-Type: message/rfc822

Subject: =?utf-8?b?5oql5ZCN?=

--x--
""".encode()


@pytest.fixture
def maildir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "new").mkdir()
    own = NotificationSettings(bounce_address=BOUNCES, bounce_maildir=tmp_path)
    monkeypatch.setattr(tasks, "notification_settings", lambda: own)
    return tmp_path


async def sent(worker: Runtime) -> tuple[AccountChanged, str]:
    """An account whose mail was taken, and where that would come back to."""
    account = await waiting(worker, email=f"{new_id().hex}@hospital.example.cn")
    async with mail_server(worker, {}) as (there, _):
        await send_due(there)
    row = await delivery_of(worker, account)
    assert row.status is DeliveryStatus.SENT
    return account, return_path(worker.settings.signing_key, BOUNCES, row.id, row.address)


def put(maildir: Path, content: bytes, name: str = "") -> Path:
    file = maildir / "new" / (name or f"{new_id().hex}.host")
    file.write_bytes(content)
    return file


async def trouble_of(worker: Runtime, account: AccountChanged) -> str | None:
    async with worker.database.unit_of_work() as session:
        return await session.scalar(select(Trouble.error).where(Trouble.account_id == account.account_id))


async def test_what_was_refused_for_good_marks_the_address(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    file = put(maildir, report(back))
    await read_bounces(worker)
    row = await delivery_of(worker, account)
    assert (row.status, row.last_error) == (DeliveryStatus.FAILED, "bounced 5.1.1")
    assert await trouble_of(worker, account) == "bounced 5.1.1"
    assert not file.exists()
    assert not (maildir / "cur").exists()


async def test_what_was_given_up_fails_the_mail_alone(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    put(maildir, report(back, status="4.4.7"))
    await read_bounces(worker)
    assert (await delivery_of(worker, account)).status is DeliveryStatus.FAILED
    assert await trouble_of(worker, account) is None


async def test_what_is_still_being_tried_changes_nothing(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    for action in ("delayed", "delivered", "relayed", "", "failed\0"):
        put(maildir, report(back, action=action, status="4.4.1"))
    await read_bounces(worker)
    assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT
    assert not list((maildir / "new").iterdir())


async def test_a_report_that_is_quicker_than_our_own_row_waits_for_it(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    row = await delivery_of(worker, account)
    async with worker.database.unit_of_work() as session:
        held = "UPDATE deliveries SET status = 'claimed', done_at = NULL WHERE id = :id"
        await session.execute(text(held), {"id": row.id})
    file = put(maildir, report(back))
    await read_bounces(worker)
    assert file.exists()
    async with worker.database.unit_of_work() as session:
        done = "UPDATE deliveries SET status = 'sent', done_at = now() WHERE id = :id"
        await session.execute(text(done), {"id": row.id})
    await read_bounces(worker)
    assert not file.exists()
    assert await trouble_of(worker, account) == "bounced 5.1.1"


async def test_a_file_that_is_read_again_changes_nothing(worker: Runtime, maildir: Path) -> None:
    """The worker was killed between the commit and the taking away; meanwhile somebody has sent the mail again."""
    account, back = await sent(worker)
    put(maildir, report(back))
    await read_bounces(worker)
    async with worker.database.unit_of_work() as session:
        again = "UPDATE deliveries SET status = 'sent', last_error = NULL WHERE id = :id"
        await session.execute(text(again), {"id": (await delivery_of(worker, account)).id})
    put(maildir, report(back))
    await read_bounces(worker)
    assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT


async def test_what_comes_back_from_an_old_address_says_nothing_of_the_new_one(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    async with worker.database.unit_of_work() as session:
        row = await session.get(Delivery, (await delivery_of(worker, account)).id)
        assert row is not None
        row.address = "new@hospital.example.cn"
    put(maildir, report(back))
    await read_bounces(worker)
    assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT
    assert await trouble_of(worker, account) is None


async def test_nobody_can_make_one_up(worker: Runtime, maildir: Path) -> None:
    account, back = await sent(worker)
    other = return_path(("another key",), BOUNCES, (await delivery_of(worker, account)).id, "a@b.cn")
    changed = back.replace("+", "+a")
    for to in (other, changed, BOUNCES, "bounces+@mail.example.cn", "bounces+ö@mail.example.cn", back + ".bad.cn", ""):
        put(maildir, report(to))
    await read_bounces(worker)
    assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT
    # Whoever keeps the mailbox can look at them.
    assert len(list((maildir / "cur").iterdir())) == 7


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe",
        b"To: a\n\n" + b"x" * 400_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" * 500,
    ],
)
async def test_anything_may_stand_there(worker: Runtime, maildir: Path, content: bytes) -> None:
    file = put(maildir, content, name="1.host:2,S")
    await read_bounces(worker)
    assert not file.exists()
    assert [each.name for each in (maildir / "cur").iterdir()] == ["1.host:2,S"]


async def test_a_link_to_another_file_is_not_followed(worker: Runtime, maildir: Path) -> None:
    (maildir / "secret").write_bytes(b"x")
    (maildir / "new" / "link").symlink_to(maildir / "secret")
    await read_bounces(worker)
    assert (maildir / "new" / "link").is_symlink()


async def test_without_the_mailbox_nothing_fails(worker: Runtime, maildir: Path) -> None:
    (maildir / "new").rmdir()
    await read_bounces(worker)


async def came_back(worker: Runtime, maildir: Path) -> AccountChanged:
    """An account whose mail came back for good."""
    account, back = await sent(worker)
    put(maildir, report(back))
    await read_bounces(worker)
    return account


async def another(worker: Runtime, account: AccountChanged, *, optional: bool = True) -> tuple[Delivery, int]:
    """The next mail to an account whose last one came back, after its turn to be sent; how many mails the server was given."""
    await arrive(worker.database, [returned(account.organisation_id)])
    await expand_notices(worker)
    async with worker.database.unit_of_work() as session:
        await session.execute(update(Delivery).where(Delivery.done_at.is_(None)).values(optional=optional))
    async with mail_server(worker, {}) as (there, given):
        await send_due(there)
    async with worker.database.unit_of_work() as session:
        mine = select(Delivery).join(Message, Message.id == Delivery.message_id).order_by(Delivery.id.desc())
        row = (await session.scalars(mine.where(Message.account_id == account.account_id))).all()[0]
    return row, given.taken[row.address]


async def test_where_one_came_back_no_other_is_sent_and_the_row_says_why(worker: Runtime, maildir: Path) -> None:
    account = await came_back(worker, maildir)
    row, given = await another(worker, account)
    assert (given, row.status, row.last_error) == (0, DeliveryStatus.FAILED, "not sent, bounced 5.1.1")
    assert (why(row.last_error) or "").startswith("此前发往该邮箱的邮件被退回")
    assert await trouble_of(worker, account) == "bounced 5.1.1"


async def test_another_address_is_written_to_again(worker: Runtime, maildir: Path) -> None:
    account = await came_back(worker, maildir)
    new = Sealed.seal(field_cipher(), "new@hospital.example.cn")
    await arrive(worker.database, [account.model_copy(update={"email": new})])
    row, given = await another(worker, account)
    assert (given, row.status) == (1, DeliveryStatus.SENT)


async def test_an_official_who_sends_it_again_has_it_tried(worker: Runtime, maildir: Path) -> None:
    account = await came_back(worker, maildir)
    async with worker.database.unit_of_work() as session:
        held = await session.get_one(Delivery, (await delivery_of(worker, account)).id)
        await start_again(session, held, SYSTEM, ActionBody())
    assert await trouble_of(worker, account) is None


async def test_a_mail_that_is_taken_ends_no_trouble_of_a_recent_bounce(worker: Runtime, maildir: Path) -> None:
    """One that must be told is tried all the same."""
    account = await came_back(worker, maildir)
    row, given = await another(worker, account, optional=False)
    assert (given, row.status) == (1, DeliveryStatus.SENT)
    assert await trouble_of(worker, account) == "bounced 5.1.1"


class TestReturnPath:
    def test_it_survives_servers_that_write_it_otherwise_and_fits(self) -> None:
        same = new_id()
        made = return_path(("k" * 32,), "a" * 14 + "@mail.example.cn", same, "A@b.cn ")
        assert len(made.partition("@")[0]) <= 64
        found = read_return_path(("k" * 32,), "a" * 14 + "@mail.example.cn", f" {made.upper()} ")
        assert found is not None
        assert found == (same, hashlib.sha256(b"a@b.cn").digest()[:3])

    def test_a_link_that_ends_a_kind_of_mail_is_no_return_path_nor_the_other_way(self, worker: Runtime) -> None:
        token = sign_short(worker.settings.signing_key, new_id().bytes)
        assert read_return_path(worker.settings.signing_key, BOUNCES, f"bounces+{token}@mail.example.cn") is None

    async def test_the_server_is_told_it_and_the_reader_is_not(
        self, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []

        async def sendmail(_self: Any, sender: str, _to: list[str], written: bytes) -> None:
            told.append(sender)
            assert b"bounces" not in written

        monkeypatch.setattr(aiosmtplib.SMTP, "sendmail", sendmail)
        monkeypatch.setattr(
            "services.notifications.deliveries.sending.notification_settings",
            lambda: NotificationSettings(bounce_address=BOUNCES),
        )
        account = await waiting(worker, email=f"{new_id().hex}@hospital.example.cn")
        async with mail_server(worker, {}) as (there, _):
            await send_due(there)
        row = await delivery_of(worker, account)
        assert told[-1:] == [return_path(worker.settings.signing_key, BOUNCES, row.id, row.address)]


def test_only_the_reports_own_part_is_read() -> None:
    """What the mail that came back says of itself is not what became of it."""
    body = report("a@b.cn").replace(b"Action: failed\n", b"").replace(b"Subject: =?", b"Action: failed\nSubject: =?")
    assert read(body)[0]["actions"] == []
