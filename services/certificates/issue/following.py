"""What comes after a certificate: another one where a person revoked it, under a number of its own (STAFF-10, STAFF-15), and the units to
which its holder moves (BEY-14).
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue import repository
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import begin, certificate_of, next_number
from services.certificates.issue.workflow import CERTIFICATE
from shared.clock import beijing_today, now_utc
from shared.errors import Conflict
from shared.events.training import ResultCorrected
from shared.events.training_people import PersonMoved
from shared.identity import SYSTEM, Actor
from shared.workflow.definition import ActionBody

MAX_REASON = 500


class AlreadyFollowed(Conflict):
    code = "certificate_already_followed"


# What a certificate that follows a revoked one says as that did.
_CARRIED_ON = (
    "registration_id",
    "class_session_id",
    "person_id",
    "holder_name",
    "holder_pieces",
    "resident_id",
    "sex",
    "unit_id",
    "known_to",
    "unit_name",
    "region_code",
    "plan_id",
    "plan_type",
    "plan_name",
    "session_no",
    "training_kind",
    "start_date",
    "end_date",
    "hours",
    "specialties",
    "valid_until",
    "issuer",
    "photo_id",
    "photo_key",
)


async def follow_revoked(session: AsyncSession, result: ResultCorrected, reason: str) -> None:
    """Another certificate under a number of its own for a result whose last one a person had revoked, and which was corrected since
    (STAFF-10)."""
    issued_on = beijing_today(result.published_at)
    pattern = await repository.pattern_for(session, result.plan_type)
    number = await next_number(session, pattern, result, issued_on)
    await begin(session, certificate_of(result, pattern, number, issued_on), SYSTEM, reason)


@CERTIFICATE.effect("issue_anew")
async def _issue_anew(session: AsyncSession, certificate: Certificate, actor: Actor, body: ActionBody) -> None:
    """The revoked one stays as it is. Raises ``AlreadyFollowed`` where another stands in its place."""
    current = await repository.get_of_result(
        session, registration_id=certificate.registration_id, class_session_id=certificate.class_session_id
    )
    if current is not None and current.id != certificate.id:
        last = f"该培训最近一张证书是 {current.number}（{current.status.label}）"
        raise AlreadyFollowed(f"{last}，请在那一张上办理" if current.status.is_revoked else f"{last}，无需重新发证")
    issued_on = beijing_today(now_utc())
    pattern = await repository.pattern_for(session, certificate.plan_type)
    number = await next_number(session, pattern, certificate, issued_on)
    same = {name: getattr(certificate, name) for name in _CARRIED_ON}
    new = Certificate(**same, number=number, issued_on=issued_on, plan_type_label=pattern.label)
    await begin(session, new, actor, f"证书 {certificate.number} 撤销后重新发证：{body.reason}"[:MAX_REASON])


async def follow_person(session: AsyncSession, moved: PersonMoved) -> None:
    """The unit to which a person moved sees and downloads what the old one does (BEY-14); told again, nothing happens."""
    seen = await repository.make_known(session, moved.person_id, moved.from_unit_id, moved.to_unit_id)
    for certificate_id in seen:
        CERTIFICATE.note(
            session, certificate_id, "become_known", actor=SYSTEM, after={"unit_id": str(moved.to_unit_id)}
        )
