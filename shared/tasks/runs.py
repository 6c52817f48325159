"""When each task of a service last came to its end, and when it last did not: rows that ``python -m ops status`` reads, because a clock
that has stopped says nothing by itself (PLAT-10).
"""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.db.session import Database

# Some tasks run every two seconds; nobody needs to know it better than this.
NOTED_SECONDS = 60.0
# In one migration of every service; never edited, a change is a V2 in a migration of its own.
TASK_RUNS_DDL_V1 = """
CREATE TABLE task_runs (
  task varchar NOT NULL CONSTRAINT pk_task_runs PRIMARY KEY,
  first_noted_at timestamptz NOT NULL DEFAULT now(),
  succeeded_at timestamptz,
  failed_at timestamptz,
  error varchar)"""


class TaskRun(KitBase):
    """``error`` is the kind of the last failure, without its words, which may name people (PLAT-05)."""

    __tablename__ = "task_runs"

    task: Mapped[str] = mapped_column(primary_key=True)
    first_noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


async def note_run(database: Database, task: str, error: BaseException | None) -> None:
    """Writes down how a run ended. Raises ``Unavailable`` when the database is away."""
    ending = {"failed_at": func.now(), "error": type(error).__name__} if error else {"succeeded_at": func.now()}
    row = insert(TaskRun).values(task=task, **ending)
    async with database.unit_of_work() as session:
        await session.execute(row.on_conflict_do_update(index_elements=[TaskRun.task], set_=ending))
