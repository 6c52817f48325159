"""One event of every kind that declaration tells employers and offices about, for ``unit``."""

from datetime import date
from typing import Any
from uuid import UUID

from shared.events import declaration
from shared.events.base import Event
from shared.identifiers import new_id
from shared.roles import Level

DECLARED: dict[str, Any] = {
    "declaration_id": new_id(),
    "employer_name": "南京机械厂",
    "region_code": "320102",
    "kind": "initial",
}
ORDER: dict[str, Any] = {
    "order_id": new_id(),
    "declaration_id": new_id(),
    "employer_name": "南京机械厂",
    "region_code": "320102",
    "organisation_name": "江苏省卫生健康委员会",
    "due_on": date(2026, 12, 1),
}


def desk_news(level: Level) -> list[Event]:
    """What the office of that level has to answer."""
    return [
        declaration.WithdrawalRequested(**DECLARED, employer_id=new_id(), level=level, reason="人数有误"),
        declaration.ReviewOrdered(**ORDER, organisation_id=new_id(), level=level, reason="与上年相差过大"),
    ]


def superior_news(office: UUID) -> list[Event]:
    """What comes back to whoever ordered a re-review."""
    own: dict[str, Any] = {**ORDER, "organisation_id": office, "level": Level.COUNTY}
    return [
        declaration.ReviewAnswered(**own, answered_by="南京市玄武区卫生健康委员会", answer="已核实"),
        declaration.ReviewOverdue(**own),
    ]


def employer_news(unit: UUID) -> list[Event]:
    own: dict[str, Any] = {**DECLARED, "employer_id": unit}
    return [
        declaration.DeclarationApproved(**own),
        declaration.DeclarationRejected(**own, reason="缺少检测报告"),
        declaration.DeclarationRevoked(**own, reason="信息有误"),
        declaration.WithdrawalAnswered(**own, granted=True, answer=""),
        declaration.WithdrawalAnswered(**own, granted=False, answer="已在办理"),
    ]


def group_news(head: UUID, branch: UUID, level: Level = Level.COUNTY) -> list[declaration.GroupEvent]:
    """An invitation, the county asked, what the branch and its county answer, and that the head takes it out."""
    own: dict[str, Any] = {
        "member_id": new_id(),
        "group_name": "江苏某某集团",
        "head_id": head,
        "head_name": "江苏某某公司",
        "employer_id": branch,
        "employer_name": "南京分公司",
        "region_code": "320102",
    }
    by_county = {**own, "settled_by": "南京市玄武区卫生健康委员会"}
    return [
        declaration.GroupInvited(**own),
        declaration.GroupConsentAsked(**own, level=level),
        declaration.GroupAnswered(**own, outcome="已加入"),
        declaration.GroupSettled(**by_county, joined=True, reason=""),
        declaration.GroupSettled(**by_county, joined=False, reason="不是同一家公司"),
        declaration.GroupRemoved(**own),
    ]


def due_news(unit: UUID) -> list[Event]:
    return [
        declaration.DeclarationDue(
            kind="change",
            kind_label="变更申报",
            change_label="经检测、评价，原申报内容发生变化",
            last_day=date(2026, 12, 7),
            days_left=7,
            employer_ids=(unit,),
        ),
        declaration.DeclarationUrged(
            employer_id=unit,
            employer_name="苏州机械厂",
            region_code="320505",
            kind="annual",
            kind_label="年度更新",
            reason="上次申报于2025-09-30，年度更新应在2026-08-31至2026-10-29之间",
            days_late=32,
            urged_by="苏州市虎丘区卫生健康委",
        ),
    ]
