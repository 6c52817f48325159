"""The province's register of certificates as a sheet: what the list shows, to whom it shows it (CERT-06, BEY-07)."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from services.certificates.exports.tables import CERTIFICATES
from services.certificates.issue.schemas import CertificateListItem
from services.certificates.main import app
from shared.crypto import mask_resident_id
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.certificates.records import RESIDENT_ID, issued

pytestmark = pytest.mark.req("BEY-07", "CERT-06")
REGISTER = "/api/certificates/exports/certificates.xlsx"


async def register(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(REGISTER, params=params)
    assert answer.status_code == 200, answer.text
    head, *rows = CalamineWorkbook.from_object(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_every_column_is_a_field_of_the_list() -> None:
    fields = CertificateListItem.model_fields.keys() | CertificateListItem.model_computed_fields.keys()
    assert {column.key for column in CERTIFICATES.columns} <= fields


@pytest.mark.req("PLAT-05", "PLAT-06")
async def test_it_has_the_rows_of_the_list_and_its_masks(runtime: Runtime, client_for: ClientFor) -> None:
    name = f"登记册{new_id().hex[-8:]}"
    made = [await issued(runtime, plan_name=name, region_code=region) for region in ("320102", "320583")]
    keeper = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
    rows = await register(await client_for(app, keeper), plan_name=name)
    assert {row["证书编号"] for row in rows} == {each.number for each in made}
    assert {row["身份证号"] for row in rows} == {mask_resident_id(RESIDENT_ID)}
    assert (rows[0]["姓名"], rows[0]["专业类别"], rows[0]["状态"]) == (
        "张三丰",
        "职业性化学中毒、职业性皮肤病",
        "制作中",
    )
    county = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region="320583")
    assert [row["证书编号"] for row in await register(await client_for(app, county), plan_name=name)] == [
        made[1].number
    ]
    stranger = make_actor(Permission.GROUP_REGISTRATION)
    assert await register(await client_for(app, stranger), plan_name=name) == []
    nobody = make_actor(Permission.HAZARD_DECLARATION)
    assert (await (await client_for(app, nobody)).get(REGISTER)).status_code == 403
