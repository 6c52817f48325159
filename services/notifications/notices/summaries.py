"""How what an event lists is said in a sentence that still fits a text message: the first few, then 等 and how many."""

from collections import defaultdict

from shared.events.declaration import DeclarationDue, DeclarationUrged
from shared.events.training import QualificationsExpiring, RegistrationReturned
from shared.events.training_selection import ClassSessionPutOff

_SHOWN = 3


def ending_certificates(event: QualificationsExpiring) -> dict[str, str]:
    """``people`` how many, ``who`` with which certificates until when, ``plans`` what they can be registered for (BEY-06)."""
    of_person: dict[str, list[str]] = defaultdict(list)
    for each in event.qualifications:
        of_person[each.person_name].append(f"{each.category}，{each.expires_on}")
    named = [f"{name}（{'；'.join(ends)}）" for name, ends in of_person.items()]
    plans = list(dict.fromkeys(f"“{each.plan_name}”" for each in event.qualifications if each.plan_name))
    return {
        "people": str(len(named)),
        "who": _first_of(named, "人"),
        "plans": f"现可报名{_first_of(plans, '个培训班')}，" if plans else "",
    }


def returned(event: RegistrationReturned) -> dict[str, str]:
    """``next``: who does not meet the conditions has nothing to mend."""
    mend = "请修改后在报名截止前重新报名"
    return {"next": mend if event.mendable else "该人员不符合本班报名条件，无需重新报名；有疑问请联系省疾控"}


def put_off(event: ClassSessionPutOff) -> dict[str, str]:
    """``seats``: who of the unit keeps a place and who has lost it (STAFF-14)."""
    kept = f"贵单位 {event.kept} 人保留名额" if event.kept else ""
    lost = f"{event.people}因与其他班次的日期冲突退回待选班，请重新选班" if event.people else ""
    return {"seats": "；".join(part for part in (kept, lost) if part) or "贵单位的候补顺序不变"}


def due_declaration(event: DeclarationDue) -> dict[str, str]:
    """``what`` with the reason of a 变更申报, ``left`` how long there is (BEY-10)."""
    left = f"还有 {event.days_left} 天" if event.days_left else "今天是最后一天"
    return {
        "what": f"{event.kind_label}（{event.change_label}）" if event.change_label else event.kind_label,
        "left": left,
    }


def urged_declaration(event: DeclarationUrged) -> dict[str, str]:
    """``late``: for how long its last day has been over."""
    return {"late": f"已逾期 {event.days_late} 天" if event.days_late else "尚未办理"}


def _first_of(parts: list[str], unit: str) -> str:
    more = f"等 {len(parts)} {unit}" if len(parts) > _SHOWN else ""
    return "、".join(parts[:_SHOWN]) + more
