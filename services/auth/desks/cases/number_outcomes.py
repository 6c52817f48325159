"""What becomes of a code or an id that misses its check digit, once a scan of it was looked at (STAFF-15): accepted with exactly its name,
taken back when that was wrong. Training is told of ids, as it types them, too.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.cases.models import Case
from services.auth.desks.cases.outcomes import tell
from services.auth.desks.cases.schemas import NumberDetails
from services.auth.desks.cases.workflow import CASE, CaseKind
from services.auth.directory.accepted import service as accepted
from services.auth.directory.accepted.models import NumberKind
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import ResidentIdJudged
from shared.events.log import record
from shared.identity import Actor
from shared.workflow.definition import ActionBody

KINDS = {CaseKind.CREDIT_CODE: NumberKind.CREDIT_CODE, CaseKind.RESIDENT_ID: NumberKind.RESIDENT_ID}


async def accept_number(session: AsyncSession, case: Case, _actor: Actor, _body: ActionBody) -> None:
    """It may be typed from now on, with its name."""
    details = NumberDetails.model_validate_json(case.details)
    kind = KINDS[case.kind]
    await accepted.accept(session, kind=kind, number=details.number, name=details.name, case_id=case.id)
    _judge(session, case, details, accepted=True)
    tell(session, case, f"您的{case.kind.label}（编号 {case.number}）已通过，请用申请时的名称和号码继续填写。")


async def describe_number(_session: AsyncSession, case: Case) -> str:
    """The number in full, to be compared with the scan."""
    details = NumberDetails.model_validate_json(case.details)
    return (
        f"{KINDS[case.kind].label} {details.number}（{details.name}）的校验位与国家标准不符。"
        "通过后，只有这一号码与这一名称一同填写时才可使用；请与证件扫描件逐位核对"
    )


@CASE.effect("take_back")
async def take_back(session: AsyncSession, case: Case, actor: Actor, body: ActionBody) -> None:
    """It was accepted by mistake; the applicant learns why."""
    case.decided_at, case.decision_reason = now_utc(), body.reason
    await accepted.take_back(session, case.id)
    _judge(session, case, NumberDetails.model_validate_json(case.details), accepted=False)
    tell(
        session,
        case,
        f"您的{case.kind.label}（编号 {case.number}）已撤销：{body.reason}。如有疑问请联系{actor.organisation_name}。",
    )


def _judge(session: AsyncSession, case: Case, details: NumberDetails, *, accepted: bool) -> None:
    if case.kind is CaseKind.RESIDENT_ID:
        sealed = Sealed.seal(field_cipher(), details.number)
        record(
            session,
            ResidentIdJudged(case_id=case.id, resident_id=sealed, person_name=details.name, accepted=accepted),
        )
