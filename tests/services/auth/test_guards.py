"""Who may do what with accounts, bodies, applications and cases, and when. Without a database."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.auth.access.accounts import workflow as accounts
from services.auth.access.accounts.workflow import not_overseer
from services.auth.desks.applications import workflow as applications
from services.auth.desks.applications.workflow import ApplicationStatus, edit_refusal
from services.auth.desks.cases import workflow as cases
from services.auth.desks.cases.workflow import CaseKind
from services.auth.directory.organisations import workflow as organisations
from services.auth.directory.organisations.workflow import bodies_below, is_above, not_editor
from shared.identifiers import new_id
from shared.roles import Grant, Level, Permission, Portal
from tests.conftest import make_actor
from tests.guarding import LAST, MOMENT, NEXT, TODAY, Case, check, some, titles, told

REVIEW, OVERSIGHT, MANAGE = (
    Permission.DECLARATION_REVIEW,
    Permission.DECLARATION_OVERSIGHT,
    Permission.ACCOUNT_MANAGEMENT,
)
COUNTY = make_actor(REVIEW, level=Level.COUNTY)
CITY = make_actor(REVIEW, MANAGE, level=Level.CITY)
PROVINCE = make_actor(OVERSIGHT, MANAGE, level=Level.PROVINCE)
FIRST = make_actor(MANAGE, level=Level.PROVINCE)
ADMINISTRATION = Grant.PLATFORM_ADMINISTRATION


def account(*granted: Grant, level: Level = Level.COUNTY, portal: Portal = Portal.OFFICIALS, **known: Any) -> Any:
    unknown = {
        "id": new_id(),
        "organisation_id": FIRST.organisation_id,
        "organisation": some(level=level),
        "portal": portal,
        "granted": granted or (Grant.DISEASE_CONTROL,),
        "first_id": FIRST.account_id,
        "is_first": False,
        "locked_until": None,
        "needs_code": True,
        "valid_until": TODAY,
    }
    return some(**{**unknown, **known})


HELD = account(ADMINISTRATION, Grant.DISEASE_CONTROL, level=Level.PROVINCE)
THREE_YEARS = date(2029, 3, 10)
OVERSEEN = [
    (account(), None, CITY),
    (account(id=CITY.account_id), "own_account", CITY),
    (account(level=Level.CITY), "needs_superior", CITY),
    (account(level=Level.CITY, portal=Portal.TRAINING), None, CITY),
    (account(level=Level.PROVINCE), None, PROVINCE),
    (HELD, "needs_first_account", PROVINCE),
    (HELD, None, FIRST),
]
LOCKED = account(locked_until=LAST + MOMENT)
ACCOUNTS = [
    *(Case(accounts._overseer, *each) for each in OVERSEEN),
    Case(accounts._closer, account(), None, CITY),
    Case(accounts._closer, account(level=Level.PROVINCE, is_first=True), "first_account_stays", PROVINCE),
    Case(accounts._closer, account(level=Level.CITY), "needs_superior", CITY),
    Case(accounts._may_be_granted, account(level=Level.PROVINCE), None, FIRST),
    Case(accounts._may_be_granted, HELD, "administration_held", FIRST),
    Case(accounts._may_be_granted, account(organisation_id=new_id()), "other_organisation", FIRST),
    Case(
        accounts._may_be_granted,
        account(level=Level.PROVINCE, organisation_id=PROVINCE.organisation_id),
        "needs_first_account",
        PROVINCE,
    ),
    Case(
        accounts._may_be_granted,
        account(id=PROVINCE.account_id, level=Level.PROVINCE, organisation_id=PROVINCE.organisation_id),
        "own_account",
        PROVINCE,
    ),
    Case(accounts._may_be_granted, account(id=FIRST.account_id, level=Level.PROVINCE), "own_account", FIRST),
    Case(accounts._may_be_revoked, HELD, None, FIRST),
    Case(accounts._may_be_revoked, account(level=Level.PROVINCE), "administration_not_held", FIRST),
    Case(accounts._may_be_revoked, account(ADMINISTRATION, level=Level.PROVINCE), "only_grant", FIRST),
    Case(accounts._may_be_revoked, HELD, "other_organisation", PROVINCE),
    Case(accounts._locked, LOCKED, None, CITY),
    Case(accounts._locked, LOCKED, "not_locked", CITY, NEXT),
    Case(accounts._locked, account(), "not_locked", CITY),
    Case(accounts._locked, LOCKED, "needs_superior", COUNTY),
    Case(accounts._asked_for_codes, account(), None, CITY),
    Case(accounts._asked_for_codes, account(needs_code=False), "no_codes", CITY),
    Case(accounts._asked_for_codes, account(level=Level.CITY), "needs_superior", CITY),
    Case(accounts._extender, account(), None, CITY),
    Case(accounts._extender, account(), "needs_city", COUNTY),
    Case(accounts._extender, account(level=Level.CITY), "needs_superior", CITY),
    Case(accounts._extender, account(valid_until=THREE_YEARS - timedelta(days=1)), None, CITY),
    Case(accounts._extender, account(valid_until=THREE_YEARS), "valid_long_enough", CITY, says="2029-03-10"),
    Case(accounts._extender, account(valid_until=THREE_YEARS), None, CITY, NEXT),
]


def case(kind: CaseKind = CaseKind.APPEAL, level: Level = Level.COUNTY, desk: Level = Level.COUNTY) -> Any:
    return some(kind=kind, level=level, desk_level=desk)


HOLDER = new_id()
OTHERS = [
    Case(organisations._superior, some(id=new_id(), level=Level.COUNTY), None, CITY),
    Case(organisations._superior, some(id=new_id(), level=Level.CITY), "needs_superior", CITY),
    Case(organisations._superior, some(id=CITY.organisation_id, level=Level.CITY), "own_organisation", CITY),
    Case(
        organisations._superior, some(id=PROVINCE.organisation_id, level=Level.PROVINCE), "own_organisation", PROVINCE
    ),
    Case(organisations._superior, some(id=new_id(), level=Level.PROVINCE), None, PROVINCE),
    Case(organisations._closer, some(id=new_id(), level=Level.CITY, first_holder_id=new_id()), None, PROVINCE),
    Case(organisations._closer, some(id=new_id(), level=Level.CITY, first_holder_id=None), None, PROVINCE),
    Case(
        organisations._closer,
        some(id=HOLDER, level=Level.CITY, first_holder_id=HOLDER),
        "holds_first_account",
        PROVINCE,
    ),
    Case(organisations._closer, some(id=HOLDER, level=Level.CITY, first_holder_id=HOLDER), "needs_superior", CITY),
    Case(applications._city, some(level=Level.UNIT), None, CITY),
    Case(applications._city, some(level=Level.UNIT), None, PROVINCE),
    Case(applications._city, some(level=Level.UNIT), "not_the_city", COUNTY),
    Case(applications._city, some(level=Level.COUNTY), None, CITY),
    Case(applications._city, some(level=Level.CITY), "needs_superior", CITY),
    Case(applications._city, some(level=Level.CITY), None, PROVINCE),
    Case(cases._desk, case(), None, COUNTY),
    Case(cases._desk, case(), "not_your_desk", CITY, says="账号申诉由所在地区县卫生健康委办理"),
    Case(cases._desk, case(desk=Level.CITY), None, CITY),
    Case(cases._desk, case(desk=Level.CITY), None, COUNTY),
    Case(cases._desk, case(level=Level.CITY, desk=Level.CITY), "not_your_desk", COUNTY),
    Case(cases._desk, case(), "not_your_desk", make_actor(level=Level.COUNTY)),
    Case(cases._desk, case(CaseKind.ENQUIRY, Level.PROVINCE, Level.PROVINCE), None, PROVINCE),
    Case(cases._desk, case(CaseKind.RESIDENT_ID, Level.PROVINCE, Level.PROVINCE), "not_your_desk", CITY, says="省疾控"),
    Case(cases._accepted, case(CaseKind.CREDIT_CODE), None, COUNTY),
    Case(cases._accepted, case(), "case_decided", COUNTY, says="账号申诉已办理完毕"),
    Case(cases._accepted, case(CaseKind.CREDIT_CODE), "not_your_desk", CITY),
]
CASES = [*ACCOUNTS, *OTHERS]


@pytest.mark.req("AUTH-05", "AUTH-07", "AUTH-20", "AUTH-26", "AUTH-29", "AUTH-31", "STAFF-11", "ORG-12")
@pytest.mark.parametrize("each", CASES, ids=titles(CASES))
def test_what_a_guard_says(each: Case) -> None:
    check(each)


@pytest.mark.req("AUTH-29")
@pytest.mark.parametrize(("record", "code", "actor"), OVERSEEN)
def test_who_looks_after_an_account(record: Any, code: str | None, actor: Any) -> None:
    told(not_overseer(record, actor), code)


@pytest.mark.req("ORG-12")
@pytest.mark.req("ORG-08")
def test_who_corrects_what_is_known_of_a_body() -> None:
    body = some(id=CITY.organisation_id, level=Level.CITY)
    peer = make_actor(MANAGE, level=Level.CITY)
    for actor, code in ((CITY, None), (PROVINCE, None), (peer, "needs_superior")):
        told(not_editor(body, actor), code)


def test_who_stands_above_whom() -> None:
    levels = (Level.UNIT, Level.COUNTY, Level.CITY, Level.PROVINCE)
    above = {(high, low) for high in levels for low in levels if is_above(make_actor(level=high), low)}
    higher = {(levels[high], levels[low]) for high in range(4) for low in range(high)}
    assert above == {*higher, (Level.PROVINCE, Level.PROVINCE)}
    assert bodies_below(Level.PROVINCE) == (Level.COUNTY, Level.CITY)
    assert bodies_below(Level.COUNTY) == ()


@pytest.mark.req("AUTH-05")
def test_the_years_that_are_suggested_can_be_taken() -> None:
    def offered(valid_until: date) -> list[str]:
        return [each.value for each in accounts._extensions(account(valid_until=valid_until), LAST)["valid_until"]]

    assert offered(date(2025, 1, 1)) == ["2027-03-10", "2028-03-10", "2029-03-10"]
    assert offered(date(2026, 6, 1)) == ["2027-06-01", "2028-06-01"]
    assert offered(THREE_YEARS) == []


@pytest.mark.req("AUTH-07")
@pytest.mark.parametrize("status", ApplicationStatus)
def test_which_applications_are_edited(status: ApplicationStatus) -> None:
    told(edit_refusal(some(status=status)), None if status in {"draft", "returned"} else f"status_is_{status}")
