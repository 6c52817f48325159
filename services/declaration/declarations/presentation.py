"""How a declaration is shown: labels beside codes, the phone masked, secret products to those who are named, every action with its reason
when it is refused (PLAT-02, 05).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.declaration.declarations.content import comparable
from services.declaration.declarations.contents import filled_of, problems_of
from services.declaration.declarations.guards import UNDO_WITHIN
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import (
    DeclarationListItem,
    DeclarationRead,
    FactorRead,
    HazardRead,
    Option,
    Problem,
    ReturnedField,
)
from services.declaration.declarations.workflow import DECLARATION, DeclarationAction, delete_refusal, edit_refusal
from services.declaration.factors.catalogue import name_of
from services.declaration.form.choices import FileKind
from services.declaration.form.differences import Difference, differences
from services.declaration.form.filled import Filled
from services.declaration.form.finding import surveillance_refusal
from services.declaration.form.table import LABELS, part_of, words_for
from services.declaration.form.versions import changes_since
from shared.attachments import Attachment
from shared.crypto import mask_phone
from shared.identity import Actor
from shared.roles import Permission
from shared.web.attached import by_kind
from shared.workflow.buttons import AllowedAction, allowed_actions, button
from shared.workflow.definition import refusal_of

SURVEILLANCE = {True: "已开展", False: "未开展"}
ACTIONS = {
    "create": "添加",
    "update": "编辑",
    "delete": "删除",
    "view_contact": "查看手机号码",
    "view_products": "查看涉密产品",
    "follow_employer": "单位信息变更",
    "bring_over": "更新到新版申报表",
    "attach": "更新附件",
    "print": "生成文书",
    "import_legacy": "自原系统导入",
    "undo_import": "撤销原系统导入",
}
IMPORTED = (
    "基本信息自原系统导入（变更原因：系统更新），请逐项核对；"
    "主要产品、危害因素、检测和职业健康监护的内容因口径不同没有导入，请重新填写"
)
PRODUCTS_HIDDEN = "涉密产品只有本单位和指定的审核人员能看到，如需查看请由区县级卫生健康部门指定"


def list_item(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> DeclarationListItem:
    """One row of a list; ``names`` are the full names of regions by code."""
    return DeclarationListItem.of(declaration, **_beside(declaration, names, actor, now))


def read(
    declaration: Declaration,
    names: Mapping[str, str],
    actor: Actor,
    now: datetime,
    *,
    files: Sequence[Attachment] = (),
    sees_products: bool = False,
) -> DeclarationRead:
    """The record as ``actor`` may see it; ``names`` as for ``list_item``. ``sees_products`` of one who is named for a confidential unit."""
    own = actor.may(Permission.HAZARD_DECLARATION) and declaration.employer_id == actor.organisation_id
    phone, done = declaration.contact_phone, declaration.surveillance_done
    problems = problems_of(declaration, now) if declaration.status.is_editable else []
    hidden = declaration.confidential and not (own or sees_products)
    return DeclarationRead.of(
        declaration,
        **_beside(declaration, names, actor, now),
        contact_phone=phone if own or phone is None else mask_phone(phone),
        industry_label=declaration.industry and words_for("industry", declaration.industry),
        products=[] if hidden else declaration.products,
        products_hidden=PRODUCTS_HIDDEN if hidden else None,
        hazards=_hazards(declaration),
        surveillance_label=None if done is None else SURVEILLANCE[done],
        surveillance_options=surveillance_options(filled_of(declaration)),
        attachments=by_kind(FileKind, files),
        has_receipt=declaration.status.is_settled,
        imported_note=IMPORTED if declaration.imported_at and declaration.status.is_editable else None,
        undo_until=_undo_until(declaration, actor, now),
        returned_fields=[
            ReturnedField(section=part_of(path), field=path, label=LABELS.get(path.split(".")[0], path))
            for path in declaration.returned_fields
        ],
        changes_since_return=_since_return(declaration),
        form_changes=changes_since(declaration.form_version) if declaration.status.is_editable else [],
        problems=[Problem.of(each) for each in problems],
    )


def _undo_until(declaration: Declaration, actor: Actor, now: datetime) -> datetime | None:
    """While the last decision can be taken back (BEY-11)."""
    action = DeclarationAction.UNDO_REVIEW
    decided = declaration.reviewed_at
    if decided is None or not actor.may(*DECLARATION.permissions_for(action)):
        return None
    return None if refusal_of(DECLARATION, declaration, action, actor, now) else decided + UNDO_WITHIN


def _since_return(declaration: Declaration) -> list[Difference]:
    then = declaration.returned_content
    return differences(then, comparable(declaration)) if then else []


def _hazards(declaration: Declaration) -> list[HazardRead]:
    """Factors by the names of the edition that the record was filled with."""
    return [
        HazardRead.of(
            hazard,
            factors=[
                FactorRead.of(
                    factor,
                    own_name=factor.own_name or None,
                    factor_label=factor.own_name or name_of(factor.factor_code, declaration.catalogue),
                )
                for factor in hazard.factors
            ],
        )
        for hazard in declaration.hazards
    ]


def _region_label(declaration: Declaration, names: Mapping[str, str]) -> str:
    """Where it is reviewed, and beside it what it was declared for where that is no longer the same."""
    here = names.get(declaration.region_code, declaration.region_code)
    if declaration.declared_region is None:
        return here
    return f"{here}（申报时为{names.get(declaration.declared_region, declaration.declared_region)}）"


def _beside(declaration: Declaration, names: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "region_label": _region_label(declaration, names),
        "allowed_actions": actions_of(declaration, actor, now),
    }


def actions_of(declaration: Declaration, actor: Actor, now: datetime) -> list[AllowedAction]:
    """The workflow's actions, and for the employer 编辑 and 删除, which change no status (DECL-03)."""
    shown = allowed_actions(DECLARATION, declaration, actor, now)
    if actor.may(Permission.HAZARD_DECLARATION):
        shown = [
            button("edit", "编辑", edit_refusal(declaration)),
            *_over(declaration),
            *shown,
            button("delete", "删除", delete_refusal(declaration)),
        ]
    return shown


def _over(declaration: Declaration) -> list[AllowedAction]:
    """Only where there is a newer form."""
    if not declaration.status.is_editable or not changes_since(declaration.form_version):
        return []
    words = "已填写的内容不变，新增的项目待补充。"
    address = f"/api/declaration/declarations/{declaration.id}/bring-over"
    offered = button("bring_over", ACTIONS["bring_over"], consequence=words)
    return [offered.model_copy(update={"href": address})]


def surveillance_options(form: Filled) -> list[Option]:
    """DECL-06, FAQ-D5: the choice that is not possible says why."""
    refusal = surveillance_refusal(form)
    return [
        Option(value=True, label=SURVEILLANCE[True], allowed=refusal is None, reason=refusal),
        Option(value=False, label=SURVEILLANCE[False], allowed=True, reason=None),
    ]
