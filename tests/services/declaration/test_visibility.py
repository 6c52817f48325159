"""Who finds which declarations, behind every route, and how much of them is shown."""

from typing import Any

import pytest

from services.declaration.main import app
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.declaration.records import URL, Cast, MakeCast


class TestVisibility:
    @pytest.mark.req("PLAT-06")
    async def test_a_stranger_finds_nothing_behind_any_route(
        self, cast: Cast, make_cast: MakeCast, client_for: ClientFor, make_actor: Any
    ) -> None:
        address = await cast.submitted()
        other, neighbour = await make_cast(), await make_cast(region="320104")
        outside = await make_cast(region="330102")
        trainee = await client_for(app, make_actor(Permission.HAZARD_DECLARATION, level=Level.COUNTY))
        version = {"If-Match": "2"}
        for employer in (other.employer, trainee):
            assert (await employer.patch(address, json={"staff_count": 1}, headers=version)).status_code == 404
            assert (await employer.delete(address)).status_code == 404
            for action in ("submit", "withdraw"):
                assert (await employer.post(f"{address}/{action}")).status_code == 404
        for reviewer in (neighbour.county, outside.county, outside.city):
            for action in ("approve", "reject", "revoke"):
                assert (await reviewer.post(f"{address}/{action}", json={"reason": "有误"})).status_code == 404
            assert (await reviewer.get(f"{address}/contact-phone")).status_code == 404
        for stranger in (other.employer, trainee, neighbour.county, outside.county, outside.city, outside.province):
            for path in (address, f"{address}/history"):
                assert (await stranger.get(path)).status_code == 404
            assert address.rsplit("/")[-1] not in (await stranger.get(URL)).text
        assert (await cast.employer.get(address)).json()["status"] == "pending"

    @pytest.mark.req("PLAT-06")
    async def test_a_draft_is_the_employers_alone(self, cast: Cast) -> None:
        address = await cast.add()
        for official in (cast.county, cast.city, cast.province):
            assert (await official.get(address)).status_code == 404
            assert (await official.get(URL)).status_code == 200
            assert address.rsplit("/")[-1] not in (await official.get(URL)).text

    async def test_without_a_permission_of_declaration_nothing_opens(
        self, cast: Cast, client_for: ClientFor, make_actor: Any
    ) -> None:
        address = await cast.submitted()
        for actor, status in ((make_actor(Permission.GROUP_REGISTRATION), 403), (None, 401)):
            client = await client_for(app, actor)
            for path in (URL, address, f"{address}/history", f"{address}/contact-phone"):
                assert (await client.get(path)).status_code == status

    @pytest.mark.req("PLAT-05")
    async def test_the_phone_is_masked_and_a_full_look_is_remembered(self, cast: Cast) -> None:
        address = await cast.submitted()
        assert (await cast.employer.get(address)).json()["contact_phone"] == "13812345678"
        for official in (cast.county, cast.city, cast.province):
            assert (await official.get(address)).json()["contact_phone"] == "138****5678"
            assert "13812345678" not in (await official.get(URL)).text
        assert (await cast.province.get(f"{address}/contact-phone")).status_code == 403
        assert (await cast.county.get(f"{address}/contact-phone")).json() == {"contact_phone": "13812345678"}
        assert (await cast.county.get(f"{address}/history")).json()[-1]["action_label"] == "查看手机号码"
