"""When a step of a declaration, an order or a membership may be taken. Without a database."""

from datetime import timedelta
from typing import Any

import pytest

from services.declaration.declarations import guards
from services.declaration.declarations.guards import (
    UNDO_WITHIN,
    decided_just_now,
    in_charge,
    is_complete,
    may_answer_request,
    may_be_revoked,
    may_decide,
    may_open,
    may_request_withdrawal,
    may_take_over,
    not_opened,
    withdraw_hint,
)
from services.declaration.declarations.workflow import DeclarationStatus, delete_refusal, edit_refusal
from services.declaration.form.table import VERSION
from services.declaration.groups.workflow import (
    ASK_AGAIN_AFTER,
    MemberStatus,
    may_accept,
    may_consent,
    may_invite,
    may_refuse,
    of_branch,
    of_head,
)
from services.declaration.orders import workflow as orders
from services.declaration.papers.workflow import form_refusal, receipt_refusal
from shared.roles import Level
from tests.conftest import make_actor
from tests.guarding import LAST, MOMENT, SOMEBODY, Case, check, some, titles, told

COUNTY, CITY, PROVINCE = (make_actor(level=level) for level in (Level.COUNTY, Level.CITY, Level.PROVINCE))
ME, COLLEAGUE = COUNTY.account_id, SOMEBODY.account_id
ASKED = LAST - timedelta(hours=1)


def declaration(**known: object) -> Any:
    unknown = {
        "form_version": VERSION,
        "problems": [],
        "opened_by_reviewer_at": None,
        "withdrawal_requested_at": None,
        "review_level": Level.COUNTY,
        "city_stands_in": False,
        "reviewer_id": None,
        "reviewer_name": "李四",
        "employer_has_open": False,
        "reviewed_at": LAST - UNDO_WITHIN,
        "filled_at": None,
    }
    return some(**{**unknown, **known})


def problems(*words: str) -> Any:
    return declaration(problems=[some(message=each) for each in words])


HELD = declaration(reviewer_id=COLLEAGUE, opened_by_reviewer_at=ASKED)
OWN = declaration(reviewer_id=ME, opened_by_reviewer_at=ASKED)
OF_CITY = declaration(review_level=Level.CITY)
DECLARATIONS = [
    Case(is_complete, declaration(), None),
    Case(is_complete, declaration(form_version=1), "form_version_changed", says="……。请点击"),
    Case(is_complete, problems("一", "二", "三"), "declaration_incomplete", says="还有3处需要修改：一；二；三"),
    Case(is_complete, problems("一", "二", "三", "四"), "declaration_incomplete", says="还有4处需要修改：一；二；三……"),
    Case(not_opened, declaration(), None),
    Case(not_opened, OWN, "opened_by_reviewer", says="2026-03-10 22:59"),
    Case(may_request_withdrawal, OWN, None),
    Case(may_request_withdrawal, declaration(), "may_withdraw"),
    Case(
        may_request_withdrawal,
        declaration(opened_by_reviewer_at=ASKED, withdrawal_requested_at=ASKED),
        "withdrawal_requested",
        says="2026-03-10 22:59",
    ),
    Case(in_charge, declaration(), None, COUNTY),
    Case(in_charge, declaration(), "not_reviewer_in_charge", CITY, says="区县级"),
    Case(in_charge, declaration(), "not_reviewer_in_charge", PROVINCE),
    Case(in_charge, declaration(city_stands_in=True), None, CITY),
    Case(in_charge, declaration(city_stands_in=True), None, COUNTY),
    Case(in_charge, declaration(city_stands_in=True), "not_reviewer_in_charge", PROVINCE),
    Case(in_charge, OF_CITY, None, CITY),
    Case(in_charge, OF_CITY, "not_reviewer_in_charge", COUNTY, says="所在地市级"),
    *(
        Case(guard, *case)
        for guard in (may_open, may_decide)
        for case in (
            (declaration(), None, COUNTY),
            (OWN, None, COUNTY),
            (OF_CITY, "not_reviewer_in_charge", COUNTY),
        )
    ),
    *(
        Case(guard, HELD, "held_by_colleague", COUNTY, says="李四于2026-03-10 22:59打开")
        for guard in (may_open, may_decide)
    ),
    Case(may_open, declaration(reviewer_id=COLLEAGUE), "held_by_colleague", COUNTY, says="李四打开"),
    Case(may_take_over, HELD, None, COUNTY),
    Case(may_take_over, OWN, "held_by_nobody_else", COUNTY),
    Case(may_take_over, declaration(), "held_by_nobody_else", COUNTY),
    Case(may_take_over, HELD, "not_reviewer_in_charge", CITY),
    Case(may_answer_request, declaration(withdrawal_requested_at=ASKED), None, COUNTY),
    Case(may_answer_request, declaration(), "no_withdrawal_requested", COUNTY),
    Case(may_answer_request, HELD, "held_by_colleague", COUNTY),
    Case(may_be_revoked, declaration(), None, COUNTY),
    Case(may_be_revoked, declaration(employer_has_open=True), "open_declaration_exists", COUNTY),
    Case(may_be_revoked, declaration(employer_has_open=True), "not_reviewer_in_charge", CITY),
    Case(decided_just_now, declaration(), None, COUNTY),
    Case(decided_just_now, declaration(), "undo_too_late", COUNTY, LAST + MOMENT),
    Case(decided_just_now, declaration(reviewed_at=None), "undo_too_late", COUNTY),
    Case(decided_just_now, declaration(filled_at=LAST - UNDO_WITHIN), None, COUNTY),
    Case(decided_just_now, declaration(filled_at=LAST), "already_edited", COUNTY),
    Case(decided_just_now, declaration(employer_has_open=True), "open_declaration_exists", COUNTY),
]

BRANCH, HEAD = make_actor(), make_actor()
THERE, ELSEWHERE = make_actor(level=Level.COUNTY), make_actor(level=Level.COUNTY, region="320104")


def member(
    status: MemberStatus = MemberStatus.INVITED, *, active: bool = True, head_active: bool = True, **known: object
) -> Any:
    unknown = {
        "employer_id": BRANCH.organisation_id,
        "employer": some(active=active, region_code="320102"),
        "group": some(head_id=HEAD.organisation_id, head=some(active=head_active)),
        "joined_elsewhere": None,
        "county_asked": True,
        "is_confidential": False,
        "decided_at": None,
        "status": status,
    }
    return some(**{**unknown, **known})


JUST_NOW = member(MemberStatus.DECLINED, decided_at=LAST - ASK_AGAIN_AFTER + MOMENT)
MEMBERS = [
    *(
        Case(guard, record, code, actor)
        for guard, actor in ((may_accept, BRANCH), (may_consent, THERE))
        for record, code in (
            (member(), None),
            (member(active=False), "employer_inactive"),
            (member(head_active=False), "employer_inactive"),
            (member(joined_elsewhere="甲集团"), "member_of_another_group"),
        )
    ),
    Case(may_accept, member(), "not_the_branch", HEAD),
    Case(may_accept, member(active=False), "not_the_branch", HEAD),
    Case(of_branch, member(), None, BRANCH),
    Case(of_branch, member(), "not_the_branch", HEAD),
    Case(of_head, member(), None, HEAD),
    Case(of_head, member(), "not_the_head", BRANCH),
    Case(may_refuse, member(is_confidential=True, active=False), None, THERE),
    Case(may_refuse, member(), "not_its_county", ELSEWHERE),
    Case(may_refuse, member(county_asked=False), "county_not_asked", THERE),
    Case(may_consent, member(), "not_its_county", ELSEWHERE),
    Case(may_consent, member(county_asked=False), "county_not_asked", THERE),
    Case(may_consent, member(is_confidential=True), "confidential_unit", THERE),
    Case(may_invite, member(MemberStatus.DECLINED, decided_at=LAST - ASK_AGAIN_AFTER), None, HEAD),
    Case(may_invite, JUST_NOW, "declined_just_now", HEAD, says="，7 天后"),
    Case(may_invite, JUST_NOW, "not_the_head", BRANCH),
    Case(may_invite, member(MemberStatus.DECLINED), None, HEAD),
    Case(may_invite, member(MemberStatus.LEFT, decided_at=LAST), None, HEAD),
]
ORDER = some(level=Level.COUNTY, organisation_id=CITY.organisation_id, organisation_name="某市卫健委")
ORDERS = [
    Case(orders.in_charge, ORDER, None, COUNTY),
    Case(orders.in_charge, ORDER, "not_reviewer_in_charge", CITY, says="区县级"),
    Case(orders.in_charge, some(level=Level.CITY), "not_reviewer_in_charge", COUNTY, says="的市级"),
    Case(orders.own_order, ORDER, None, CITY),
    Case(orders.own_order, ORDER, "order_of_another", PROVINCE, says="某市卫健委"),
]
CASES = [*DECLARATIONS, *MEMBERS, *ORDERS]


@pytest.fixture(autouse=True)
def _problems_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a form has tests of its own."""
    monkeypatch.setattr(guards, "problems_of", lambda record, _now: record.problems)


@pytest.mark.req("DECL-03", "DECL-10", "DECL-12", "DECL-13", "BEY-11", "BEY-17", "FAQ-D8", "FAQ-D19", "FAQ-D22")
@pytest.mark.parametrize("case", CASES, ids=titles(CASES))
def test_what_a_guard_says(case: Case) -> None:
    check(case)


@pytest.mark.req("PLAT-02")
def test_what_is_wrong_is_told_whole_up_to_three() -> None:
    refusal = is_complete(problems("一", "二", "三"), SOMEBODY, LAST)
    assert refusal is not None
    assert refusal.reason.endswith("一；二；三")


@pytest.mark.req("FAQ-D7")
def test_the_hint_to_withdraw_says_whether_it_can_be() -> None:
    assert withdraw_hint(declaration(), SOMEBODY, LAST).startswith("如需修改")
    assert "申请撤回" in withdraw_hint(OWN, SOMEBODY, LAST)


@pytest.mark.req("DECL-03")
@pytest.mark.parametrize(
    ("status", "edited", "deleted"),
    [
        (DeclarationStatus.DRAFT, None, None),
        (DeclarationStatus.REJECTED, None, "status_is_rejected"),
        (DeclarationStatus.PENDING, "status_is_pending", "status_is_pending"),
        (DeclarationStatus.APPROVED, "status_is_approved", "status_is_approved"),
    ],
)
def test_which_records_are_edited_and_deleted(
    status: DeclarationStatus, edited: str | None, deleted: str | None
) -> None:
    record = some(status=status)
    told(edit_refusal(record), edited)
    told(delete_refusal(record), deleted)


@pytest.mark.req("DECL-14")
def test_which_papers_there_are() -> None:
    def of(status: DeclarationStatus) -> Any:
        return some(status=status)

    told(receipt_refusal(of(DeclarationStatus.APPROVED)), None)
    told(receipt_refusal(of(DeclarationStatus.PENDING)), "not_approved")
    told(form_refusal(of(DeclarationStatus.DRAFT), 1), "declaration_incomplete", "1 处")
    told(form_refusal(of(DeclarationStatus.DRAFT), 0), None)
    told(form_refusal(of(DeclarationStatus.PENDING), 1), None)
