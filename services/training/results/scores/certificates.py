"""What certificates tell of a result's certificate, kept beside the result and in the person's file: its number, that it was issued again,
that it was revoked (CERT-04, STAFF-09, STAFF-10).
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.repository import qualification_of
from services.training.people.personnel.service import add_certificate
from services.training.people.personnel.workflow import PERSON
from services.training.results.scores import certificate_repository
from services.training.results.scores.workflow import SCORE_SHEET
from shared.events.certificates import CertificateIssued, CertificateReissued, CertificateRevoked
from shared.identity import SYSTEM
from shared.wording import Word, unsaid

SCORE_SHEET.words.update(
    registration_id=unsaid("报名"), certificate=Word("证书编号"), by_correction=Word("因更正而撤销")
)


async def note_certificate(session: AsyncSession, event: CertificateIssued) -> None:
    """The certificate's number stands beside the result from now on (CERT-04)."""
    await certificate_repository.keep_certificate(
        session,
        registration_id=event.registration_id,
        class_session_id=event.class_session_id,
        certificate_id=event.certificate_id,
        number=event.number,
    )


async def renew_certificate(session: AsyncSession, event: CertificateReissued) -> None:
    """The row in the person's file says what the certificate says now, and counts again if a correction had revoked it (STAFF-09)."""
    await add_certificate(session, event)
    row = await qualification_of(session, event.certificate_id)
    assert row is not None
    before = {"scope": list(row.scope), "expires_on": row.expires_on and row.expires_on.isoformat()}
    row.scope, row.issued_on, row.expires_on = list(event.specialties), event.issued_on, event.valid_until
    row.revoked_at = None
    after = {"scope": row.scope, "expires_on": row.expires_on and row.expires_on.isoformat()}
    PERSON.note(
        session,
        row.person_id,
        "renew",
        actor=SYSTEM,
        before={"certificate": event.number, **before},
        after={"certificate": event.number, **after},
    )


async def forget_certificate(session: AsyncSession, event: CertificateRevoked) -> None:
    """A revoked certificate has no number and no download here (X13); the sheet remembers it, so that a later correction can say that
    what a person revoked does not come back."""
    gone = await certificate_repository.drop_certificate(session, event.certificate_id)
    if gone is None:
        return
    registration_id, class_session_id = gone
    SCORE_SHEET.note(
        session,
        class_session_id,
        certificate_repository.REVOKED,
        actor=SYSTEM,
        after={
            "registration_id": str(registration_id),
            "certificate": event.number,
            "by_correction": event.by_correction,
        },
        reason=event.reason,
    )
