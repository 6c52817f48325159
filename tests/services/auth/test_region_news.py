"""What the other services are told when the province adds, renames or closes a region (ORG-13, FAQ-D20)."""

import pytest
from sqlalchemy import select

from shared.events.auth import RegionChanged
from shared.events.log import EventRow
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.test_regions import REGIONS, TODAY, add_zone, province, row, sheet, upload


async def told_of(runtime: Runtime, *names: str) -> list[RegionChanged]:
    """What the others were told of these regions, oldest first."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == RegionChanged.type, EventRow.payload["code"].astext.in_(names))
            .order_by(EventRow.seq)
        )
        return [RegionChanged.model_validate(payload) for payload in rows]


@pytest.mark.req("ORG-13", "FAQ-D20")
class TestNews:
    async def test_the_others_are_told_of_each_change(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        made = await add_zone(client)
        url, code = f"{REGIONS}/{made.json()['code']}", made.json()["code"]
        (added,) = await told_of(runtime, code)
        assert added == RegionChanged(
            code=code,
            name="蜀冈开发区",
            full_name="江苏省扬州市蜀冈开发区",
            parent="321000",
            level=3,
            kind="功能区",
            valid_from=TODAY,
            valid_until=None,
        )
        for change in ({"name": "瘦西湖区"}, {"valid_until": TODAY.isoformat()}, {"valid_until": TODAY.isoformat()}):
            tag = (await client.get(url)).headers["ETag"]
            assert (await client.patch(url, json=change, headers={"If-Match": tag})).status_code == 200
        assert [(each.full_name, each.valid_until) for each in (await told_of(runtime, code))[1:]] == [
            ("江苏省扬州市瘦西湖区", None),
            ("江苏省扬州市瘦西湖区", TODAY),
        ]

    async def test_an_import_tells_of_its_rows_and_a_city_s_name_of_all_below(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        client, there = await province(client_for), ("323300", "323371")
        rows = [row("323371", parent="323300"), row("323300", "新设市", parent="320000")]
        await upload(client, sheet(*rows), dry_run=True)
        assert await told_of(runtime, *there) == []
        await upload(client, sheet(*rows))
        names = [(each.code, each.full_name) for each in await told_of(runtime, *there)]
        assert names == [("323300", "江苏省新设市"), ("323371", "江苏省新设市新区")]
        await upload(client, sheet(row("323300", "改名市", parent="320000")))
        names = [(each.code, each.full_name) for each in (await told_of(runtime, *there))[2:]]
        assert names == [("323300", "江苏省改名市"), ("323371", "江苏省改名市新区")]
