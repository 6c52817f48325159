"""Units with accounts, evidence and filed cases for the tests of cases: each test makes its own."""

import io
import re
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_password
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.tickets import make_ticket
from services.auth.access.texts.models import Text
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.clock import beijing_today, now_utc
from shared.db.history import History
from shared.events.log import EventRow
from shared.identifiers import new_id
from shared.identity import SYSTEM, Actor
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile

CASES = "/api/auth/cases"
COUNTY = "320102"


def case_proof() -> str:
    return make_ticket(Action.CASE, seconds=60)


def scan() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def commission(level: Level = Level.COUNTY, region: str = COUNTY) -> Actor:
    return make_actor(Permission.DECLARATION_REVIEW, level=level, region=region, organisation_name="某区卫生健康委")


def manager(level: Level = Level.CITY, region: str = "320100") -> Actor:
    return make_actor(Permission.ACCOUNT_MANAGEMENT, level=level, region=region, organisation_name="某市疾控中心")


async def add_enterprise(runtime: Runtime, **changes: Any) -> Account:
    """An enterprise with one account; ``password`` is the records' own."""
    return await add_account(runtime, Grant.HAZARD_DECLARATION, portal=Portal.ENTERPRISE, **changes)


async def add_second_account(runtime: Runtime, unit: Organisation, portal: Portal = Portal.ENTERPRISE) -> Account:
    today = beijing_today(now_utc())
    grant = Grant.HAZARD_DECLARATION if portal is Portal.ENTERPRISE else Grant.GROUP_REGISTRATION
    async with runtime.database.unit_of_work() as session:
        body = AccountOpen(
            login_name=f"s{new_id().hex[-12:]}",
            person_name="另一人",
            phone=new_mobile(),
            portal=portal,
            grants=frozenset({grant}),
            password_hash=await hash_password(PASSWORD),
            valid_from=today,
            valid_until=today.replace(year=today.year + 1),
        )
        opened = await session.get_one(Organisation, unit.id)
        return await open_account(session, actor=SYSTEM, organisation=opened, body=body)


async def change(runtime: Runtime, model: Any, record_id: UUID, **values: Any) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(model).where(model.id == record_id).values(**values))


async def fresh(runtime: Runtime, model: Any, record_id: UUID) -> Any:
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(model, record_id)


async def texts_to(runtime: Runtime, phone: str) -> list[str]:
    """The words of every message to this number, oldest first; the worker does not run here."""
    async with runtime.database.unit_of_work() as session:
        rows = (await session.scalars(select(Text).order_by(Text.id.desc()).limit(300))).all()
        return [row.words or "" for row in reversed(rows) if row.phone == phone]


async def history_of_record(runtime: Runtime, record_id: UUID) -> list[History]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(History).where(History.record_id == record_id).order_by(History.id))
        return list(rows)


async def events_about(runtime: Runtime, kind: str, key: str, value: object) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == kind, EventRow.payload[key].astext == str(value))
            .order_by(EventRow.seq)
        )
        return list(rows)


async def prove_phone(runtime: Runtime, person: Visitor, phone: str) -> str:
    """The code that the phone got."""
    answer = await person.client.post(f"{CASES}/codes", json={"phone": phone, "proof": case_proof()})
    assert answer.status_code == 202, answer.text
    found = re.search(r"验证码 (\d{6})", (await texts_to(runtime, phone))[-1])
    assert found
    return found.group(1)


async def upload(person: Visitor, data: bytes | None = None, name: str = "执照.png") -> httpx.Response:
    files = {"file": (name, data if data is not None else scan())}
    return await person.client.post(f"{CASES}/attachments", data={"proof": case_proof()}, files=files)


async def file_case(runtime: Runtime, person: Visitor, path: str, body: dict[str, Any]) -> httpx.Response:
    """With a scan, a proof and the phone's code; what is None is left out."""
    stored = (await upload(person)).json()
    phone = body.setdefault("phone", new_mobile())
    full = {
        "reason": "原手机号码已停用",
        "applicant_name": "张三",
        "code": await prove_phone(runtime, person, phone) if body.get("code") is None else body["code"],
        "attachments": [stored["id"]],
        "proof": case_proof(),
        **body,
    }
    given = {name: value for name, value in full.items() if value is not None}
    return await person.client.post(f"{CASES}/{path}", json=given, headers={"X-Applicant-Key": stored["key"]})


async def appeal(runtime: Runtime, person: Visitor, unit: Organisation, **body: Any) -> httpx.Response:
    return await file_case(runtime, person, "appeals", {"credit_code": unit.credit_code, **body})


async def claim(runtime: Runtime, person: Visitor, unit: Organisation, **body: Any) -> httpx.Response:
    own = {"credit_code": unit.credit_code, "name": "总公司有限公司", "region_code": "320104", "address": "秦淮区一号"}
    return await file_case(runtime, person, "claims", {**own, **body})


async def enquire(person: Visitor, **body: Any) -> httpx.Response:
    full = {
        "applicant_name": "李四",
        "region_code": COUNTY,
        "phone": new_mobile(),
        "question": "地区选项中没有我所在的开发区，怎么办？",
        "proof": case_proof(),
        **body,
    }
    return await person.client.post(f"{CASES}/enquiries", json=full)


async def change_lost_phone(runtime: Runtime, person: Visitor, account: Account, **body: Any) -> httpx.Response:
    phone = body.setdefault("phone", new_mobile())
    full = {
        "account": account.login_name,
        "password": PASSWORD,
        "code": await prove_phone(runtime, person, phone) if body.get("code") is None else body["code"],
        "reason": "旧号码已注销",
        "proof": case_proof(),
        **body,
    }
    return await person.client.post(f"{CASES}/phone-changes", json=full)


async def correct(client_for: ClientFor, account: Account, code: str, **body: Any) -> httpx.Response:
    """Filed signed in, with a scan of the licence."""
    actor = make_actor(
        Permission.HAZARD_DECLARATION,
        organisation_id=account.organisation_id,
        account_id=account.id,
        portal=Portal.ENTERPRISE,
    )
    client = await client_for(app, actor)
    stored = await client.post(f"{CASES}/corrections/attachments", files={"file": ("执照.png", scan())})
    full = {"credit_code": code, "reason": "注册时填错", "attachments": [stored.json()["id"]], **body}
    return await client.post(f"{CASES}/corrections", json=full)


async def decide(client_for: ClientFor, actor: Actor, case_id: str, action: str, reason: str | None = None) -> Any:
    client = await client_for(app, actor)
    return await client.post(f"{CASES}/{case_id}/{action}", json={"reason": reason})


async def share_code(runtime: Runtime, head: Account, number: str) -> Account:
    """A branch under its head office's code (ORG-09)."""
    branch = await add_enterprise(runtime)
    values = {
        "credit_code": head.organisation.credit_code,
        "branch_no": number,
        "head_office_id": head.organisation_id,
    }
    await change(runtime, Organisation, branch.organisation_id, **values)
    return branch


async def code_of(runtime: Runtime, account: Account) -> tuple[str, str]:
    unit = await fresh(runtime, Organisation, account.organisation_id)
    return unit.credit_code, unit.branch_no
