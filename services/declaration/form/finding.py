"""Where the rules of the form are broken: kind, basics, classes and factors. Each function is a row's of ``rules.RULES``."""

from collections.abc import Iterator

from services.declaration.factors import catalogue
from services.declaration.factors.classes import WITHOUT_SURVEILLANCE
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.filled import Filled, FilledClass
from services.declaration.form.hits import Hit, Proposal, Situation
from services.declaration.form.table import REQUIRED


def required(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-04."""
    for name, label in REQUIRED.items():
        if getattr(form, name) is None:
            yield Hit(name, {"label": label})


def change_reason(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-02."""
    if form.kind is DeclarationKind.CHANGE and form.change_reason is None:
        yield Hit("change_reason")


def initial_again(form: Filled, situation: Situation) -> Iterator[Hit]:
    """DECL-02: the first is the first once."""
    if form.kind is DeclarationKind.INITIAL and situation.has_approved:
        yield Hit("kind", proposal=Proposal("kind", DeclarationKind.CHANGE.value, "改为变更申报"))


def nothing_declared_yet(form: Filled, situation: Situation) -> Iterator[Hit]:
    """DECL-02, DECL-09: what came from the old system begins with a change."""
    if situation.has_approved or form.kind is DeclarationKind.INITIAL:
        return
    if form.kind is DeclarationKind.CHANGE and form.change_reason in {None, ChangeReason.SYSTEM_UPDATE}:
        return
    first = Proposal("kind", DeclarationKind.INITIAL.value, "改为初次申报")
    yield Hit("kind", {"kind": form.kind.label}, first)


def annual_too_early(form: Filled, situation: Situation) -> Iterator[Hit]:
    """BEY-10: the unit's own cycle."""
    opens = situation.annual_opens
    if form.kind is DeclarationKind.ANNUAL and opens is not None and situation.today < opens:
        yield Hit("kind", {"declared_on": situation.declared_on, "opens": opens})


def ended_missing(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.kind is DeclarationKind.CANCELLATION and form.ended_on is None:
        yield Hit("ended_on")


def ended_ahead(form: Filled, situation: Situation) -> Iterator[Hit]:
    if form.kind is DeclarationKind.CANCELLATION and form.ended_on and form.ended_on > situation.today:
        yield Hit("ended_on", {"day": form.ended_on})


def exposed_above_staff(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """X21."""
    exposed, staff, outsourced = form.exposed_count, form.staff_count, form.outsourced_count
    if exposed is None or staff is None or outsourced is None:
        return
    if exposed > staff + outsourced:
        words = {"exposed": exposed, "staff": staff, "outsourced": outsourced, "sum": staff + outsourced}
        yield Hit("exposed_count", words)


def trained_above_exposed(form: Filled, _situation: Situation) -> Iterator[Hit]:
    trained, exposed = form.trained_count, form.exposed_count
    if trained is not None and exposed is not None and trained > exposed:
        proposal = Proposal("trained_count", exposed, f"改为{exposed}人")
        yield Hit("trained_count", {"trained": trained, "exposed": exposed}, proposal)


def no_class(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-06."""
    if not form.hazards:
        yield Hit("hazards")


def class_total(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, hazard in enumerate(form.hazards):
        if not hazard.exposed_count:
            largest = max((each.exposed_count or 0 for each in hazard.factors), default=0)
            field = f"hazards.{at}.exposed_count"
            proposal = Proposal(field, largest, f"填{largest}人") if largest else None
            yield Hit(field, {"name": _class_total(hazard)}, proposal)


def class_factors(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, hazard in enumerate(form.hazards):
        if not hazard.factors:
            yield Hit(f"hazards.{at}.factors", {"label": hazard.label})


def factor_count(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """The national form asks for the persons of six factors by themselves (矽尘, 煤尘, 石棉粉尘, 铅, 苯, 噪声)."""
    for at, hazard in enumerate(form.hazards):
        for index, factor in enumerate(hazard.factors):
            if factor.exposed_count == 0 or (factor.exposed_count is None and factor.counted_alone):
                yield Hit(f"hazards.{at}.factors.{index}.exposed_count", {"name": f"“{factor.name}”接触人数"})


def old_factor(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, hazard in enumerate(form.hazards):
        for index, factor in enumerate(hazard.factors):
            if factor.entry is None:
                words = {"name": factor.name, "code": factor.factor_code, "edition": catalogue.current().edition}
                yield Hit(f"hazards.{at}.factors.{index}.factor_code", words)


def own_name_missing(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, hazard in enumerate(form.hazards):
        for index, factor in enumerate(hazard.factors):
            if factor.entry and factor.entry.unlisted and not factor.own_name:
                yield Hit(f"hazards.{at}.factors.{index}.own_name", {"name": factor.entry.name})


def own_name_listed(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """One factor goes by one code, or no statistic finds it."""
    for at, hazard in enumerate(form.hazards):
        for index, factor in enumerate(hazard.factors):
            listed = factor.own_name and catalogue.current().named(factor.own_name, hazard.class_code)
            if listed:
                field = f"hazards.{at}.factors.{index}.factor_code"
                proposal = Proposal(field, listed.code, f"改为目录中的“{listed.name}”")
                yield Hit(field, {"name": factor.own_name, "code": listed.code}, proposal)


def exposure_above_total(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-05, FAQ-D6: each count by itself, never their sum, since one person may meet several factors."""
    total = form.exposed_count
    if total is None:
        return
    counts = form.counts
    largest = max((count for _, _, count in counts), default=0)
    proposal = Proposal("exposed_count", largest, f"将接害总人数（含外委）改为{largest}人")
    for field, name, count in counts:
        if count > total:
            yield Hit(field, {"name": name, "count": count, "total": total, "largest": largest}, proposal)


def factor_above_class(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, hazard in enumerate(form.hazards):
        largest = max((each.exposed_count or 0 for each in hazard.factors), default=0)
        proposal = Proposal(f"hazards.{at}.exposed_count", largest, f"将{_class_total(hazard)}改为{largest}人")
        for index, factor in enumerate(hazard.factors):
            if (factor.exposed_count or 0) > (hazard.exposed_count or 0) > 0:
                words = {
                    "name": f"“{factor.name}”接触人数",
                    "count": factor.exposed_count,
                    "class_name": _class_total(hazard),
                    "total": hazard.exposed_count,
                }
                yield Hit(f"hazards.{at}.factors.{index}.exposed_count", words, proposal)


def surveillance(form: Filled, _situation: Situation) -> Iterator[Hit]:
    reason = surveillance_refusal(form) if form.surveillance_done else None
    if reason:
        proposal = Proposal("surveillance_done", False, "改为未开展")
        yield Hit("surveillance_done", {"reason": reason}, proposal)


def surveillance_refusal(form: Filled) -> str | None:
    """Why 职业健康监护 cannot be 已开展, naming the classes and factors that cause it (DECL-06, FAQ-D5); None when it can."""
    if not form.classes or not form.classes <= WITHOUT_SURVEILLANCE:
        return None
    names = "；".join(_described(hazard) for hazard in form.hazards)
    return (
        f"危害因素种类只选择了{names}，只有生物因素或其他因素时，职业健康监护不能选择“已开展”。"
        "请选择“未开展”，或核对危害因素种类是否漏选"
    )


def _described(hazard: FilledClass) -> str:
    names = "、".join(each.name for each in hazard.factors)
    return f"{hazard.label}（{names}）" if names else hazard.label


def _class_total(hazard: FilledClass) -> str:
    return f"{hazard.label}接触总人数"
