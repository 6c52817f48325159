"""Mails that are held back because the last one came back: nothing has failed, and their reader sets it right."""

from pathlib import Path
from typing import Any

import pytest

from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.invariants import failed_deliveries
from services.notifications.main import app
from services.notifications.preferences.timing_service import MAIL_HELP
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.outbox import delivery_of
from tests.services.notifications.test_bounces import another, came_back, maildir

__all__ = ["maildir"]
pytestmark = pytest.mark.req("BEY-12")
SETTINGS = "/api/notifications/notice-settings"


async def test_what_was_held_back_is_no_failed_delivery(worker: Runtime, maildir: Path) -> None:
    account = await came_back(worker, maildir)
    back, (held, _) = await delivery_of(worker, account), await another(worker, account)
    async with worker.database.unit_of_work() as session:
        told = {each.subject for each in await failed_deliveries(session)}
    assert (str(held.id) in told, str(back.id) in told) == (False, True)


async def test_a_reader_confirms_the_same_mailbox_once_it_works_again(
    worker: Runtime, maildir: Path, client_for: ClientFor, make_actor: Any
) -> None:
    account = await came_back(worker, maildir)
    reader = make_actor(account_id=account.account_id, organisation_id=account.organisation_id)
    client = await client_for(app, reader)
    told = (await client.get(SETTINGS)).json()["mail_trouble"]
    assert told == f"邮箱不存在，邮件被退回（bounced 5.1.1）。{MAIL_HELP}"
    assert (await client.post(f"{SETTINGS}/mailbox")).json()["mail_trouble"] is None
    row, given = await another(worker, account)
    assert (given, row.status) == (1, DeliveryStatus.SENT)
