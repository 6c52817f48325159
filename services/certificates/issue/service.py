"""What can be done with certificates: issued on a published result, seen, downloaded, revoked, made again after a failure (STAFF-10).
How a page is made is ``printing``'s business.
"""

from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.hints import RENDER_DUE
from services.certificates.issue import name_repository, repository
from services.certificates.issue.buttons import actions_on
from services.certificates.issue.models import Certificate, CertificateEdition, NumberPattern, RenderJob
from services.certificates.issue.numbering import fill, number_of
from services.certificates.issue.printed import changes_between, facts_of
from services.certificates.issue.schemas import CertificateRead, read_of
from services.certificates.issue.workflow import (
    CERTIFICATE,
    CertificateAction,
    NewFacts,
    Remake,
    StoredFile,
)
from services.certificates.settings import certificates_settings
from shared.clock import beijing_today, now_utc
from shared.db.history import history_of
from shared.db.session import note_hint
from shared.db.types import field_cipher
from shared.events.training import ResultPublished
from shared.identity import SYSTEM, Actor
from shared.logging import correlation_id
from shared.reference.pinyin import person_pieces
from shared.roles import Permission
from shared.web.histories import HistoryEntry, history_entries
from shared.wording import Word, unsaid
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

# Who may read a resident id in full: the holder's own unit, and who manages certificates (PLAT-05).
FULL_VIEW = (Permission.GROUP_REGISTRATION, Permission.CERTIFICATE_MANAGEMENT)


DONE = {
    "issue": "编号",
    "view_full": "查看完整身份证号",
    "download": "下载",
    "bundle": "打包下载",
    "keep_revoked": "更正后仍为撤销",
    "become_known": "随人员调动对新单位可见",
}

# Where the page lies and by what it is known is the platform's business.
_UNSAID = unsaid("文件")
CERTIFICATE.words.update(
    number=Word("证书编号"),
    specialties=Word("专业类别"),
    failure=Word("失败原因"),
    holder_name=Word("姓名"),
    sex=Word("性别"),
    unit_id=unsaid("调入单位"),
    template_version=Word("证书模板"),
    edition=Word("版次"),
    photo_id=_UNSAID,
    photo_key=_UNSAID,
    storage_key=_UNSAID,
    sha256=_UNSAID,
    size=_UNSAID,
)


class Numbered(Protocol):
    """What a number is made of, besides the pattern and the day."""

    @property
    def session_no(self) -> int: ...

    @property
    def region_code(self) -> str: ...


async def issue_certificate(session: AsyncSession, result: ResultPublished) -> None:
    """Numbers a certificate for a passed result and asks for its page (CERT-05, CERT-06). A result that has one already gets no
    second; of two at once the unique constraint refuses the later, whose number goes back with its transaction."""
    if not result.passed:
        return
    known = await repository.get_of_result(
        session, registration_id=result.registration_id, class_session_id=result.class_session_id
    )
    if known is not None:
        return
    issued_on = beijing_today(result.published_at)
    pattern = await repository.pattern_for(session, result.plan_type)
    number = await next_number(session, pattern, result, issued_on)
    await begin(session, certificate_of(result, pattern, number, issued_on), SYSTEM)


async def next_number(session: AsyncSession, pattern: NumberPattern, of: Numbered, issued_on: date) -> str:
    """The next of the series; it goes back with the transaction."""
    prefix = filled_prefix(pattern, of, issued_on)
    return number_of(prefix, await repository.next_serial(session, prefix), pattern.digits)


async def begin(session: AsyncSession, certificate: Certificate, actor: Actor, reason: str | None = None) -> None:
    """Keeps a numbered certificate and asks for its page."""
    session.add(certificate)
    await name_repository.keep(session, certificate)
    await session.flush()
    after = {"number": certificate.number, "status": certificate.status.value}
    CERTIFICATE.note(session, certificate.id, "issue", actor=actor, after=after, reason=reason)
    await _ask_for_page(session, certificate)


def filled_prefix(pattern: NumberPattern, result: Numbered, issued_on: date) -> str:
    """The prefix of the series that the certificate of this result is numbered in."""
    return fill(pattern.prefix, year=issued_on.year, session_no=result.session_no, region_code=result.region_code)


def last_valid_day(issued_on: date, years: int | None) -> date | None:
    """The day before the anniversary; None for a certificate without end."""
    if years is None:
        return None
    try:
        anniversary = issued_on.replace(year=issued_on.year + years)
    except ValueError:
        anniversary = date(issued_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def certificate_of(result: ResultPublished, pattern: NumberPattern, number: str, issued_on: date) -> Certificate:
    """What the certificate of a result says."""
    return Certificate(
        number=number,
        registration_id=result.registration_id,
        class_session_id=result.class_session_id,
        person_id=result.person_id,
        holder_name=result.person_name,
        holder_pieces=person_pieces(result.person_name),
        resident_id=result.resident_id.open(field_cipher()),
        sex=result.sex,
        unit_id=result.unit_id,
        known_to=list(result.known_to),
        unit_name=result.unit_name,
        region_code=result.region_code,
        plan_id=result.plan_id,
        plan_type=result.plan_type,
        plan_type_label=pattern.label,
        plan_name=result.plan_name,
        session_no=result.session_no,
        training_kind=result.training_kind,
        start_date=result.start_date,
        end_date=result.end_date,
        hours=result.hours,
        specialties=list(result.specialties),
        issued_on=issued_on,
        valid_until=last_valid_day(issued_on, result.validity_years),
        issuer=certificates_settings().issuer,
        photo_id=result.photo_id,
    )


async def _ask_for_page(session: AsyncSession, certificate: Certificate) -> None:
    session.add(RenderJob(certificate_id=certificate.id, correlation_id=correlation_id.get()))
    await session.flush()
    note_hint(session, RENDER_DUE)


@CERTIFICATE.effect("keep_file", StoredFile)
async def _keep_file(session: AsyncSession, certificate: Certificate, _actor: Actor, body: StoredFile) -> None:
    certificate.storage_key, certificate.sha256, certificate.size = body.storage_key, body.sha256, body.size
    certificate.template_version, certificate.failure = body.template_version, None
    certificate.photo_id, certificate.photo_key = body.photo_id, body.photo_key
    certificate.editions += 1
    facts = facts_of(certificate)
    other_id = certificate.printed_id != certificate.resident_id
    certificate.changed = changes_between(certificate.printed, facts, other_id=other_id)
    certificate.printed, certificate.printed_id = facts, certificate.resident_id
    session.add(
        CertificateEdition(
            certificate_id=certificate.id,
            edition=certificate.editions,
            template_version=body.template_version,
            storage_key=body.storage_key,
            sha256=body.sha256,
            size=body.size,
            holder_name=certificate.holder_name,
        )
    )


@CERTIFICATE.effect("keep_failure")
async def _keep_failure(_: AsyncSession, certificate: Certificate, _actor: Actor, body: ActionBody) -> None:
    certificate.failure = body.reason


@CERTIFICATE.effect("prepare_again", Remake)
async def _prepare_again(session: AsyncSession, certificate: Certificate, _actor: Actor, body: Remake) -> None:
    certificate.failure = None
    if body.without_photo:
        certificate.photo_id = certificate.photo_key = None
    await _ask_for_page(session, certificate)


@CERTIFICATE.effect("keep_revocation")
async def _keep_revocation(_: AsyncSession, certificate: Certificate, _actor: Actor, body: ActionBody) -> None:
    certificate.revoked_on, certificate.revocation_reason = beijing_today(now_utc()), body.reason


@CERTIFICATE.effect("keep_corrected_revocation")
async def _keep_corrected(session: AsyncSession, certificate: Certificate, actor: Actor, body: ActionBody) -> None:
    certificate.revoked_by_correction, certificate.failure = True, None
    await repository.close_open_jobs(session, certificate.id)
    await _keep_revocation(session, certificate, actor, body)


@CERTIFICATE.effect("prepare_reissue", NewFacts)
async def _prepare_reissue(session: AsyncSession, certificate: Certificate, _actor: Actor, body: NewFacts) -> None:
    """A page under way says what was so before, and is given up; the one handed out stays in the store until the next is there."""
    certificate.specialties, certificate.failure = list(body.specialties), None
    take_identity(certificate, body.holder_name, body.sex, body.resident_id.open(field_cipher()))
    certificate.revoked_on = certificate.revocation_reason = None
    certificate.revoked_by_correction = False
    _take_photo(certificate, body.photo_id)
    await repository.close_open_jobs(session, certificate.id)
    await _ask_for_page(session, certificate)


def take_identity(certificate: Certificate, name: str, sex: str, resident_id: str) -> bool:
    """Whose certificate it is, as the person is called now (STAFF-15); whether anything has changed."""
    if (certificate.holder_name, certificate.sex, certificate.resident_id) == (name, sex, resident_id):
        return False
    certificate.holder_name, certificate.holder_pieces = name, person_pieces(name)
    certificate.sex, certificate.resident_id = sex, resident_id
    return True


def _take_photo(certificate: Certificate, photo_id: UUID | None) -> None:
    """The one that the file has now. Where it has none any more, what was printed before is printed again."""
    if photo_id != certificate.photo_id and (photo_id or not certificate.photo_key):
        certificate.photo_id, certificate.photo_key = photo_id, None


def _answer(session: AsyncSession, certificate: Certificate, actor: Actor) -> CertificateRead:
    """With the resident id in clear for whoever may see it; the look is remembered (PLAT-05)."""
    full = actor.may(*FULL_VIEW)
    if full:
        CERTIFICATE.note_shown(session, certificate.id, actor=actor)
    return read_of(certificate, full=full, actions=actions_on(certificate, actor, now_utc()))


async def read_certificate(session: AsyncSession, *, actor: Actor, certificate_id: UUID) -> CertificateRead:
    """The record. Raises ``CertificateNotFound``."""
    certificate = await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    return _answer(session, certificate, actor)


async def act_on_certificate(
    session: AsyncSession, *, actor: Actor, certificate_id: UUID, action: CertificateAction, body: ActionBody
) -> CertificateRead:
    """Retry or revoke; what may happen when stands in the workflow."""
    certificate = await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    await apply(session, CERTIFICATE, certificate, action, actor=actor, body=body)
    return _answer(session, certificate, actor)


async def certificate_history(session: AsyncSession, *, actor: Actor, certificate_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to the certificate, oldest first (PLAT-04)."""
    await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    rows = await history_of(session, CERTIFICATE, certificate_id)
    return history_entries(rows, actor, CERTIFICATE, DONE)
