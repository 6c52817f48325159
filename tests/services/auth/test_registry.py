"""Looking a company up while its name is typed: in the table of known ones, or in an HTTP registry that may be away."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from services.auth.access.accounts.repository import get_by_login_name
from services.auth.directory.registry import service
from services.auth.directory.registry.models import Company, LegacyAccount
from services.auth.directory.registry.stock import read_stock, seed_registry
from services.auth.settings import auth_settings
from shared.identifiers import mobile_problem, new_id, uscc_problem
from shared.reference.regions import is_leaf
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor

URL = "/api/auth/companies"
CASTING = {"credit_code": "91320115MA1MK7H368", "name": "南京钟山精密铸造有限公司"}


@pytest.fixture
async def seeded(runtime: Runtime) -> Runtime:
    async with runtime.database.unit_of_work() as session:
        await seed_registry(session)
    return runtime


async def names(visitor: NewVisitor, query: str) -> list[str]:
    answer = await visitor().client.get(URL, params={"q": query})
    assert answer.status_code == 200, answer.text
    return [company["name"] for company in answer.json()["companies"]]


class TestStock:
    @pytest.mark.req("FAQ-D3")
    def test_every_code_place_and_phone_is_valid(self) -> None:
        companies, accounts = read_stock("companies"), read_stock("legacy_accounts")
        assert (len(companies), len(accounts)) == (61, 20)
        assert not [line["name"] for line in companies if uscc_problem(line["credit_code"])]
        assert all(
            is_leaf(line["region_code"]) and line["address"] and line["legal_representative"] for line in companies
        )
        assert len({line["credit_code"] for line in companies}) == len({line["name"] for line in companies}) == 61
        assert {line["credit_code"] for line in accounts} <= {line["credit_code"] for line in companies}
        assert not [line["name"] for line in accounts if mobile_problem(line["contact_phone"])]
        assert all(line["name"] == line["name"].lower() for line in accounts)

    async def test_seeding_twice_adds_once(self, seeded: Runtime) -> None:
        async with seeded.database.unit_of_work() as session:
            await seed_registry(session)
            number = await session.scalar(select(func.count()).where(Company.name == CASTING["name"]))
            account = (await session.scalars(select(LegacyAccount).limit(1))).one()
            assert (number, mobile_problem(account.contact_phone or "")) == (1, None)

    @pytest.mark.req("AUTH-22")
    async def test_no_old_account_is_an_account_here(self, seeded: Runtime) -> None:
        async with seeded.database.unit_of_work() as session:
            found = [line for line in read_stock("legacy_accounts") if await get_by_login_name(session, line["name"])]
        assert found == []


@pytest.mark.req("ORG-07", "FAQ-D3")
class TestLookup:
    @pytest.mark.parametrize(
        "query", ["钟山精密", "zsjmzz", CASTING["credit_code"], "91320115-ma1mk7h368", " 精密 铸造"]
    )
    async def test_a_part_of_the_name_initials_or_the_code_find_it(
        self, seeded: Runtime, visitor: NewVisitor, query: str
    ) -> None:
        answer = (await visitor().client.get(URL, params={"q": query})).json()
        assert answer["available"] is True
        (company,) = answer["companies"]
        assert {name: company[name] for name in CASTING} == CASTING
        assert (company["region_code"], company["legal_representative"]) == ("320102", "马文静")
        assert company["address"].startswith("江苏省南京市玄武区")

    async def test_never_more_than_ten(self, seeded: Runtime, visitor: NewVisitor) -> None:
        assert len(await names(visitor, "有限公司")) == 10

    async def test_what_nobody_is_called_finds_nothing(self, seeded: Runtime, visitor: NewVisitor) -> None:
        assert await names(visitor, "没有这家%公司") == []
        assert await names(visitor, "91320115MA1MK7H369") == []

    @pytest.mark.parametrize("query", ["", "南", " 南 ", "a\0b"])
    async def test_one_character_is_too_little(self, visitor: NewVisitor, query: str) -> None:
        answer = await visitor().client.get(URL, params={"q": query})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "q")

    async def test_an_address_is_slowed_down(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, limit = visitor(), auth_settings().lookups_per_address_a_minute
        await runtime.redis.set(f"lookups:{person.address}", limit - 1, ex=60)
        assert (await person.client.get(URL, params={"q": "钟山"})).status_code == 200
        slowed = await person.client.get(URL, params={"q": "钟山"})
        assert (slowed.status_code, slowed.json()["code"]) == (429, "too_many_lookups")
        assert 0 < int(slowed.headers["Retry-After"]) <= 60
        assert (await visitor().client.get(URL, params={"q": "钟山"})).status_code == 200


@pytest.mark.req("ORG-07")
class TestHttpRegistry:
    @pytest.fixture
    def registry(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Runtime]]:
        """A runtime whose HTTP client reaches a registry that answers as ``handler`` does."""
        monkeypatch.setenv("AUTH_REGISTRY_URL", "http://registry.invalid/search")
        monkeypatch.setenv("AUTH_REGISTRY_TOKEN", "t0ken")
        auth_settings.cache_clear()

        def make(handler: Callable[[httpx.Request], httpx.Response]) -> Runtime:
            return replace(runtime, http=httpx.AsyncClient(transport=httpx.MockTransport(handler)))

        yield make
        monkeypatch.undo()
        auth_settings.cache_clear()

    async def test_its_companies_are_shown(self, registry: Callable[..., Runtime]) -> None:
        asked: list[httpx.Request] = []

        def answers(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            many: list[dict[str, Any]] = [{**CASTING, "capital": 5}, {"credit_code": "旧注册号", "name": "没有代码"}]
            return httpx.Response(200, json=[*many, *[CASTING] * 20])

        found = await service.find_companies(registry(answers), "钟山")
        assert (found.companies[0].name, len(found.companies)) == (CASTING["name"], 10)
        assert (asked[0].url.params["q"], asked[0].headers["Authorization"]) == ("钟山", "Bearer t0ken")
        assert asked[0].extensions["timeout"]["read"] == 3.0

    @pytest.mark.parametrize("failure", ["down", "broken", "no json", "no list"])
    async def test_while_it_is_away_the_form_is_filled_in_by_hand(
        self, registry: Callable[..., Runtime], failure: str
    ) -> None:
        def fails(request: httpx.Request) -> httpx.Response:
            if failure == "down":
                raise httpx.ConnectTimeout("away", request=request)
            kinds = {
                "broken": httpx.Response(500),
                "no json": httpx.Response(200, text="<html>"),
                "no list": httpx.Response(200, json={"error": 1}),
            }
            return kinds[failure]

        found = await service.find_companies(registry(fails), f"钟山{new_id().hex}")
        assert (found.available, found.companies) == (False, [])
        assert found.message == "工商登记查询暂时不可用，可直接填写"
        assert await service.registered_name(registry(fails), CASTING["credit_code"]) is None
