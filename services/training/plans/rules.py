"""What holds inside one plan, whoever writes it: which fields may change when (STAFF-01), and the bundles of specialties that are
examined together (考核组, X30).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from services.training.plans.workflow import PlanStatus
from shared.errors import Conflict, FieldError, InvalidInput

# What harms nobody who has registered: words, and what is filled in for those who are added later.
HARMLESS = frozenset(
    {
        "content",
        "other_matters",
        "notice",
        "credit_help",
        "lodging_help",
        "default_needs_credit",
        "default_lodging",
        "contact_name",
        "contact_phone",
        "attachment_ids",
    }
)
DEADLINE, GROUPS = "registration_deadline", "exam_groups"


class PlanListed(Conflict):
    code = "plan_listed"


class PlanEnded(Conflict):
    code = "plan_ended"
    detail = "培训计划已结束，不能再修改"


class PlanInUse(Conflict):
    code = "plan_in_use"
    detail = (
        "培训计划已有人报名，只能修改培训内容、其他事项、报名须知、学分证和住宿的说明及默认值、"
        "咨询联系人和电话、附件，或推迟报名截止日期"
    )


def check_in_use(names: Collection[str], *, later: bool) -> None:
    """What changes in a plan that people have registered for; ``later`` when the deadline is put off. Raises ``PlanInUse``, one error per
    refused field (STAFF-01)."""
    refused = sorted(set(names) - HARMLESS - ({DEADLINE} if later else set()))
    if refused:
        raise PlanInUse(errors=[FieldError(name, PlanInUse.code, _why(name)) for name in refused])


def _why(name: str) -> str:
    if name == DEADLINE:
        return "已有人报名，报名截止日期只能推迟"
    return "已有人报名，不能修改此项；确需不同的，请另建培训计划"


def editing_of(status: PlanStatus, name: str, *, in_use: bool) -> tuple[bool, str]:
    """(whether this field can be changed now, why): ``in_use`` when people have registered (STAFF-01)."""
    if not status.is_editable:
        return False, PlanEnded.detail
    if status.is_drafted:
        return True, "草稿，发布前都可修改"
    if not in_use:
        return True, "还没有人报名，可以修改，修改后各单位立即看到"
    if name == DEADLINE:
        return True, _why(name)
    return (True, "不影响已报名的人员，可以修改") if name in HARMLESS else (False, _why(name))


def check_exam_groups(specialties: Sequence[str], groups: Sequence[Sequence[str]], labels: Mapping[str, str]) -> None:
    """Each bundle holds two specialties of the plan or more, and none is in two of them. Raises ``InvalidInput``, one error per bundle,
    in the words of ``labels``; a code that is in no dictionary is its own."""

    def named(codes: Iterable[str]) -> str:
        return "、".join(labels.get(code, code) for code in codes)

    seen: set[str] = set()
    errors = []
    for group in groups:
        if problem := _problem(set(specialties), group, seen, named):
            errors.append(FieldError(GROUPS, *problem))
        seen.update(group)
    if errors:
        raise InvalidInput(errors=errors)


def _problem(
    opened: set[str], group: Sequence[str], seen: set[str], named: Callable[[Iterable[str]], str]
) -> tuple[str, str] | None:
    if unknown := sorted(set(group) - opened):
        return "unknown_code", f"考核组只能由本计划开设的专业类别组成，请去掉：{named(unknown)}"
    if twice := sorted(seen & set(group)):
        return "in_two_groups", f"同一专业类别只能属于一个考核组，请去掉：{named(twice)}"
    if len(set(group)) < 2:
        return "too_few", f"一个考核组至少包含两个专业类别（{named(group)}）；单独考核的不需要设考核组"
    return None
