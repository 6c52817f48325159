"""集体成绩查询 for units (CERT-01…04): the sessions of their people, and published results with certificate numbers. Reads only."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.models import NO_SPECIALTY
from services.training.results.scores import certificate_repository, row_repository, unit_repository
from services.training.results.scores.schemas import ResultListItem, SessionResults, person_result
from services.training.results.scores.withheld import why_withheld
from shared.identity import Actor

NOT_OUT = "成绩尚未录入完成，发布后可查看"


def session_item(row: unit_repository.SessionOfUnit) -> ResultListItem:
    """One line of the list (CERT-02, CERT-03)."""
    class_session, plan, published_at = row.class_session, row.plan, row.published_at
    labels = [each.specialty.label for each in class_session.specialties if each.specialty_code != NO_SPECIALTY]
    return ResultListItem.of(
        class_session,
        class_session_id=class_session.id,
        type_code=plan.type_code,
        type_label=plan.type_label,
        name=plan.name,
        specialties="，".join(labels) or "——",
        viewable=published_at is not None,
        reason=None if published_at else NOT_OUT,
    )


async def read_results(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> SessionResults:
    """The unit's people of one session; no row before publication (CERT-04). Raises ``NotFound``."""
    row = await unit_repository.require_session(session, actor, class_session_id)
    item = session_item(row)
    unit = actor.organisation_id
    results = await row_repository.results_of(session, class_session_id, unit_id=unit) if item.viewable else []
    people = {each.registration_id for each in results}
    certificates = await certificate_repository.certificates_of(session, class_session_id, people)
    withheld = await why_withheld(session, class_session_id, results, certificates)
    labels = await row_repository.labels(session)
    return SessionResults(
        **item.model_dump(),
        results=[
            person_result(each, labels, certificates.get(each.registration_id), withheld.get(each.registration_id))
            for each in results
        ],
    )
