"""Auth's long work: sheets of its long lists (PLAT-09, BEY-07)."""

from sqlalchemy import Index, text

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed
from shared.tasks.jobs import JobColumns


class Job(Keyed, Timed, JobColumns, AuthBase):
    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index(None, "organisation_id", "id"),
        {"info": {"label": "长任务"}},
    )
