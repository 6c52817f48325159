"""A photo from the person's file to the printed certificate, through both services and what they say to each other: the file, scores,
the event, the internal route, the page.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from services.certificates.consumers import HANDLERS
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app as certificates_app
from services.certificates.printing.tasks import render_one
from services.certificates.rendering.press import process_fonts
from services.training.main import app as training_app
from shared.events.training import ResultCorrected, ResultPublished
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.certificates.pages import colour_of_photo
from tests.services.certificates.records import certificates_of, stored
from tests.services.certificates.test_printing import claimed
from tests.services.training.conftest import BASICS
from tests.services.training.people.personnel.test_photos import picture, uploaded
from tests.services.training.results.scores.sheets import Seated, publish, seat_people, seen, told

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


async def with_photo(client_for: ClientFor, seated: Seated, at: int) -> str:
    """The photo put into the file of one of the people by their unit; its id."""
    unit = replace(seated.unit, permissions=frozenset({Permission.INSTITUTION_FILING}))
    client, path = await client_for(training_app, unit), f"/api/training/personnel/{seated.people[at].staff_id}"
    await client.post("/api/training/filings", json=BASICS)
    photo_id = await uploaded(client, picture())
    read = await client.get(path)
    body, tag = {"attachment_ids": [photo_id]}, {"If-Match": read.headers["etag"]}
    answer = await client.put(f"{path}/attachments/photo", json=body, headers=tag)
    assert answer.status_code == 200, answer.text
    return photo_id


@pytest.mark.req("CERT-06", "TRN-16", "STAFF-10")
async def test_a_published_result_brings_the_photo_of_the_file_onto_the_certificate(
    open_app: OpenApp, client_for: ClientFor
) -> None:
    training, certificates = await open_app(training_app), await open_app(certificates_app)
    seated = await seat_people(training, client_for, 2, "skin")
    photo_id = await with_photo(client_for, seated, 0)
    names = [each.staff.name for each in seated.people]
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    engine = training.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await publish(seated, {(name, "skin"): 90 for name in names})
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if "FROM attachments" in each]) == 1, "one question for all people"
    events = {told_of.person_name: told_of for told_of in await told(training, seated, ResultPublished)}
    assert [str(events[name].photo_id or "") for name in names] == [photo_id, ""]
    process_fonts(certificates.settings.cache_dir)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=training_app)) as http:
        shown = [await printed(replace(certificates, http=http), events[name]) for name in names]
    # The photo is red above; who has none gets a page without a frame for it.
    assert shown == ["red", None]


async def printed(runtime: Runtime, result: ResultPublished) -> str | None:
    """What the certificate that follows from the result shows where the photo stands."""
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[ResultPublished](session, result)
        (certificate,) = await certificates_of(session, result)
    await render_one(runtime, await claimed(runtime, certificate))
    after = await stored(runtime, certificate)
    assert (after.status, after.failure) == (CertificateStatus.VALID, None)
    assert after.storage_key is not None
    return colour_of_photo(await runtime.storage.get(after.storage_key))


@pytest.mark.req("STAFF-09", "CERT-06")
async def test_a_correction_names_the_photo_that_the_file_has_then(open_app: OpenApp, client_for: ClientFor) -> None:
    training = await open_app(training_app)
    seated = await seat_people(training, client_for, 1, "skin")
    name = seated.people[0].staff.name
    grid = await publish(seated, {(name, "skin"): 90})
    (published,) = await told(training, seated, ResultPublished)
    photo_id = await with_photo(client_for, seated, 0)
    office = await client_for(training_app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
    path = f"{seated.sheet}/results/{grid['results'][0]['result_id']}/correct"
    answer = await office.post(path, json={"score": 95, "reason": "登分有误"}, headers=seen(grid["version"]))
    assert answer.status_code == 200, answer.text
    (corrected,) = await told(training, seated, ResultCorrected)
    assert (published.photo_id, str(corrected.photo_id)) == (None, photo_id)
