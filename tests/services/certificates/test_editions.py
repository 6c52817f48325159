"""Every page that was handed out can be had again as it was, named as replaced where it is, by whoever may see the record (STAFF-15)."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

import httpx
import pypdfium2
import pytest

from services.certificates.issue.models import Certificate
from services.certificates.issue.service import act_on_certificate
from services.certificates.issue.workflow import CertificateAction
from services.certificates.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.workflow.definition import ActionBody
from tests.conftest import ClientFor, make_actor
from tests.services.certificates.records import published_result
from tests.services.certificates.test_reissue import POISON, SKIN, corrected, handed_out

pytestmark = pytest.mark.req("STAFF-15", "CERT-06")
KEEPER = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)


async def reissued(runtime: Runtime, unit: Actor) -> Certificate:
    """A certificate in its second edition."""
    result = published_result(specialties=(POISON, SKIN), unit_id=unit.organisation_id)
    await handed_out(runtime, result)
    return await handed_out(runtime, corrected(result, SKIN))


def at(certificate: Certificate, edition: object) -> str:
    return f"/api/certificates/certificates/{certificate.id}/editions/{edition}/pdf"


async def listed(client: httpx.AsyncClient, certificate: Certificate) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/certificates/certificates/{certificate.id}/editions")
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def test_each_is_the_sealed_file_and_says_by_which_it_was_replaced(
    runtime: Runtime, client_for: ClientFor, public: Any
) -> None:
    unit = make_actor(Permission.GROUP_REGISTRATION)
    certificate = await reissued(runtime, unit)
    client = await client_for(app, unit)
    rows = await listed(client, certificate)
    assert [(row["edition"], row["is_current"], row["replaced_by"]) for row in rows] == [(2, True, None), (1, False, 2)]
    assert [row["allowed_actions"][0]["allowed"] for row in rows] == [True, True]
    first, second = [await client.get(at(certificate, edition)) for edition in (1, 2)]
    texts = [
        pypdfium2.PdfDocument(BytesIO(each.content))[0].get_textpage().get_text_bounded() for each in (first, second)
    ]
    assert [POISON in text for text in texts] == [True, False]
    names = [unquote(each.headers["content-disposition"]) for each in (first, second)]
    assert ["已被第2版替代" in name for name in names] == [True, False]
    checked = await (await public()).post(
        "/api/certificates/checks/file", files={"file": ("a.pdf", first.content, "application/pdf")}
    )
    told = checked.json()
    assert (checked.status_code, told["result"], told["current"]) == (200, "replaced", "valid")
    assert "第1版，现行的是第2版" in told["explanation"]


@pytest.mark.req("PLAT-06")
async def test_who_may_not_see_the_record_or_the_number_gets_none(runtime: Runtime, client_for: ClientFor) -> None:
    certificate = await reissued(runtime, make_actor(Permission.GROUP_REGISTRATION))
    stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
    assert (await stranger.get(at(certificate, 1))).status_code == 404
    county = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region="320102"))
    assert (await county.get(at(certificate, 1))).status_code == 403
    (action,) = (await listed(county, certificate))[0]["allowed_actions"]
    assert (action["allowed"], action["code"]) == (False, "shows_full_id")


async def test_what_was_never_printed_is_not_found_and_nonsense_is_refused(
    runtime: Runtime, client_for: ClientFor
) -> None:
    unit = make_actor(Permission.GROUP_REGISTRATION)
    certificate = await reissued(runtime, unit)
    client = await client_for(app, unit)
    missing = await client.get(at(certificate, 3))
    assert (missing.status_code, missing.json()["code"]) == (404, "edition_not_found")
    for bad in (0, -1, "x", 10**30):
        assert (await client.get(at(certificate, bad))).status_code == 422


async def test_of_a_revoked_one_only_officials_get_its_pages(runtime: Runtime, client_for: ClientFor) -> None:
    unit = make_actor(Permission.GROUP_REGISTRATION)
    certificate = await reissued(runtime, unit)
    async with runtime.database.unit_of_work() as session:
        body, action = ActionBody(reason="弄虚作假"), CertificateAction.REVOKE
        await act_on_certificate(session, actor=KEEPER, certificate_id=certificate.id, action=action, body=body)
    mine, office = await client_for(app, unit), await client_for(app, KEEPER)
    answer = await mine.get(at(certificate, 1))
    assert (answer.status_code, answer.json()["code"]) == (409, "certificate_is_revoked")
    (offered,) = (await listed(mine, certificate))[0]["allowed_actions"]
    assert (offered["allowed"], offered["reason"]) == (False, answer.json()["detail"])
    assert (await office.get(at(certificate, 1))).status_code == 200
