"""From an event to a form that can be had, whatever dies in between (AUTH-01, AUTH-06, PLAT-11)."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.certificates.forms import service, tasks
from services.certificates.forms.service import ATTEMPTS, UnknownForm, keys_of, take_in
from services.certificates.forms.tasks import render_forms, render_one
from services.certificates.main import app
from services.certificates.rendering.catalogue import current
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.web.callers import internal_headers
from tests.services.certificates.forms import (
    RESIDENT_ID,
    Prepared,
    change,
    claimed,
    content,
    prepared,
    prepared_event,
    stored,
)


async def asked(runtime: Runtime, event: Prepared, revision: Any = None, *, signed: bool = True) -> httpx.Response:
    headers = internal_headers(runtime) if signed else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers) as client:
        place = f"{event.kind}/{event.source_id}/{event.revision if revision is None else revision}"
        return await client.get(f"/internal/certificates/forms/{place}")


@pytest.mark.req("AUTH-01", "AUTH-06")
class TestAForm:
    async def test_it_is_printed_and_handed_to_the_service_that_asks(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        assert (await asked(runtime, event)).json()["code"] == "form_not_ready"
        await render_forms(runtime)
        answer = await asked(runtime, event)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")
        assert (await asked(runtime, event, "latest")).content == answer.content

    async def test_the_template_it_was_printed_with_is_kept_with_it(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        assert (await stored(runtime, event)).template_version is None
        await render_forms(runtime)
        assert (await stored(runtime, event)).template_version == current(event.kind)

    @pytest.mark.req("PLAT-06")
    async def test_nobody_else_gets_it(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        await render_forms(runtime)
        assert (await asked(runtime, event, signed=False)).status_code in {401, 403, 404}
        for wrong in (2, "newest", -1):
            assert (await asked(runtime, event, wrong)).status_code in {404, 422}

    @pytest.mark.req("PLAT-05")
    async def test_its_content_is_kept_encrypted_and_let_go_when_it_is_printed(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        row = "SELECT row_to_json(f)::text, content FROM form_documents f WHERE source_id = :id"
        async with runtime.database.unit_of_work() as session:
            shown, kept = (await session.execute(text(row), {"id": event.source_id})).one()
        assert RESIDENT_ID not in shown
        assert RESIDENT_ID in field_cipher().decrypt(kept)
        await render_forms(runtime)
        assert (await stored(runtime, event)).content is None

    async def test_the_same_event_again_changes_nothing(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        await render_forms(runtime)
        before = await stored(runtime, event)
        async with runtime.database.unit_of_work() as session:
            await take_in(session, event)
        await render_forms(runtime)
        after = await stored(runtime, event)
        assert (after.storage_key, after.attempts, after.content) == (before.storage_key, 1, None)

    async def test_a_kind_without_template_waits_parked_for_the_next_release(self, runtime: Runtime) -> None:
        with pytest.raises(UnknownForm):
            async with runtime.database.unit_of_work() as session:
                await take_in(session, prepared_event(kind="appeal"))


@pytest.mark.req("PLAT-05")
class TestANewerState:
    async def test_it_replaces_the_older_file_and_row(self, runtime: Runtime) -> None:
        source = new_id()
        older = await prepared(runtime, source_id=source)
        await render_forms(runtime)
        key = (await stored(runtime, older)).storage_key
        assert key is not None
        newer = await prepared(runtime, source_id=source, revision=2)
        assert (await asked(runtime, newer, "latest")).status_code == 200
        await render_forms(runtime)
        assert not await runtime.storage.exists(key)
        assert (await asked(runtime, older)).status_code == 404
        assert (await asked(runtime, newer, "latest")).status_code == 200

    async def test_one_that_cannot_be_printed_leaves_the_older_in_place(self, runtime: Runtime) -> None:
        source = new_id()
        older = await prepared(runtime, source_id=source)
        await render_forms(runtime)
        newer = await prepared(runtime, source_id=source, revision=2, form=content(remarks="😀"))
        await render_forms(runtime)
        assert (await asked(runtime, older)).status_code == 200
        assert (await asked(runtime, newer)).json()["code"] == "form_failed"

    async def test_news_of_an_older_state_that_comes_late_is_not_printed(self, runtime: Runtime) -> None:
        source = new_id()
        await prepared(runtime, source_id=source, revision=2)
        late = await prepared(runtime, source_id=source, revision=1)
        assert (await asked(runtime, late)).status_code == 404
        await render_forms(runtime)
        assert (await asked(runtime, late)).status_code == 404

    @pytest.mark.req("PLAT-11")
    async def test_files_that_could_not_be_taken_away_are_taken_away_later(self, runtime: Runtime) -> None:
        source = new_id()
        older = await prepared(runtime, source_id=source)
        await render_forms(runtime)
        newer = await prepared(runtime, source_id=source, revision=2)
        await render_one(runtime, await claimed(runtime, newer))
        held = await stored(runtime, older)
        assert await runtime.storage.exists(held.storage_key or "")
        await tasks.clear_superseded(runtime)
        assert not await runtime.storage.exists(held.storage_key or "")


@pytest.mark.req("PLAT-11")
class TestAWorkerDies:
    async def test_a_form_whose_lease_lapsed_is_printed_again_and_leaves_one_file(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        dead = await claimed(runtime, event)
        await runtime.storage.put(dead.storage_key, b"half", "application/pdf")
        await change(runtime, event, "leased_until = now() - interval '1 second'")
        await render_forms(runtime)
        after = await stored(runtime, event)
        assert after.attempts == 2
        assert [key for key in keys_of(after) if await runtime.storage.exists(key)] == [after.storage_key]

    async def test_an_attempt_that_comes_late_changes_nothing(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        late = await claimed(runtime, event)
        await change(runtime, event, "leased_until = now() - interval '1 second'")
        await render_forms(runtime)
        before = await stored(runtime, event)
        await render_one(runtime, late)
        after = await stored(runtime, event)
        assert after.storage_key == before.storage_key
        assert not await runtime.storage.exists(late.storage_key)
        assert (await asked(runtime, event)).status_code == 200

    async def test_killed_at_each_attempt_it_is_given_up_with_its_content_here(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        await change(runtime, event, f"attempts = {ATTEMPTS.most}, leased_until = now() - interval '1 second'")
        await render_forms(runtime)
        after = await stored(runtime, event)
        assert after.failure == service.GAVE_UP
        assert after.content is not None

    async def test_a_passing_trouble_is_tried_again_later(self, runtime: Runtime) -> None:
        event = await prepared(runtime)
        tried = await claimed(runtime, event)
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, tried, OSError("fonts"))
        waiting = await stored(runtime, event)
        assert (waiting.done_at, waiting.failure, waiting.leased_until) == (None, None, None)
        assert waiting.last_error is not None
        await change(runtime, event, "due_at = now() - interval '1 second'")
        await render_forms(runtime)
        assert (await asked(runtime, event)).status_code == 200


class TestFailures:
    @pytest.mark.req("AUTH-01", "PLAT-02", "PLAT-05")
    async def test_a_character_that_no_font_has_says_which_and_the_content_is_let_go(self, runtime: Runtime) -> None:
        event = await prepared(runtime, form=content(remarks="加急😀"))
        await render_forms(runtime)
        answer = await asked(runtime, event)
        assert (answer.status_code, answer.json()["code"]) == (404, "form_failed")
        assert "😀" in answer.json()["detail"]
        assert "U+1F600" in answer.json()["detail"]
        assert (await stored(runtime, event)).content is None
