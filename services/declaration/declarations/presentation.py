"""How a declaration is shown: labels beside codes, the phone masked, every action with its reason when it is refused (PLAT-02, 05)."""

from collections.abc import Mapping
from datetime import datetime

from services.declaration.declarations.checks import problems_of, surveillance_refusal
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import DeclarationListItem, DeclarationRead, Option
from services.declaration.declarations.workflow import DECLARATION, delete_refusal, edit_refusal
from shared.crypto import mask_phone
from shared.identity import Actor
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
    return DeclarationListItem.of(declaration, **_beside(declaration, names, actor, now))


def read(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> DeclarationRead:
    """The record as ``actor`` may see it; ``names`` as for ``list_item``."""
    own = actor.may(Permission.HAZARD_DECLARATION) and declaration.employer_id == actor.organisation_id
    phone, done = declaration.contact_phone, declaration.surveillance_done
    problems = problems_of(declaration) if declaration.status.is_editable else []
    return DeclarationRead.of(
        declaration,
        **_beside(declaration, names, actor, now),
        contact_phone=phone if own or phone is None else mask_phone(phone),
        surveillance_label=None if done is None else SURVEILLANCE[done],
        surveillance_options=_surveillance_options(declaration),
        problems=problems,
    )


def _beside(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "region_label": names.get(declaration.region_code, declaration.region_code),
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
