"""A certificate whose name or id was put right (STAFF-15): same number, new edition; each way to ask answers as the table says."""

from typing import Any

import httpx
import pytest

from services.certificates.consumers import HANDLERS
from services.certificates.issue.models import Certificate
from services.certificates.issue.tokens import token_of_page
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app
from services.certificates.printing.tasks import render_due
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.training import Correction, ResultPublished
from shared.events.training_people import PersonMoved
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.certificates.records import certificates_of, published_result, stored
from tests.services.certificates.test_checks import CHECKS, revoke
from tests.services.certificates.test_reissue import SKIN, corrected, handed_out, happens, text_of

pytestmark = pytest.mark.req("STAFF-15", "BEY-05")
NEW_ID = "110105199003074514"
ROUTE = "/api/certificates/certificates"


def renamed(result: ResultPublished, name: str, **changes: Any) -> Any:
    return corrected(result, *result.specialties, person_name=name, of=Correction.IDENTITY, **changes)


async def table(
    runtime: Runtime, client: httpx.AsyncClient, now: Certificate, pages: list[Certificate], names: tuple[str, ...]
) -> dict[str, str]:
    """What each way to ask answers: the QR and the file of each page, and the number with each name."""
    told: dict[str, str] = {}
    for page in pages:
        token = token_of_page(runtime.settings.signing_key, now.id, page.editions)
        told[f"qr{page.editions}"] = (await client.get(f"{CHECKS}/{token}")).json()["result"]
        assert page.storage_key is not None
        files = {"file": ("a.pdf", await runtime.storage.get(page.storage_key), "application/pdf")}
        told[f"pdf{page.editions}"] = (await client.post(f"{CHECKS}/file", files=files)).json()["result"]
    for name in names:
        told[name] = (await client.post(CHECKS, json={"number": now.number, "name": name})).json()["result"]
    return told


@pytest.fixture
def result() -> ResultPublished:
    return published_result(specialties=(SKIN,), person_name="张山峰")


async def test_old_and_new_pages_and_names_answer_as_the_table_says(
    runtime: Runtime, public: Any, result: ResultPublished
) -> None:
    first = await handed_out(runtime, result)
    number = Sealed.seal(field_cipher(), NEW_ID)
    await happens(runtime, renamed(result, "张三峰", resident_id=number))
    names, client = ("张山峰", "张三峰", "张四峰"), await public()
    between = await table(runtime, client, first, [first], names)
    expected = {"qr1": "replaced", "pdf1": "replaced", "张山峰": "replaced", "张三峰": "valid", "张四峰": "unknown"}
    assert between == expected
    await render_due(runtime)
    now = await stored(runtime, first)
    assert (now.number, now.editions, now.holder_name, now.resident_id) == (first.number, 2, "张三峰", NEW_ID)
    text = await text_of(runtime, now)
    assert "张三峰" in text
    assert "张山峰" not in text
    assert NEW_ID in text
    after = await table(runtime, client, now, [first, now], names)
    assert after == {**expected, "qr2": "valid", "pdf2": "valid"}
    told = (await client.post(CHECKS, json={"number": now.number, "name": "张山峰"})).json()
    assert (told["current"], told["label"]) == ("valid", "已换发")
    assert "成绩" not in told["explanation"]
    await happens(runtime, renamed(result, "张山峰"))
    await render_due(runtime)
    back = await table(runtime, await public(), now, [], names)
    assert back == {"张山峰": "valid", "张三峰": "replaced", "张四峰": "unknown"}


async def test_an_id_alone_makes_a_new_edition_and_nothing_changed_makes_none(
    runtime: Runtime, result: ResultPublished
) -> None:
    await handed_out(runtime, result)
    assert (await handed_out(runtime, renamed(result, "张山峰"))).editions == 1
    after = await handed_out(runtime, renamed(result, "张山峰", resident_id=Sealed.seal(field_cipher(), NEW_ID)))
    assert (after.editions, after.resident_id) == (2, NEW_ID)


@pytest.mark.req("STAFF-10")
async def test_after_a_revocation_the_old_number_stays_revoked_for_every_name(
    runtime: Runtime, public: Any, make_actor: Any, result: ResultPublished
) -> None:
    first = await handed_out(runtime, result)
    await revoke(runtime, first, make_actor)
    after = await happens(runtime, renamed(result, "张三峰"))
    assert after is not None
    assert (after.status, after.holder_name) == (CertificateStatus.REVOKED, "张三峰")
    names = ("张山峰", "张三峰")
    assert set((await table(runtime, await public(), after, [first], names)).values()) == {"revoked"}


@pytest.mark.req("STAFF-10")
class TestAfterARevocationByHand:
    async def all_of(self, runtime: Runtime, result: ResultPublished) -> list[Certificate]:
        async with runtime.database.unit_of_work() as session:
            return sorted(await certificates_of(session, result), key=lambda each: each.id)

    async def test_it_is_issued_anew_under_another_number(
        self, runtime: Runtime, client_for: Any, make_actor: Any, result: ResultPublished
    ) -> None:
        first = await handed_out(runtime, result)
        staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")
        client: httpx.AsyncClient = await client_for(app, staff)
        path = f"{ROUTE}/{first.id}"
        early = await client.post(f"{path}/issue_anew", json={"reason": "x"})
        assert early.status_code == 409
        await revoke(runtime, first, make_actor)
        assert (await client.post(f"{path}/issue_anew", json={})).status_code == 422
        done = await client.post(f"{path}/issue_anew", json={"reason": "撤销有误"})
        assert (done.status_code, done.json()["status"]) == (200, "revoked")
        await render_due(runtime)
        old, new = await self.all_of(runtime, result)
        assert (old.id, old.status, new.status) == (first.id, CertificateStatus.REVOKED, CertificateStatus.VALID)
        assert new.number != old.number
        assert (new.holder_name, new.resident_id, new.valid_until) == (
            old.holder_name,
            old.resident_id,
            old.valid_until,
        )
        again = await client.post(f"{path}/issue_anew", json={"reason": "x"})
        assert (again.status_code, again.json()["code"]) == (409, "certificate_already_followed")
        await revoke(runtime, new, make_actor)
        assert (await client.post(f"{ROUTE}/{new.id}/issue_anew", json={"reason": "x"})).status_code == 200

    async def test_a_score_that_is_corrected_to_passed_brings_a_new_one(
        self, runtime: Runtime, make_actor: Any, result: ResultPublished
    ) -> None:
        first = await handed_out(runtime, result)
        await revoke(runtime, first, make_actor)
        for event in (corrected(result), renamed(result, "张三峰"), corrected(result, SKIN, of=Correction.ATTENDANCE)):
            async with runtime.database.unit_of_work() as session:
                await HANDLERS[type(event)](session, event)
        assert len(await self.all_of(runtime, result)) == 1
        for _ in range(2):
            async with runtime.database.unit_of_work() as session:
                event = corrected(result, SKIN)
                await HANDLERS[type(event)](session, event)
        await render_due(runtime)
        old, new = await self.all_of(runtime, result)
        assert (old.status, new.status, new.editions) == (CertificateStatus.REVOKED, CertificateStatus.VALID, 1)
        assert new.number != old.number

    async def test_what_a_correction_revoked_is_not_issued_anew(
        self, runtime: Runtime, client_for: Any, make_actor: Any, result: ResultPublished
    ) -> None:
        first = await handed_out(runtime, result)
        await happens(runtime, corrected(result))
        staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")
        refused = await (await client_for(app, staff)).post(f"{ROUTE}/{first.id}/issue_anew", json={"reason": "x"})
        assert (refused.status_code, refused.json()["code"]) == (409, "revoked_by_correction")


@pytest.mark.req("BEY-14", "PLAT-06")
async def test_the_unit_to_which_a_person_moved_sees_and_downloads(
    runtime: Runtime, client_for: Any, make_actor: Any, result: ResultPublished
) -> None:
    certificate = await handed_out(runtime, result)
    units = [make_actor(Permission.GROUP_REGISTRATION) for _ in range(3)]
    clients = [await client_for(app, unit) for unit in units]
    path = f"{ROUTE}/{certificate.id}"
    places = [result.unit_id, *(unit.organisation_id for unit in units[:2])]
    for old, new in zip(places, places[1:], strict=False):
        event = PersonMoved(person_id=result.person_id, from_unit_id=old, to_unit_id=new)
        for _ in range(2):
            async with runtime.database.unit_of_work() as session:
                await HANDLERS[PersonMoved](session, event)
    for client, status, listed in zip(clients, (200, 200, 404), (1, 1, 0), strict=True):
        assert (await client.get(path)).status_code == status
        assert (await client.get(f"{path}/pdf")).status_code == status
        assert len((await client.get(ROUTE)).json()["items"]) == listed
    steps = (await clients[0].get(f"{path}/history")).json()
    assert [each["action"] for each in steps].count("become_known") == 2
    stranger = PersonMoved(person_id=new_id(), from_unit_id=result.unit_id, to_unit_id=units[2].organisation_id)
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[PersonMoved](session, stranger)
    assert (await clients[2].get(path)).status_code == 404
