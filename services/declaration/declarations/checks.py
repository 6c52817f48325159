"""What a declaration must satisfy before it can be submitted (DECL-04…06, X21), as pure functions of the loaded record: each yields the
fields that are wrong, in Chinese, with what to do. Drafts may fail them; who may submit and when is in ``workflow.py``.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from services.declaration.declarations.choices import DeclarationKind
from services.declaration.factors.classes import WITHOUT_SURVEILLANCE, HazardClass
from shared.errors import FieldError
from shared.reference.tables import label, row

if TYPE_CHECKING:  # the record is made after what it is checked by
    from services.declaration.declarations.models import Declaration, DeclaredClass, DeclaredFactor

TOTAL_RULE: Final = "接触总人数应小于等于接害总人数（含外委）"
REQUIRED: Final = {
    "contact_name": "职业卫生管理联系人",
    "contact_phone": "手机号码",
    "staff_count": "本单位在册职工总数",
    "outsourced_count": "外委人员总数",
    "exposed_count": "接害总人数（含外委）",
    "disease_count": "职业病累计人数",
    "leader_trained": "主要负责人培训",
    "manager_trained": "职业卫生管理人员培训",
    "trained_count": "接触职业病危害因素年度培训总人数",
    "surveillance_done": "职业健康监护开展情况",
}


def problems_of(declaration: "Declaration") -> list[FieldError]:
    """Everything that keeps this declaration from being submitted; empty when it is complete and sound."""
    return [problem for check in CHECKS for problem in check(declaration)]


def surveillance_refusal(declaration: "Declaration") -> str | None:
    """Why 职业健康监护 cannot be 已开展, naming the classes and factors that cause it (DECL-06, FAQ-D5); None when it can."""
    classes = {hazard.class_code for hazard in declaration.hazards}
    if not classes or not classes <= WITHOUT_SURVEILLANCE:
        return None
    names = "；".join(_described(hazard) for hazard in declaration.hazards)
    return (
        f"危害因素种类只选择了{names}，只有生物因素或其他因素时，职业健康监护不能选择“已开展”。"
        "请选择“未开展”，或核对危害因素种类是否漏选"
    )


def _described(hazard: "DeclaredClass") -> str:
    factors = "、".join(label("hazard_factors", factor.factor_code) for factor in hazard.factors)
    return f"{hazard.class_code.label}（{factors}）" if factors else str(hazard.class_code.label)


def _missing(declaration: "Declaration") -> Iterator[FieldError]:
    for name, title in REQUIRED.items():
        if getattr(declaration, name) is None:
            yield FieldError(name, "missing", f"请填写{title}")


def _change_reason(declaration: "Declaration") -> Iterator[FieldError]:
    """DECL-02."""
    if declaration.kind is DeclarationKind.CHANGE and declaration.change_reason is None:
        yield FieldError("change_reason", "missing", "变更申报须选择变更原因")


def _within_staff(declaration: "Declaration") -> Iterator[FieldError]:
    """X21."""
    exposed, staff, outsourced = declaration.exposed_count, declaration.staff_count, declaration.outsourced_count
    if exposed is None or staff is None or outsourced is None:
        return
    if exposed > staff + outsourced:
        yield FieldError(
            "exposed_count",
            "exposed_above_staff",
            f"接害总人数（含外委）{exposed}人，大于在册职工{staff}人与外委人员{outsourced}人之和"
            f"{staff + outsourced}人，请核对这三项",
        )


def _trained_within_exposed(declaration: "Declaration") -> Iterator[FieldError]:
    trained, exposed = declaration.trained_count, declaration.exposed_count
    if trained is not None and exposed is not None and trained > exposed:
        yield FieldError(
            "trained_count",
            "trained_above_exposed",
            f"年度培训总人数{trained}人，不能大于接害总人数（含外委）{exposed}人，请核对这两项",
        )


def _hazards_complete(declaration: "Declaration") -> Iterator[FieldError]:
    """Each class that there is has a total and its factors; a factor that the form counts by itself has its number."""
    if not declaration.hazards:
        yield FieldError("hazards", "missing", "请至少选择一类职业病危害因素")
    for at, hazard in enumerate(declaration.hazards):
        if not hazard.exposed_count:
            yield FieldError(f"hazards.{at}.exposed_count", "missing", f"请填写{_class_total(hazard)}，应大于0")
        if not hazard.factors:
            yield FieldError(f"hazards.{at}.factors", "missing", f"请选择{hazard.class_code.label}的具体因素")
        for index, factor in enumerate(hazard.factors):
            field = f"hazards.{at}.factors.{index}.exposed_count"
            if factor.exposed_count == 0 or (factor.exposed_count is None and _counted_alone(factor.factor_code)):
                yield FieldError(field, "missing", f"请填写{_factor_count(factor)}，应大于0")


def _within_exposed(declaration: "Declaration") -> Iterator[FieldError]:
    """DECL-05, FAQ-D6: each count by itself, never their sum, since one person may meet several factors."""
    total = declaration.exposed_count
    if total is None:
        return
    counts = list(_counts(declaration))
    largest = max((count for _, _, count in counts), default=0)
    for field, name, count in counts:
        if count > total:
            yield FieldError(
                field,
                "exposure_above_total",
                f"{TOTAL_RULE}：{name}{count}人，接害总人数（含外委）只填了{total}人。接害总人数是接触任一危害因素的"
                f"总人数，同一人只计一次；请核对{name}，或将接害总人数改为{largest}人以上",
            )


def _within_class(declaration: "Declaration") -> Iterator[FieldError]:
    for at, hazard in enumerate(declaration.hazards):
        for index, factor in enumerate(hazard.factors):
            if (factor.exposed_count or 0) > (hazard.exposed_count or 0) > 0:
                yield FieldError(
                    f"hazards.{at}.factors.{index}.exposed_count",
                    "factor_above_class",
                    f"{_factor_count(factor)}{factor.exposed_count}人，大于{_class_total(hazard)}"
                    f"{hazard.exposed_count}人，请核对这两项",
                )


def _surveillance(declaration: "Declaration") -> Iterator[FieldError]:
    reason = surveillance_refusal(declaration) if declaration.surveillance_done else None
    if reason:
        yield FieldError("surveillance_done", "surveillance_not_possible", reason)


def _counts(declaration: "Declaration") -> Iterator[tuple[str, str, int]]:
    """(field, what it is called, persons) of every class and factor that has a number."""
    for at, hazard in enumerate(declaration.hazards):
        if hazard.exposed_count is not None:
            yield f"hazards.{at}.exposed_count", _class_total(hazard), hazard.exposed_count
        for index, factor in enumerate(hazard.factors):
            if factor.exposed_count is not None:
                yield f"hazards.{at}.factors.{index}.exposed_count", _factor_count(factor), factor.exposed_count


def _class_total(hazard: "DeclaredClass") -> str:
    class_code: HazardClass = hazard.class_code
    return f"{class_code.label}接触总人数"


def _factor_count(factor: "DeclaredFactor") -> str:
    return f"“{label('hazard_factors', factor.factor_code)}”接触人数"


def _counted_alone(factor_code: str) -> bool:
    """The national form asks for the persons of six factors by themselves (矽尘, 煤尘, 石棉, 铅, 苯, 噪声)."""
    found = row("hazard_factors", factor_code)
    return bool(found and found.fields["declared_separately"])


CHECKS: Final[tuple[Callable[["Declaration"], Iterator[FieldError]], ...]] = (
    _missing,
    _change_reason,
    _within_staff,
    _trained_within_exposed,
    _hazards_complete,
    _within_exposed,
    _within_class,
    _surveillance,
)
