"""The employer's own view of its 注册信息: what it may edit, what only others may set and how that is changed, and what an edit leads to
(ORG-11, FAQ-D4, PLAT-02).
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.blocking import office_of
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import EmployerRead, OpenDeclaration
from services.declaration.employers.models import Employer
from services.declaration.employers.schemas import FixedField, FixedFieldStep
from services.declaration.form.choices import DeclarationKind
from services.declaration.regions.repository import names_of
from shared.addresses import BY_NAME
from shared.errors import AppError
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal

_CORRECTION = FixedFieldStep(label="申请更正信用代码", path=BY_NAME["enterprise-correction"].path)


async def read_employer(
    session: AsyncSession,
    employer: Employer,
    waiting: Declaration | None,
    refusal: AppError | None,
    *,
    has_declared: bool,
) -> EmployerRead:
    """``waiting`` is its record that is not settled, ``refusal`` why nothing can be edited now."""
    names = await names_of(session, {employer.region_code})
    reviewer = await office_of(session, employer.region_code, employer.review_level)
    edit = button("update", "修改", Refusal(refusal.code, refusal.detail) if refusal else None)
    region = names.get(employer.region_code, employer.region_code)
    return EmployerRead.of(
        employer,
        region_label=region,
        fixed=_fixed(employer, f"{region}卫生健康部门", reviewer),
        open_declaration=OpenDeclaration.of(waiting) if waiting else None,
        consequence="" if refusal else _consequence(waiting, has_declared=has_declared),
        allowed_actions=[edit],
    )


def _consequence(waiting: Declaration | None, *, has_declared: bool) -> str:
    if waiting is not None:
        which = f"{waiting.declared_on}的{waiting.kind.label}（{waiting.status.label}）"
        return f"保存后，修改立即体现在{which}中，无需刷新；请核对后提交。"
    kind = DeclarationKind.CHANGE if has_declared else DeclarationKind.INITIAL
    return f"保存后自动新建一份{kind.label}，并列出修改前后的内容；请核对后提交。"


def _fixed(employer: Employer, office: str, reviewer: str) -> list[FixedField]:
    return [
        FixedField(
            field="credit_code",
            label="统一社会信用代码",
            value=employer.credit_code,
            reason=f"登记时已核验，不能自行修改；有误请上传营业执照申请更正，由{office}审核",
            next_step=_CORRECTION,
        ),
        FixedField(
            field="branch_no",
            label="分支机构编号",
            value=employer.branch_no or "不是分支机构",
            reason="没有独立信用代码的分支机构在总机构的代码下登记；有误请与信用代码一并申请更正",
            next_step=_CORRECTION,
        ),
        FixedField(
            field="affiliation",
            label="隶属关系",
            value=employer.affiliation.label,
            reason=f"由{office}认定，现由{reviewer}审核本单位的申报；与实际不符请与{office}联系，由其改定",
            next_step=None,
        ),
    ]
