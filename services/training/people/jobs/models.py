"""Training's long work: imports, exports and batches that somebody watches (PLAT-09)."""

from sqlalchemy import Index, text

from services.training.base import TrainingBase
from shared.db.base import Keyed, Timed
from shared.tasks.jobs import JobColumns


class Job(Keyed, Timed, JobColumns, TrainingBase):
    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index(None, "organisation_id", "id"),
        {"info": {"label": "长任务"}},
    )
