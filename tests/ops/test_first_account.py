"""A real installation begins with one command (PLAT-20): who may begin it, what is told, and that its account opens everything else."""

import asyncio
import os
import re
from typing import Any

import pytest
from sqlalchemy import select, text

from ops.first_account import QUESTIONS, ask, main, problem_of
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import get_by_login_name
from services.auth.desks.oversight.beginning import (
    GRANTS,
    AlreadyActivated,
    FirstAccount,
    ProvinceBegun,
    open_first_account,
    renew_first_link,
)
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.db.history import RecordType, history_of
from shared.events.auth import AccountChanged, OrganisationChanged
from shared.roles import Level, Permission, Portal, permissions_of
from tests.ops import beginnings
from tests.ops.beginnings import PASSWORD, WHO, Installation, flags
from tests.services.auth.applicants import Applicant, act, body_form, newest_text, whole_form
from tests.services.auth.records import Visitor, add_account, new_credit_code, new_mobile
from tests.services.auth.sms import last_code

pytestmark = pytest.mark.req("PLAT-20")
empty, database_url = beginnings.empty, beginnings.database_url
installation, person = beginnings.installation, beginnings.person
_LINK = re.compile(r"activation link: (\S+)/activate#(\S+)")


def token_of(told: str) -> str:
    found = _LINK.search(told)
    assert found, told
    return found[2]


async def first_account(installation: Installation) -> Account:
    async with installation.runtime.database.unit_of_work() as session:
        account = await get_by_login_name(session, WHO["--login"])
    assert account
    return account


async def count(installation: Installation, table: str) -> int:
    async with installation.runtime.database.unit_of_work() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def activate(person: Visitor, token: str) -> int:
    body = {"token": token, "password": PASSWORD}
    return (await person.client.post("/api/auth/activations", json=body)).status_code


async def sign_in(installation: Installation, person: Visitor, name: str, phone: str) -> dict[str, Any]:
    """Both steps of an official's sign-in; whoever is signed in is in ``person`` afterwards."""
    asked = await person.sign_in(name, PASSWORD)
    assert asked.json()["code"] == "code_required", asked.text
    body = {"account": name, "password": PASSWORD, "proof": asked.json()["ticket"]}
    code = await last_code(installation.runtime, phone)
    answer = await person.client.post("/api/auth/sessions", json={**body, "code": code})
    assert answer.status_code == 201, answer.text
    person.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    found: dict[str, Any] = answer.json()
    return found


class TestTheWholeBeginning:
    @pytest.mark.req("STAFF-11", "AUTH-07", "AUTH-12", "AUTH-28")
    async def test_from_the_command_to_the_first_city_and_unit(
        self, installation: Installation, person: Visitor
    ) -> None:
        said = await installation.process(*flags())
        assert (said.code, said.err) == (0, "")
        assert await activate(person, token_of(said.out)) == 200
        await sign_in(installation, person, WHO["--login"], WHO["--phone"])
        for form, grants in (
            (body_form("320100", permissions=["disease_control", "account_management"]), "city"),
            (body_form("320102", permissions=["health_administration"]), "county"),
            (whole_form(), "unit"),
        ):
            applicant = Applicant(installation.runtime, Visitor(person.client, person.address))
            assert (await applicant.create(**form)).status_code == 201
            assert (await applicant.submit()).status_code == 200
            opened = await act(person.client, installation.runtime, applicant, "open", login_name=f"{grants}0001")
            assert opened.status_code == 200, opened.text
            words = await newest_text(installation.runtime, form["phone"], "activation")
            assert await activate(person, words.split("/activate#")[1].split()[0]) == 200
        levels = {"city0001": Level.CITY, "county0001": Level.COUNTY, "unit0001": Level.UNIT}
        async with installation.runtime.database.unit_of_work() as session:
            accounts = (await session.scalars(select(Account))).unique().all()
        assert {a.login_name: a.organisation.level for a in accounts if a.login_name != WHO["--login"]} == levels

    async def test_it_opens_whatever_a_province_can_have(self, installation: Installation, person: Visitor) -> None:
        """Its own grants are few; another account of the province gets the rest by it."""
        said = await installation.begin()
        await activate(person, token_of(said.out))
        await sign_in(installation, person, WHO["--login"], WHO["--phone"])
        account = await first_account(installation)
        body = {
            "organisation_id": str(account.organisation_id),
            "person_name": "林若梅",
            "phone": new_mobile(),
            "grants": ["health_administration", "account_management", "disease_control"],
            "valid_from": account.valid_from.isoformat(),
            "valid_until": account.valid_until.isoformat(),
        }
        opened = await person.client.post("/api/auth/accounts", json=body)
        assert opened.status_code == 201, opened.text
        assert set(opened.json()["permissions"]) >= {Permission.ACCOUNT_MANAGEMENT, Permission.PROVINCE_REVIEW}


class TestWhatIsWritten:
    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_state_history_and_events_are_of_one_piece(self, installation: Installation) -> None:
        said = await installation.begin(kind="health_administration", years="2", email="a@example.cn")
        assert said.code == 0, said.err
        account = await first_account(installation)
        body = account.organisation
        assert (account.portal, account.granted) == (
            Portal.OFFICIALS,
            GRANTS[OrganisationKind.HEALTH_ADMINISTRATION],
        )
        assert (account.password_hash, account.email, account.phone) == (None, "a@example.cn", WHO["--phone"])
        assert account.valid_until.year - account.valid_from.year == 2
        assert (body.level, body.region_code, body.kinds) == (Level.PROVINCE, "320000", ["health_administration"])
        async with installation.runtime.database.unit_of_work() as session:
            rows = [
                await history_of(session, RecordType("account"), account.id),
                await history_of(session, RecordType("organisation"), body.id),
            ]
            told = (await session.scalars(text("SELECT type FROM events"))).all()
        assert [[row.action for row in each] for each in rows] == [["open"], ["open"]]
        assert {OrganisationChanged.type, AccountChanged.type} <= set(told)

    @pytest.mark.req("PLAT-05")
    async def test_no_phone_and_no_secret_but_the_link_is_shown(self, installation: Installation) -> None:
        said = await installation.begin()
        assert WHO["--phone"] not in said.out + said.err
        assert "139****3462" in said.out
        assert (said.out + said.err).count(token_of(said.out)) == 1
        words = await newest_text(installation.runtime, WHO["--phone"], "activation")
        assert token_of(said.out) in words

    async def test_a_platform_that_can_send_no_code_is_told_so(self, installation: Installation) -> None:
        assert "PLATFORM_SMS_URL" in (await installation.begin()).out


class TestOnce:
    async def test_a_second_one_is_refused_and_nothing_changes(self, installation: Installation) -> None:
        await installation.begin()
        said = await installation.begin(login="jscdc02", phone="13951803463", credit_code="11320000MB1957183B")
        assert (said.code, said.out) == (1, "")
        assert "只能开设一次" in said.err
        assert "refused: province_begun" in said.err
        assert (await count(installation, "accounts"), await count(installation, "organisations")) == (1, 1)

    async def test_of_two_at_once_one_begins(self, installation: Installation) -> None:
        first = FirstAccount.model_validate({question.field: WHO[question.flag] for question in QUESTIONS[:6]})
        other = first.model_copy(
            update={"login_name": "jscdc02", "phone": new_mobile(), "credit_code": new_credit_code()}
        )
        database = installation.runtime.database

        async def begin_too() -> None:
            async with database.unit_of_work() as session:
                await open_first_account(session, other)

        async with database.unit_of_work() as session:
            await open_first_account(session, first)
            second = asyncio.create_task(begin_too())
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            while not second.done() and not await session.scalar(waits):
                await asyncio.wait({second}, timeout=0.02)
        with pytest.raises(ProvinceBegun):
            await second
        assert await count(installation, "accounts") == 1

    @pytest.mark.parametrize(
        ("changes", "flag", "words"),
        [
            ({"phone": "1395180346"}, "--phone", "手机号码应为11位数字"),
            ({"credit_code": "123200004660089161"}, "--credit-code", "校验位不符"),
            ({"region": "320100"}, "--region", "以 0000 结尾"),
            ({"login": "JS 01"}, "--login", "小写字母、数字或下划线"),
            ({"years": "4"}, "--years", "应不大于 3"),
            ({"kind": "other"}, "--kind", "不在可选范围内"),
            ({"person": None}, "--person", "缺少"),
        ],
    )
    def test_a_wrong_or_missing_answer_is_named_by_its_flag(
        self, changes: dict[str, str | None], flag: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            main(flags(**changes))
        assert ended.value.code == 2
        lines = capsys.readouterr().err.splitlines()
        assert [flag in line and words in line for line in lines] == [True], lines

    async def test_a_province_that_is_none_today_is_refused_whole(self, installation: Installation) -> None:
        said = await installation.begin(region="990000")
        assert (said.code, "refused: region_unknown" in said.err) == (1, True)
        assert (await count(installation, "accounts"), await count(installation, "organisations")) == (0, 0)


class TestAgain:
    async def test_while_unused_a_new_link_kills_the_old_one(self, installation: Installation, person: Visitor) -> None:
        old = token_of((await installation.begin()).out)
        said = await installation.run("--again")
        new = token_of(said.out)
        assert said.code == 0
        assert await activate(person, old) == 409
        assert await activate(person, new) == 200
        again = await installation.run("--again")
        assert (again.code, "refused: already_activated" in again.err) == (1, True)

    @pytest.mark.req("AUTH-29")
    async def test_once_there_is_another_manager_that_one_renews_it(self, installation: Installation) -> None:
        await installation.begin()
        runtime = installation.runtime
        await add_account(runtime, *GRANTS[OrganisationKind.DISEASE_CONTROL], level=Level.PROVINCE, region="320000")
        async with runtime.database.unit_of_work() as session:
            with pytest.raises(AlreadyActivated):
                await renew_first_link(session)

    async def test_a_mistyped_phone_is_put_right(self, installation: Installation) -> None:
        await installation.begin()
        said = await installation.run("--again", "--phone", "13951803470")
        account = await first_account(installation)
        assert (said.code, account.phone) == (0, "13951803470")
        async with installation.runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert [row.action for row in rows] == ["open", "change_phone"]

    async def test_before_the_beginning_there_is_nothing_to_renew(self, installation: Installation) -> None:
        said = await installation.run("--again")
        assert (said.code, "refused: province_not_begun" in said.err) == (1, True)


class TestAsking:
    def test_every_field_has_a_question_and_a_required_one_is_asked_for(self) -> None:
        assert {question.field for question in QUESTIONS} == set(FirstAccount.model_fields)
        required = {name for name, field in FirstAccount.model_fields.items() if field.is_required()}
        assert {question.field for question in QUESTIONS if question.required} == required

    async def test_at_a_terminal_it_asks_for_what_the_flags_leave_out(self, installation: Installation) -> None:
        keyboard, terminal = os.openpty()
        try:
            os.write(keyboard, f"1395180346\n{WHO['--phone']}\n{WHO['--login']}\n".encode())
            words = [word for question in QUESTIONS[:4] for word in (question.flag, WHO[question.flag])]
            said = await installation.process(*words, terminal=terminal)
        finally:
            os.close(keyboard)
            os.close(terminal)
        assert said.code == 0, said.err
        assert "手机号码应为11位数字" in said.err
        assert (await first_account(installation)).phone == WHO["--phone"]

    def test_it_asks_until_the_answer_is_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        answers = iter(["", "12345", " 13951803462 "])
        question = next(question for question in QUESTIONS if question.field == "phone")
        assert ask(question, lambda _words: next(answers)) == "13951803462"
        assert capsys.readouterr().err.count("not valid") == 2

    def test_an_answer_is_judged_by_the_rules_of_the_api(self) -> None:
        assert problem_of("phone", WHO["--phone"]) is None
        assert problem_of("organisation_name", " ") == "请填写此项"


class TestGrants:
    def test_both_kinds_of_body_manage_accounts(self) -> None:
        for grants in GRANTS.values():
            assert Permission.ACCOUNT_MANAGEMENT in permissions_of(grants, Level.PROVINCE)
