"""Notices of declarations: the office that decides, the employer, whoever ordered a re-review; and nobody else."""

from typing import Any

import pytest

from services.notifications.notices import tasks
from shared.events.base import Event
from shared.events.declaration import GroupSettled
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.notifications.arrivals import an_account, arrive
from tests.services.notifications.declaration_news import desk_news, employer_news, group_news, superior_news
from tests.services.notifications.test_notices import messages_of

REVIEWS, OVERSEES = frozenset({Permission.DECLARATION_REVIEW}), frozenset({Permission.DECLARATION_OVERSIGHT})


async def told(worker: Runtime, event: Event, **account: Any) -> str:
    """What is said to such an account, empty where nothing is."""
    holder = an_account(**account)
    await arrive(worker.database, [holder])
    await arrive(worker.database, [event])
    await tasks.expand_notices(worker)
    return "".join(f"{each.title} {each.body}" for each in await messages_of(worker.database, holder.account_id))


@pytest.mark.req("FAQ-D8", "FAQ-D22", "BEY-03")
class TestDeclarationNotices:
    async def test_a_request_and_an_order_reach_the_office_that_decides(self, worker: Runtime) -> None:
        for event in desk_news(Level.COUNTY):
            assert await told(worker, event, permissions=REVIEWS, level=Level.COUNTY, region_code="320102")
            assert not await told(worker, event, permissions=REVIEWS, level=Level.COUNTY, region_code="320104")
            assert not await told(worker, event, permissions=REVIEWS, level=Level.CITY, region_code="320100")
        for event in desk_news(Level.CITY):
            assert await told(worker, event, permissions=REVIEWS, level=Level.CITY, region_code="320100")

    async def test_the_answer_and_a_passed_day_reach_who_ordered(self, worker: Runtime) -> None:
        office = new_id()
        above = {"permissions": OVERSEES, "level": Level.PROVINCE, "region_code": "320000"}
        for event in superior_news(office):
            assert await told(worker, event, organisation_id=office, **above)
            assert not await told(worker, event, organisation_id=new_id(), **above)

    async def test_the_employer_reads_whether_it_may_take_it_back_and_why_not(self, worker: Runtime) -> None:
        unit = new_id()
        holder = {"permissions": frozenset({Permission.HAZARD_DECLARATION}), "organisation_id": unit}
        granted, declined = employer_news(unit)[-2:]
        assert "已同意" in await told(worker, granted, **holder)
        words = await told(worker, declined, **holder)
        assert "未同意" in words
        assert "已在办理" in words


@pytest.mark.req("BEY-17")
async def test_of_a_group_each_side_hears_what_the_other_has_done(worker: Runtime) -> None:
    head, branch = new_id(), new_id()
    declares = frozenset({Permission.HAZARD_DECLARATION})
    sides: dict[str, dict[str, Any]] = {
        "head": {"permissions": declares, "organisation_id": head},
        "branch": {"permissions": declares, "organisation_id": branch},
        "county": {"permissions": REVIEWS, "level": Level.COUNTY, "region_code": "320102"},
        "other county": {"permissions": REVIEWS, "level": Level.COUNTY, "region_code": "320104"},
        "stranger": {"permissions": declares, "organisation_id": new_id()},
    }
    heard = []
    for event in group_news(head, branch):
        told_to = {side: await told(worker, event, **account) for side, account in sides.items()}
        heard.append({side for side, words in told_to.items() if words})
        if isinstance(event, GroupSettled) and not event.joined:
            assert "不是同一家公司" in told_to["branch"]
            assert "不是同一家公司" in told_to["head"]
    assert heard == [{"branch"}, {"county"}, {"head"}, {"head", "branch"}, {"head", "branch"}, {"branch"}]
