"""A unit's board (STAFF-12): what it should do next and by when, and its people by plan and status. The way of a new unit's first steps is
in ``needs``.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.selection.workflow import SelectionStatus
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.desk.boards import groups, unit_repository
from services.training.desk.boards.schemas import Filters, Group, Item, Task, ToDoRow, UnitBoard
from services.training.desk.boards.unit_repository import PeopleInPlan, ToDo
from services.training.desk.expiry.workflow import ExpiryStatus
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from services.training.enrolment.registrations.workflow import PlanProgress
from services.training.results.scores.workflow import NEW_DAYS
from shared.addresses import address
from shared.clock import beijing_today, now_utc
from shared.identity import Actor

CLOSING_DAYS = 7
EXPIRING_DAYS = 90
URGENT_DAYS, SOON_DAYS = 3, 7
REGISTRATIONS = address("registrations")
# Rows whose date says when they came, and not by when they should be done.
_PAST = {"results", "transfers", "late_entries"}
_WITH_UNSENT = [PlanProgress.IN_PROGRESS.value, PlanProgress.WITH_RETURNS.value]


async def unit_board(session: AsyncSession, *, actor: Actor) -> UnitBoard:
    """The unit's tasks, each counted as it is now; those that are done have the count 0 and stay, so that the page does not jump."""
    now = now_utc()
    today = beijing_today(now)
    people = await unit_repository.people(session, actor)
    tasks = [*_people_tasks(people, today), *await _tasks(session, actor, now)]
    return UnitBoard(
        made_at=now,
        to_do=to_do(tasks),
        tasks=tasks,
        by_status=groups.status_figures(groups.counts_of(people), REGISTRATIONS, None),
        by_plan=_plans(people),
    )


def to_do(tasks: Sequence[Task]) -> list[ToDoRow]:
    """The rows of every task by the day on which they are due, those of one day in the order of the tasks."""
    rows = [
        ToDoRow(**dict(item), task=task.key, task_label=task.label, colour=_colour(item.days_left))
        for task in tasks
        for item in task.items
    ]
    return sorted(rows, key=lambda row: (row.due is None, row.due or date.max))


def _colour(days_left: int | None) -> str:
    if days_left is None or days_left >= SOON_DAYS:
        return "black"
    return "red" if days_left < URGENT_DAYS else "amber"


def _plans(people: Sequence[PeopleInPlan]) -> list[Group]:
    """Plans in which the unit has people; the rows stand on the plan's own page."""
    found = groups.by_plan(people, REGISTRATIONS)
    for each in found:
        for figure in each.figures:
            figure.link, figure.filters = address("registration-plan", each.key), None
    return found


def _people_tasks(people: Sequence[PeopleInPlan], today: date) -> list[Task]:
    """Unsent people of plans that are open, returned ones, and those whom the unit asks back (FAQ-M5)."""
    drafts = [row for row in people if row.status.is_drafted]
    unsent = [(row, row.people) for row in drafts if row.published and row.deadline >= today]
    returned = [(row, row.people) for row in people if row.status.was_returned]
    asked = [(row, row.asked_back) for row in people if row.asked_back]
    mine: Filters = {"mine": "true"}
    with_returns: Filters = {**mine, "status": [PlanProgress.WITH_RETURNS.value]}
    return [
        _people_task("unsent", "未提交的报名人员", {**mine, "closed": "false", "status": _WITH_UNSENT}, unsent, today),
        _people_task("returned", "被退回的人员", with_returns, returned, today),
        _people_task("return_requests", "已申请退回，等待处理", None, asked, today),
    ]


def _people_task(
    key: str, label: str, filters: Filters | None, of: Sequence[tuple[PeopleInPlan, int]], today: date
) -> Task:
    items = [
        _item(row.plan_name, address("registration-plan", row.plan_id), count, row.deadline, today)
        for row, count in of[: unit_repository.ITEMS_SHOWN]
    ]
    count = sum(count for _, count in of)
    return Task(key=key, label=label, count=count, link=REGISTRATIONS, filters=filters, items=items)


async def _tasks(session: AsyncSession, actor: Actor, now: datetime) -> list[Task]:
    today = beijing_today(now)
    until, since = today + timedelta(days=CLOSING_DAYS), now - timedelta(days=NEW_DAYS)
    near: Filters = {"closed": "false", "deadline_from": today.isoformat(), "deadline_to": until.isoformat()}
    ending: Filters = {"days": str(EXPIRING_DAYS), "status": groups.codes(ExpiryStatus.is_ending)}
    unchosen: Filters = {"status": groups.codes(SelectionStatus.awaits_choice)}
    offered: Filters = {"status": groups.codes(WaitingStatus.is_offered)}
    unanswered: Filters = {"status": groups.codes(LateEntryStatus.awaits_answer)}
    read = unit_repository
    closing = await read.closing_plans(session, today, until)
    selecting = await read.open_selections(session, actor, today)
    offers, results = await read.offers(session, actor), await read.new_results(session, actor, since)
    expiring = await read.expiring_qualifications(session, actor, today, EXPIRING_DAYS)
    moves, late = await read.transfers(session, actor), await read.late_entries(session, actor)
    # An offer is answered where the places are chosen; a file is opened from the list of people.
    return [
        _task("closing", "7天内报名截止", "registrations", "registration-plan", near, closing, today),
        _task("selections", "待提交的选班", "selections", "selection", unchosen, selecting, today),
        _task("offers", "候补名额待确认", "waiting_entries", "selection", offered, offers, today),
        _task("results", "新发布的成绩", "results", "session-results", None, results, today),
        _task(
            "expiring", f"{EXPIRING_DAYS}天内到期的资质", "expiring_qualifications", "person", ending, expiring, today
        ),
        _task("transfers", "待确认的人员调动", "transfers", "transfer", None, moves, today),
        _task("late_entries", "补报申请，等待处理", "late_entries", "late-entry", unanswered, late, today),
    ]


def _task(
    key: str, label: str, page: str, one: str, filters: Filters | None, rows: Sequence[ToDo], today: date
) -> Task:
    """``page`` and ``one`` are the addresses of the list and of what a row is about."""
    items = [
        _item(each.label, address(one, each.id), each.number, None if key in _PAST else each.due, today)
        for each in rows
    ]
    count = rows[0].total if rows else 0
    return Task(key=key, label=label, count=count, link=address(page), filters=filters, items=items)


def _item(label: str, link: str, count: int | None, due: date | datetime | None, today: date) -> Item:
    day = beijing_today(due) if isinstance(due, datetime) else due
    return Item(label=label, link=link, count=count, due=day, days_left=(day - today).days if day else None)
