"""The province's board (STAFF-12): what waits and how old it is, people by status, region, plan and class type, and seats. Cities and
counties that oversee see the numbers of their region. What a unit sees is in ``unit_service``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.workflow import ClassSessionStatus
from services.training.desk.boards import counted_repository, groups, repository
from services.training.desk.boards.ages import SPANS, Aged, Span
from services.training.desk.boards.counted_repository import Number
from services.training.desk.boards.schemas import Age, Filters, Item, PlanSeats, ProvinceBoard, Task, Waiting
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.results.scores.certificate_repository import list_passed_without_certificate
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.addresses import address
from shared.clock import beijing_today, now_utc
from shared.identity import Actor
from shared.reference.regions import region
from shared.roles import Level, Permission

REVIEWS = address("reviews")
# Where those who only oversee find the same people, masked.
PEOPLE = address("training-people")
# Certificates are made in seconds; before this nobody has to look (the same time as the invariant's).
CERTIFICATE_MINUTES = 10
# What is counted: its label, the page of its list, the list's parameters, and whether the list is narrowed by the days of waiting.
_WAITING: dict[str, tuple[str, str, Filters, bool]] = {
    repository.REVIEWS: ("待审核的报名", REVIEWS, {"status": groups.codes(RegistrationStatus.awaits_review)}, True),
    repository.RETURN_REQUESTS: ("单位申请退回", REVIEWS, {"requested_return": "true"}, True),
    repository.LATE_ENTRIES: (
        "补报申请",
        address("late_entries"),
        {"status": groups.codes(LateEntryStatus.awaits_answer)},
        False,
    ),
    repository.SCORES: (
        "成绩未发布的班次",
        address("scores"),
        {"status": groups.codes(ScoreSheetStatus.awaits_results)},
        False,
    ),
}


async def province_board(session: AsyncSession, *, actor: Actor) -> ProvinceBoard:
    """The numbers of the actor's region as they are now: what is counted is of one moment (ADR 28)."""
    now = now_utc()
    link = REVIEWS if actor.may(Permission.PROVINCE_REVIEW) else PEOPLE
    found: dict[str, list[Number]] = defaultdict(list)
    for row in await counted_repository.numbers(session, actor, plans=groups.PLANS_SHOWN):
        found[row.what].append(row)
    regions = found[counted_repository.REGION]
    own = region(actor.region_code)
    return ProvinceBoard(
        region_code=actor.region_prefix,
        region_label=own.name if own else actor.region_code,
        made_at=now,
        waiting=[_waiting(row, now, link) for row in await _all_that_waits(session, actor, now, found)],
        certificates_missing=await _certificates_missing(session, actor),
        by_status=groups.status_figures(_by_status(regions), link, {}),
        by_region=groups.by_region(regions, actor, link, await _units(session, actor, regions)),
        by_month=groups.by_month(found[counted_repository.MONTH], link),
        by_plan=groups.of_plans(found[counted_repository.PLAN], link),
        by_type=groups.by_type(found[counted_repository.TYPE], link),
        seats=[_plan_seats(row) for row in await repository.seats(session, actor, beijing_today(now))],
    )


def _by_status(regions: Sequence[Number]) -> groups.Counts:
    counts: groups.Counts = defaultdict(int)
    for row in regions:
        counts[groups.STATUSES[row.status]] += row.people
    return counts


async def _units(session: AsyncSession, actor: Actor, regions: Sequence[Number]) -> Mapping[str, str]:
    if actor.level in {Level.PROVINCE, Level.CITY}:
        return {}
    return await counted_repository.unit_names(session, {UUID(row.key) for row in regions})


async def _all_that_waits(
    session: AsyncSession, actor: Actor, now: datetime, found: Mapping[str, Sequence[Number]]
) -> list[Aged]:
    today = beijing_today(now)
    counted = []
    for key in (repository.REVIEWS, repository.RETURN_REQUESTS):
        days = {date.fromisoformat(row.key): row.people for row in found.get(key, ())}
        since = await repository.oldest(session, actor, key) if days else None
        spans = (sum(n for day, n in days.items() if span.holds(day, today)) for span in SPANS)
        counted.append(Aged(key, sum(days.values()), since, tuple(spans)))
    return [*counted, *await repository.waiting(session, actor, now)]


def _waiting(row: Aged, now: datetime, reviews: str) -> Waiting:
    key, count, oldest, by_span = row
    label, page, filters, by_day = _WAITING[key]
    link = reviews if page == REVIEWS else page
    today = beijing_today(now)
    return Waiting(
        key=key,
        label=label,
        count=count,
        link=link,
        filters=filters,
        oldest=oldest,
        oldest_days=(today - beijing_today(oldest)).days if oldest else None,
        ages=[
            Age(key=span.key, label=span.label, count=n, filters={**filters, **_days(span, today)} if by_day else None)
            for span, n in zip(SPANS, by_span, strict=True)
        ],
    )


def _days(span: Span, today: date) -> Filters:
    first, last = span.dates(today)
    given = {"waiting_from": first, "waiting_to": last}
    return {name: day.isoformat() for name, day in given.items() if day}


async def _certificates_missing(session: AsyncSession, actor: Actor) -> Task | None:
    """People who passed and have no certificate yet, by class session; None for whoever does not manage certificates."""
    if not actor.may(Permission.CERTIFICATE_MANAGEMENT):
        return None
    missing = await list_passed_without_certificate(session, minutes=CERTIFICATE_MINUTES)
    people = Counter(each.class_session_id for each in missing)
    labels = await repository.session_labels(session, people.keys())
    items = [Item(label=labels[each], link=address("score-sheet", each), count=n) for each, n in people.most_common()]
    return Task(
        key="certificates_missing",
        label="成绩合格尚无证书",
        count=people.total(),
        link=address("scores"),
        filters=None,
        items=items,
    )


def _plan_seats(row: repository.SeatsOfPlan) -> PlanSeats:
    return PlanSeats(
        key=str(row.plan_id),
        label=row.name,
        count=row.sessions,
        link=address("class_sessions"),
        filters={"plan_id": str(row.plan_id), "session_status": sorted(ClassSessionStatus.takes_place)},
        capacity=row.capacity,
        taken=row.taken,
        free=row.capacity - row.taken,
        own_taken=row.own_taken,
    )
