"""Drafts of forms whose records do not exist yet: one's own, encrypted, bounded, gone with their record or after thirty days."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from services.auth.access.drafts import service
from services.auth.access.drafts.models import FormDraft
from services.auth.access.drafts.tasks import sweep
from shared.clock import now_utc
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import Visitor, add_account

DRAFTS, KEY = "/api/auth/me/drafts", "personnel.new"
TYPED = {"name": "蒋晓梅", "resident_id": "320102198502030046", "attributes": ["执业护士"]}

pytestmark = pytest.mark.req("BEY-08", "PLAT-05")


async def signed_in(runtime: Runtime, visitor: NewVisitor) -> Visitor:
    account, person = await add_account(runtime), visitor()
    await person.sign_in(account.login_name)
    return person


async def put(person: Visitor, values: dict[str, Any], version: int = 0, key: str = KEY) -> httpx.Response:
    return await person.client.put(f"{DRAFTS}/{key}", json=values, headers={"If-Match": f'"{version}"'})


async def test_what_was_typed_is_there_again_and_gone_with_its_record(runtime: Runtime, visitor: NewVisitor) -> None:
    person = await signed_in(runtime, visitor)
    assert (await person.client.get(f"{DRAFTS}/{KEY}")).json() == {
        "form": KEY,
        "values": None,
        "saved_at": None,
        "version": 0,
    }
    assert (await put(person, TYPED)).json()["version"] == 1
    found = await person.client.get(f"{DRAFTS}/{KEY}")
    assert (found.json()["values"], found.headers["ETag"]) == (TYPED, '"1"')
    for _ in range(2):
        assert (await person.client.delete(f"{DRAFTS}/{KEY}")).status_code == 204
    assert (await person.client.get(f"{DRAFTS}/{KEY}")).json()["values"] is None


async def test_nobody_else_finds_it_and_nothing_of_it_lies_in_clear(runtime: Runtime, visitor: NewVisitor) -> None:
    person, other = await signed_in(runtime, visitor), await signed_in(runtime, visitor)
    await put(person, TYPED)
    assert (await other.client.get(f"{DRAFTS}/{KEY}")).json()["values"] is None
    assert (await visitor().client.get(f"{DRAFTS}/{KEY}")).status_code == 401
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(text("SELECT form_drafts::text FROM form_drafts"))
        assert all(TYPED["resident_id"] not in row and "蒋" not in row for row in rows)


async def test_a_second_window_is_told_and_overwrites_nothing(runtime: Runtime, visitor: NewVisitor) -> None:
    person = await signed_in(runtime, visitor)
    await put(person, TYPED)
    await put(person, {**TYPED, "name": "蒋梅"}, 1)
    for version in (0, 1):
        late = await put(person, {"name": "王五"}, version)
        assert (late.status_code, "另一个窗口" in late.json()["detail"]) == (412, True)
    assert (await person.client.get(f"{DRAFTS}/{KEY}")).json()["values"]["name"] == "蒋梅"


@pytest.mark.req("PLAT-17")
@pytest.mark.parametrize("key", ["Personnel", "a", "a..b", "x" * 81, "名单"])
async def test_a_key_is_the_name_of_a_form(runtime: Runtime, visitor: NewVisitor, key: str) -> None:
    person = await signed_in(runtime, visitor)
    assert (await put(person, TYPED, key=key)).status_code == 422


@pytest.mark.req("PLAT-17")
async def test_there_is_room_for_64_kb_and_for_so_many_forms(
    runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await signed_in(runtime, visitor)
    assert (await put(person, {"note": "字" * 21_800})).status_code == 200
    much = await put(person, {"note": "字" * 21_900}, 1)
    assert (much.status_code, much.json()["code"]) == (413, "draft_too_large")
    monkeypatch.setattr(service, "MOST_DRAFTS", 2)
    for name in ("plans.new", "filings.new"):
        await put(person, TYPED, key=name)
    assert (await person.client.get(f"{DRAFTS}/{KEY}")).json()["values"] is None
    assert (await person.client.get(f"{DRAFTS}/plans.new")).json()["values"] == TYPED


async def test_after_thirty_days_without_a_word_it_goes(runtime: Runtime, visitor: NewVisitor) -> None:
    account, person = await add_account(runtime), visitor()
    await person.sign_in(account.login_name)
    await put(person, TYPED)
    await put(person, TYPED, key="plans.new")
    old = now_utc() - timedelta(days=31)
    async with runtime.database.unit_of_work() as session:
        of = (FormDraft.key == KEY, FormDraft.account_id == account.id)
        await session.execute(update(FormDraft).where(*of).values(updated_at=old))
    await sweep(runtime)
    async with runtime.database.unit_of_work() as session:
        left = await session.scalars(select(FormDraft.key).where(FormDraft.account_id == account.id))
        assert left.all() == ["plans.new"]
