"""The public check (BEY-05): the QR's token, number and full name, or the file itself. Every miss gets the same answer, so that nothing can
be listed, and nothing of a file is kept.
"""

import asyncio
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.checks import repository
from services.certificates.checks.reading import is_altered
from services.certificates.checks.schemas import CheckRead, NumberAndName, answer, check_of, check_of_paper
from services.certificates.checks.workflow import CheckResult, Shown
from services.certificates.issue.numbering import as_written
from services.certificates.issue.tokens import read_token
from services.certificates.papers import repository as papers
from services.certificates.papers.models import Paper
from services.certificates.signing.service import roots_to_trust
from shared.clock import beijing_today, now_utc
from shared.reference.pinyin import same_name
from shared.runtime import Runtime
from shared.uploads import FileKind, kind_of_upload

_PDF = frozenset({FileKind.PDF})


async def check_token(session: AsyncSession, *, token: str, signing_key: tuple[str, ...]) -> CheckRead:
    """What the QR's token says; unknown for a token that was not signed here or was changed in any place, and for a page that was
    never handed out."""
    page = read_token(signing_key, token)
    if page is None:
        return answer(CheckResult.UNKNOWN)
    certificate = await repository.get_shown(session, page.certificate_id)
    if certificate is None:
        return await _answer_for_paper(session, await papers.get(session, page.certificate_id))
    if (page.edition or 0) > certificate.editions:
        return answer(CheckResult.UNKNOWN)
    return check_of(certificate, beijing_today(now_utc()), shown=Shown.PAGE, edition=page.edition)


async def check_number(session: AsyncSession, asked: NumberAndName) -> CheckRead:
    """Both must match the same certificate."""
    written = as_written(asked.number)
    found = await repository.get_by_number_and_name(session, number=written, name=asked.name)
    if found is None:
        return await _check_paper(session, written, asked.name)
    certificate, edition = found
    return check_of(certificate, beijing_today(now_utc()), shown=Shown.NUMBER, edition=edition)


async def _check_paper(session: AsyncSession, number: str, unit_name: str) -> CheckRead:
    """Number and name of the unit must match the same form or receipt."""
    paper = await papers.by_number(session, number)
    known = paper is not None and same_name(paper.holder_name, unit_name)
    return await _answer_for_paper(session, paper if known else None)


async def _answer_for_paper(session: AsyncSession, paper: Paper | None) -> CheckRead:
    if paper is None:
        return answer(CheckResult.UNKNOWN)
    return check_of_paper(paper, replaced=await papers.is_replaced(session, paper))


async def check_file(runtime: Runtime, *, data: bytes, name: str) -> CheckRead:
    """A file that was handed out is known by its digest; of any other the signature alone tells whether it was one of ours before it was
    changed. Opens a unit of work of its own, because reading takes long. Raises what ``kind_of_upload`` raises, and ``Unavailable``
    while too many files are being read."""
    kind_of_upload(data, name=name, kinds=_PDF)
    digest = await asyncio.to_thread(sha256, data)
    async with runtime.database.unit_of_work() as session:
        if (found := await repository.get_by_digest(session, digest.hexdigest())) is not None:
            certificate, edition = found
            return check_of(certificate, beijing_today(now_utc()), shown=Shown.FILE, edition=edition)
        if (paper := await papers.by_digest(session, digest.hexdigest())) is not None:
            return await _answer_for_paper(session, paper)
    altered = await is_altered(data, await roots_to_trust(runtime))
    return answer(CheckResult.ALTERED if altered else CheckResult.UNKNOWN)
