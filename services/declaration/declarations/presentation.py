"""How a declaration is shown: labels beside codes, the phone masked, every action with its reason when it is refused (PLAT-02, 05)."""

from collections.abc import Mapping
from datetime import datetime

from services.declaration.declarations.checks import problems_of, surveillance_refusal
from services.declaration.declarations.models import Declaration, DeclaredClass
from services.declaration.declarations.schemas import (
    DeclarationListItem,
    DeclarationRead,
    FactorRead,
    HazardRead,
    Option,
    Problem,
)
from services.declaration.declarations.workflow import DECLARATION, delete_refusal, edit_refusal
from shared.crypto import mask_phone
from shared.identity import Actor
from shared.reference.tables import label
from shared.roles import Permission
from shared.workflow.definition import AllowedAction, allowed_actions, button

SURVEILLANCE = {True: "已开展", False: "未开展"}
ACTIONS = {
    "create": "添加",
    "update": "编辑",
    "delete": "删除",
    "open": "打开审核",
    "view_contact": "查看手机号码",
    "follow_employer": "单位信息变更",
}


def list_item(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> DeclarationListItem:
    """One row of a list; ``names`` are the full names of regions by code."""
    return DeclarationListItem(**_row(declaration, names, actor, now))


def read(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> DeclarationRead:
    """The record as ``actor`` may see it; ``names`` as for ``list_item``."""
    own = actor.may(Permission.HAZARD_DECLARATION) and declaration.employer_id == actor.organisation_id
    phone, reason = declaration.contact_phone, declaration.change_reason
    problems = problems_of(declaration) if declaration.status.is_editable else []
    done = declaration.surveillance_done
    return DeclarationRead(
        **_row(declaration, names, actor, now),
        credit_code=declaration.credit_code,
        address=declaration.address,
        legal_representative=declaration.legal_representative,
        change_reason=reason.value if reason else None,
        change_reason_label=reason.label if reason else None,
        contact_name=declaration.contact_name,
        contact_phone=phone if own or phone is None else mask_phone(phone),
        staff_count=declaration.staff_count,
        outsourced_count=declaration.outsourced_count,
        exposed_count=declaration.exposed_count,
        disease_count=declaration.disease_count,
        leader_trained=declaration.leader_trained,
        manager_trained=declaration.manager_trained,
        trained_count=declaration.trained_count,
        surveillance_done=done,
        surveillance_label=None if done is None else SURVEILLANCE[done],
        surveillance_options=_surveillance_options(declaration),
        hazards=[_hazard(hazard) for hazard in declaration.hazards],
        pending_since=declaration.pending_since,
        opened_by_reviewer_at=declaration.opened_by_reviewer_at,
        reviewed_at=declaration.reviewed_at,
        problems=[Problem(field=each.field, code=each.code, message=each.message) for each in problems],
    )


def _row(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "id": declaration.id,
        "employer_id": declaration.employer_id,
        "employer_name": declaration.employer_name,
        "region_code": declaration.region_code,
        "region_label": names.get(declaration.region_code, declaration.region_code),
        "kind": declaration.kind.value,
        "kind_label": declaration.kind.label,
        "declared_on": declaration.declared_on,
        "status": declaration.status.value,
        "status_label": declaration.status.label,
        "reject_reason": declaration.reject_reason,
        "version": declaration.version,
        "allowed_actions": _actions(declaration, actor, now),
    }


def _actions(declaration: Declaration, actor: Actor, now: datetime) -> list[AllowedAction]:
    """The workflow's actions, and for the employer 编辑 and 删除, which change no status (DECL-03)."""
    shown = allowed_actions(DECLARATION, declaration, actor, now)
    if actor.may(Permission.HAZARD_DECLARATION):
        shown = [
            button("edit", "编辑", edit_refusal(declaration)),
            *shown,
            button("delete", "删除", delete_refusal(declaration)),
        ]
    return shown


def _surveillance_options(declaration: Declaration) -> list[Option]:
    """DECL-06, FAQ-D5: the choice that is not possible says why."""
    refusal = surveillance_refusal(declaration)
    return [
        Option(value=True, label=SURVEILLANCE[True], allowed=refusal is None, reason=refusal),
        Option(value=False, label=SURVEILLANCE[False], allowed=True, reason=None),
    ]


def _hazard(hazard: DeclaredClass) -> HazardRead:
    return HazardRead(
        class_code=hazard.class_code.value,
        class_label=hazard.class_code.label,
        exposed_count=hazard.exposed_count,
        factors=[
            FactorRead(
                factor_code=factor.factor_code,
                factor_label=label("hazard_factors", factor.factor_code),
                exposed_count=factor.exposed_count,
            )
            for factor in hazard.factors
        ],
    )
