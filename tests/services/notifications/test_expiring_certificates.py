"""What a unit is told of certificates that end: one notice, short, with the plan that renews them (BEY-06)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services.notifications.deliveries.models import Delivery
from services.notifications.messages.models import Message
from services.notifications.notices import tasks
from services.notifications.notices.summaries import ending_certificates
from shared.events.training import QualificationsExpiring
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import Runtime
from tests.services.notifications.arrivals import a_phone, an_account, arrive
from tests.services.notifications.training_news import expiring_certificates

pytestmark = pytest.mark.req("BEY-06")
FILING = frozenset({Permission.INSTITUTION_FILING})


async def told(worker: Runtime, event: QualificationsExpiring, **account: Any) -> tuple[list[Message], int]:
    """The messages of an account, and how many deliveries they have."""
    holder = an_account(**account)
    await arrive(worker.database, [holder])
    await arrive(worker.database, [event])
    await tasks.expand_notices(worker)
    async with worker.database.unit_of_work() as session:
        messages = (await session.scalars(select(Message).where(Message.account_id == holder.account_id))).all()
        sent = await session.scalars(
            select(Delivery.id).where(Delivery.message_id.in_([message.id for message in messages]))
        )
        return list(messages), len(sent.all())


class TestNotice:
    async def test_one_for_the_unit_says_who_until_when_and_what_to_do(self, worker: Runtime) -> None:
        unit = new_id()
        event = expiring_certificates(unit, 30, "张三", "李四", plan_id=new_id(), plan_name="2027年复训班")
        (message,), _ = await told(worker, event, organisation_id=unit, permissions=FILING)
        assert message.title == "证书将在 30 天内到期：2 人"
        assert message.body == (
            "本单位 2 名人员的证书将在 30 天内到期：张三（职业病诊断医师，2026-12-22）、李四（职业病诊断医师，2026-12-22）。"
            "现可报名“2027年复训班”，请及时安排复训。"
        )
        assert message.link == "/expiring-qualifications?days=30"

    async def test_another_unit_hears_nothing(self, worker: Runtime) -> None:
        event = expiring_certificates(new_id(), 90, "张三")
        assert await told(worker, event, organisation_id=new_id(), permissions=FILING) == ([], 0)

    @pytest.mark.req("AUTH-18")
    @pytest.mark.parametrize(("wanted", "deliveries"), [(True, 1), (False, 0)])
    async def test_it_travels_as_the_account_wishes(self, worker: Runtime, wanted: bool, deliveries: int) -> None:
        unit = new_id()
        event = expiring_certificates(unit, 7, "张三")
        wishes = {"phone": a_phone(), "sms_notices": wanted, "email_notices": wanted}
        messages, sent = await told(worker, event, organisation_id=unit, permissions=FILING, **wishes)
        assert (len(messages), sent) == (1, deliveries)


class TestWords:
    def test_a_long_list_is_cut_short(self) -> None:
        words = ending_certificates(expiring_certificates(new_id(), 90, *(f"人{at}" for at in range(12))))
        assert words["who"].startswith("人0（职业病诊断医师，2026-12-22）、人1（")
        assert words["who"].endswith("人2（职业病诊断医师，2026-12-22）等 12 人")
        assert (words["people"], words["plans"]) == ("12", "")

    def test_several_certificates_of_one_person_are_one_person(self) -> None:
        event = expiring_certificates(new_id(), 7, "张三", "张三")
        second = event.qualifications[1].model_copy(update={"category": "放射", "expires_on": date(2026, 12, 25)})
        words = ending_certificates(event.model_copy(update={"qualifications": (event.qualifications[0], second)}))
        assert (words["people"], words["who"]) == ("1", "张三（职业病诊断医师，2026-12-22；放射，2026-12-25）")
