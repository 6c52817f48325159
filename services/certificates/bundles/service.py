"""A bundle is ordered: the selection is checked at once, the files are made by a job (PLAT-09)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.bundles import repository
from services.certificates.bundles.repository import Selection
from services.certificates.bundles.schemas import BundleCreate, BundleFilters
from services.certificates.issue.repository import CertificateNotFound
from services.certificates.jobs.kinds import CERTIFICATE_BUNDLE, JOBS
from services.certificates.jobs.models import Job
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.storage import Storage
from shared.tasks.jobs import start_job

MAX_CERTIFICATES = 50_000


class NothingSelected(InvalidInput):
    code = "nothing_selected"
    detail = "没有符合条件的证书，请调整筛选条件或重新勾选"


class TooManySelected(InvalidInput):
    code = "too_many_selected"
    detail = f"一次最多打包 {MAX_CERTIFICATES} 份证书，请用筛选条件（如培训班、期次）缩小范围后分次打包"


async def order_bundle(session: AsyncSession, storage: Storage, *, actor: Actor, wanted: BundleCreate) -> Job:
    """Begins the job. Raises ``InvalidInput`` for a selection that is none, ``CertificateNotFound`` when one of the chosen certificates
    is not the actor's to see, ``NothingSelected``, ``TooManySelected``."""
    if (wanted.certificate_ids is None) == (wanted.filters is None):
        told = "请勾选证书或给出筛选条件，二者选一"
        raise InvalidInput(errors=[FieldError("certificate_ids", "selection_unclear", told)])
    found = await repository.count_selected(
        session, actor=actor, selection=selection_of(wanted), up_to=MAX_CERTIFICATES + 1
    )
    if wanted.certificate_ids is not None and found < len(set(wanted.certificate_ids)):
        raise CertificateNotFound
    check_count(found)
    arguments = wanted.model_dump(mode="json", exclude_none=True)
    kind = CERTIFICATE_BUNDLE.name
    return await start_job(session, storage, JOBS, actor=actor, kind=kind, arguments=arguments, total=found)


def selection_of(wanted: BundleCreate) -> Selection:
    """What the queries take."""
    return Selection(wanted.certificate_ids, wanted.filters or BundleFilters())


def check_count(found: int) -> None:
    """Raises ``NothingSelected``, ``TooManySelected``."""
    if not found:
        raise NothingSelected
    if found > MAX_CERTIFICATES:
        raise TooManySelected
