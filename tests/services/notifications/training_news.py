"""One event of every kind that training tells units and the province about, for ``unit``."""

from datetime import date
from typing import Any
from uuid import UUID

from shared.events import certificates, training, training_people, training_selection
from shared.events.base import Event
from shared.identifiers import new_id
from tests.services.notifications.arrivals import PERSON, PLAN

SESSION: dict[str, Any] = {"class_session_id": new_id(), "session_no": 2}
UNIT: dict[str, Any] = {"unit_name": "南京测试医院", "region_code": "320102"}
LATE: dict[str, Any] = {"late_entry_id": new_id(), **PLAN}
QUEUE: dict[str, Any] = {"entry_id": new_id(), **PLAN, **SESSION, "people": "王医生、李医生"}
MOVE: dict[str, Any] = {"transfer_id": new_id(), "person_name": "王医生"}


def expiring_certificates(unit: UUID, days: int, *people: str, **line: Any) -> training.QualificationsExpiring:
    """A certificate of each of these people ends within so many days; none can be renewed unless ``line`` says so."""
    values: dict[str, Any] = {
        "category": "职业病诊断医师",
        "number": "苏职诊2022001",
        "expires_on": date(2026, 12, 22),
        "plan_id": None,
        "plan_name": None,
    }
    lines = (
        training.ExpiringQualification(qualification_id=new_id(), person_name=each, **{**values, **line})
        for each in people
    )
    return training.QualificationsExpiring(unit_id=unit, days_left=days, qualifications=tuple(lines))


def registration_news(unit: UUID) -> list[Event]:
    """What becomes of registrations besides approval and return."""
    of_person: dict[str, Any] = {**PLAN, **PERSON, "unit_id": unit}
    return [
        training.PlanDeadlineChanged(**PLAN, deadline_before=date(2026, 5, 1), registration_deadline=date(2026, 5, 8)),
        training.RegistrationReviewUndone(**of_person, undone_label="审核结果"),
        training.ReturnRequested(**of_person, **UNIT, reason="专业类别报错"),
        training.ReturnRequestDeclined(**of_person, reason="名单已经上报"),
        training.CorrectionGranted(**of_person, until=date(2026, 6, 10)),
        training.RegistrationDetailsChanged(**of_person, **UNIT, changed="住宿类型、收件地址"),
        training.LateEntryRequested(**LATE, **UNIT, unit_id=unit, reason="人员临时到岗"),
        training.LateEntryDecided(**LATE, unit_id=unit, granted=True, answer="已同意补报，请在 2026-06-10 前完成报名"),
        training.RegistrationClosing(**PLAN, registration_deadline=date(2026, 5, 1), hours_left=24, unit_ids=(unit,)),
    ]


def selection_news(unit: UUID) -> list[Event]:
    """Deadlines of selection, the queue, people who move, and a certificate made again."""
    issued: dict[str, Any] = {
        "certificate_id": new_id(),
        "number": "苏职诊2026001",
        "class_session_id": new_id(),
        "plan_type": "diagnosis",
        "plan_name": PLAN["plan_name"],
        "specialties": (),
        "issued_on": date(2026, 7, 1),
        "valid_until": None,
    }
    return [
        training_selection.SelectionClosing(**PLAN, **SESSION, selection_deadline=date(2026, 6, 1), unit_ids=(unit,)),
        training_selection.SelectionReminded(**PLAN, selection_deadline=date(2026, 6, 1), unit_ids=(unit,)),
        training_selection.SelectionFinished(**PLAN, unit_id=unit, placed=3, unplaced=1),
        training_selection.ClassSessionChanged(**PLAN, **SESSION, unit_ids=(unit,), changes="培训地点由“甲”改为“乙”"),
        training_selection.ClassSessionPutOff(
            **PLAN,
            **SESSION,
            unit_id=unit,
            before="第2期（2026-06-10 至 2026-06-12）",
            after="2026-06-20 至 2026-06-22",
            location="南京",
            reason="场地维修",
            kept=2,
            people="王医生",
        ),
        training_selection.ClassSessionCalledOff(
            **PLAN, **SESSION, unit_id=unit, days="2026-06-10 至 2026-06-12", reason="场地维修", people="王医生"
        ),
        training_selection.SeatOffered(**QUEUE, unit_id=unit, until="2026-06-01 17:00"),
        training_selection.WaitingEnded(**QUEUE, unit_id=unit, why="逾期未确认"),
        training_people.TransferProposed(
            **MOVE, proposed_by=new_id(), proposed_by_name="苏州医院", asked_unit_id=unit, direction="调入该单位"
        ),
        training_people.TransferDecided(
            **MOVE, from_unit_id=unit, to_unit_id=new_id(), proposed_by=unit, outcome="已调动", reason=""
        ),
        training_people.IdentityCorrectionRequested(
            correction_id=new_id(), person_name="王医生", unit_name="南京测试医院", what="姓名", reason="登记时录错"
        ),
        training_people.IdentityCorrectionDecided(
            correction_id=new_id(), person_name="王医生", unit_ids=(unit,), answer="姓名已更正"
        ),
        certificates.CertificateReissued(**issued, **PERSON, unit_id=unit),
    ]
