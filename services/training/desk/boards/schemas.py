"""The boards over the wire (STAFF-12): figures, each with the way to the rows that it counts."""

from datetime import date, datetime

from pydantic import BaseModel, Field

Filters = dict[str, str | list[str]]


class Figure(BaseModel):
    """``link`` is the portal's page, ``filters`` the query parameters with which its list holds exactly what is counted; null where no
    list is narrowed that far: then the rows stand in ``items``, or on the page itself."""

    key: str
    label: str
    count: int
    link: str = Field(description="门户页面路径")
    filters: Filters | None = Field(description="该页面列表的查询参数")


class Age(BaseModel):
    """How many have waited that long; ``filters`` as in ``Figure``."""

    key: str
    label: str
    count: int
    filters: Filters | None


class Waiting(Figure):
    """What waits for somebody's decision, and since when; days are Beijing's."""

    oldest: datetime | None
    oldest_days: int | None
    ages: list[Age]


class Item(BaseModel):
    """One row behind a figure; ``due`` is its last day, ``days_left`` 0 on that day and negative after it."""

    label: str
    link: str
    count: int | None = None
    due: date | None = None
    days_left: int | None = None


class Task(Figure):
    """What a unit, or the province, should do; ``items`` are the most urgent, at most twenty."""

    items: list[Item]


class ToDoRow(Item):
    """A row behind a unit's task, under the task's name; ``colour`` says how soon it is due."""

    task: str
    task_label: str
    colour: str


class Group(BaseModel):
    """One region, month, plan or class type with its people by status."""

    key: str
    label: str
    total: int
    figures: list[Figure]


class PlanSeats(Figure):
    """The seats of all sessions of a plan whose selection is running; ``count`` are the sessions, ``own_taken`` the seats of people
    from the caller's region."""

    capacity: int
    taken: int
    free: int
    own_taken: int


class ProvinceBoard(BaseModel):
    """``region_code`` is the region that the numbers are of."""

    region_code: str
    region_label: str
    made_at: datetime
    waiting: list[Waiting]
    certificates_missing: Task | None = Field(description="成绩合格而尚无证书；仅限管理证书的账号")
    by_status: list[Figure]
    by_region: list[Group]
    by_month: list[Group] = Field(description="按添加报名人员的月份")
    by_plan: list[Group]
    by_type: list[Group]
    seats: list[PlanSeats]


class UnitBoard(BaseModel):
    """``to_do`` are the rows behind all tasks, what is due first before the rest, and what is due on no day last."""

    made_at: datetime
    to_do: list[ToDoRow]
    tasks: list[Task]
    by_status: list[Figure]
    by_plan: list[Group]
