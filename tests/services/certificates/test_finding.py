"""One certificate among many: by one box, by every filter of the list, and by the figures of expiry, each of which leads to just as many
(PLAT-08, STAFF-12, BEY-06)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.certificates.issue.models import Certificate
from services.certificates.main import app
from services.certificates.printing.tasks import render_due
from shared.clock import beijing_today, now_utc
from shared.events.training import Correction
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.certificates.records import issued, published_result, rendered
from tests.services.certificates.test_reissue import corrected, happens

BASE = "/api/certificates/certificates"


@pytest.fixture
async def keeper(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE))


async def numbers(client: httpx.AsyncClient, **wanted: Any) -> set[str]:
    answer = await client.get(BASE, params=wanted)
    assert answer.status_code == 200, answer.text
    return {each["number"] for each in answer.json()["items"]}


@pytest.fixture
async def two(runtime: Runtime) -> tuple[Certificate, Certificate, str]:
    """Of two people, plans and units, with a word that no other test has."""
    own = new_id().hex[-10:]
    one = await issued(
        runtime,
        person_name=f"曾国强{own}",
        plan_name=f"放射{own}培训班",
        unit_name=f"苏州{own}医院",
        region_code="320583",
    )
    other = await issued(
        runtime,
        person_name="王丽",
        plan_name=f"尘肺{own}培训班",
        unit_name=f"无锡{own}医院",
        plan_type="health_examination",
        validity_years=None,
    )
    return one, other, own


@pytest.mark.req("PLAT-08")
class TestTheBox:
    async def test_it_finds_by_number_name_and_plan_and_by_initials(
        self, keeper: httpx.AsyncClient, two: tuple[Certificate, Certificate, str]
    ) -> None:
        one, other, own = two
        assert await numbers(keeper, q=one.number) == {one.number}
        assert one.number in await numbers(keeper, q=one.number[:-1].replace("〔", "(").replace("〕", "）").lower())
        assert await numbers(keeper, q=f"国强{own}") == {one.number}
        assert await numbers(keeper, q=f"zgq{own}") == {one.number}
        assert await numbers(keeper, q=f"尘肺{own}") == {other.number}
        assert await numbers(keeper, q=f"{own}培训") == {one.number, other.number}
        assert await numbers(keeper, q=f"{own}%") == set()

    async def test_a_unit_finds_only_its_own(
        self, client_for: ClientFor, two: tuple[Certificate, Certificate, str]
    ) -> None:
        one, _, own = two
        unit = make_actor(Permission.GROUP_REGISTRATION, organisation_id=one.unit_id)
        assert await numbers(await client_for(app, unit), q=own) == {one.number}


@pytest.mark.req("PLAT-08", "CERT-01")
async def test_every_filter_narrows(keeper: httpx.AsyncClient, two: tuple[Certificate, Certificate, str]) -> None:
    one, other, own = two
    assert one.valid_until is not None
    end = one.valid_until.isoformat()
    for wanted in (
        {"unit_name": f"苏州{own}"},
        {"unit_name": f"sz{own}"},
        {"unit_id": str(one.unit_id)},
        {"region_code": "3205", "q": own},
        {"plan_type": one.plan_type, "q": own},
        {"valid_from": end, "valid_to": end, "q": own},
        {"holder_name": f"曾国强{own}"},
        {"plan_name": f"放射{own}"},
    ):
        assert await numbers(keeper, **wanted) == {one.number}, wanted
    year = one.issued_on.year
    assert await numbers(keeper, q=own, year=year) == {one.number, other.number}
    assert await numbers(keeper, q=own, year=year - 1) == set()
    assert await numbers(keeper, valid_from="2100-01-01", q=own) == set()
    bad = await keeper.get(BASE, params={"year": "26", "region_code": "江苏"})
    assert {each["field"] for each in bad.json()["errors"]} == {"year", "region_code"}


@pytest.mark.req("STAFF-12", "BEY-06")
@pytest.mark.parametrize(
    ("level", "region", "below"), [(Level.PROVINCE, "320000", "3207"), (Level.CITY, "320700", "320703")]
)
async def test_every_figure_of_expiry_is_the_total_of_its_list(
    runtime: Runtime, client_for: ClientFor, level: Level, region: str, below: str
) -> None:
    today = beijing_today(now_utc())
    # Four years less so many days ago: one that is over, and one in each span.
    for left in (-3, 5, 40, 200, 900):
        ago = now_utc().replace(year=now_utc().year - 4) + timedelta(days=left + 1)
        await rendered(runtime, region_code="320703", published_at=ago)
    await rendered(runtime, region_code="320703", validity_years=None)
    official = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=level, region=region))
    told = (await official.get("/api/certificates/expiry")).json()
    own = next(row for row in told["regions"] if row["key"] == below)
    assert all(figure["count"] >= 1 for figure in own["figures"])
    for row in (told["total"], *told["regions"]):
        for figure in row["figures"]:
            listed = (await official.get(BASE, params=figure["filters"])).json()
            assert (listed["total"], listed["total_is_exact"]) == (figure["count"], True), (row["label"], figure)
    assert today.isoformat() in own["figures"][1]["filters"]["valid_from"]


@pytest.mark.req("STAFF-15")
async def test_the_editions_of_a_number_are_told(runtime: Runtime, keeper: httpx.AsyncClient) -> None:
    result = published_result(person_name="李小明")
    certificate = await happens(runtime, result)
    assert certificate is not None
    await render_due(runtime)
    renamed = corrected(result, *result.specialties, of=Correction.IDENTITY, person_name="李晓明")
    await happens(runtime, renamed)
    address = f"{BASE}/{certificate.id}/editions"
    during = (await keeper.get(address)).json()
    assert [(each["edition"], each["is_current"]) for each in during] == [(1, False)]
    await render_due(runtime)
    told = (await keeper.get(address)).json()
    assert [(each["edition"], each["holder_name"], each["is_current"]) for each in told] == [
        (2, "李晓明", True),
        (1, "李小明", False),
    ]


@pytest.mark.req("STAFF-15", "PLAT-02")
async def test_who_may_have_a_name_corrected_is_told_how(client_for: ClientFor, runtime: Runtime) -> None:
    certificate = await issued(runtime)

    async def buttons(*permissions: Permission, **who: Any) -> list[str]:
        client = await client_for(app, make_actor(*permissions, **who))
        told = (await client.get(f"{BASE}/{certificate.id}")).json()["allowed_actions"]
        return [each["action"] for each in told if "correct" in each["action"] and "换发" in each["consequence"]]

    assert await buttons(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE) == ["correct"]
    unit = {"organisation_id": certificate.unit_id}
    assert await buttons(Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING, **unit) == ["request_correction"]
    assert await buttons(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100") == []


@pytest.mark.req("PLAT-07")
async def test_the_page_is_shown_in_its_place_when_asked_for(runtime: Runtime, keeper: httpx.AsyncClient) -> None:
    certificate = await rendered(runtime)
    shown = await keeper.get(f"{BASE}/{certificate.id}/pdf", params={"inline": "true"})
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    kept = await keeper.get(f"{BASE}/{certificate.id}/pdf")
    assert kept.headers["content-disposition"].startswith("attachment")
