"""Applications for an account (AUTH-01…08). The form is one encrypted document, because a draft may lack any part of it; beside it stand
the few fields by which the queue is searched.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, case, cast
from sqlalchemy.orm import Mapped, column_property, mapped_column, validates

from services.auth.access.accounts.desk_models import MANAGERS, nearest
from services.auth.base import AuthBase
from services.auth.desks.applications.workflow import APPLICATION, OPENED_BY, ApplicationStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.reference.pinyin import search_text
from shared.roles import Level


class Application(Keyed, Timed, Versioned, AuthBase):
    """``number`` is what its status is followed by; ``key_hash`` is of the secret by which the applicant's browser may change it.
    ``region_code``, the county of 行政区划所属区县, says whose queue it is in, ``level`` where the account would stand. ``form`` is the
    applicant's; the managers see ``submitted_form``, and ``previous_form`` is what they had seen before. ``form_revision`` counts the
    printed states of the form, ``unit_hints`` how often was told whether a unit is known. ``name_search`` is the unit's folded name and
    its initials, one a line (PLAT-08). ``desk_level`` is whose account managers have it today, ``told_level`` whom it was last brought
    to."""

    __tablename__ = "applications"
    __table_args__ = (Index(None, "region_code", "status", postgresql_ops={"region_code": "text_pattern_ops"}),)

    number: Mapped[str] = mapped_column(String(24), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[ApplicationStatus] = mapped_column(code_of(ApplicationStatus), default=APPLICATION.initial)
    form: Mapped[str] = mapped_column(EncryptedText)
    submitted_form: Mapped[str | None] = mapped_column(EncryptedText)
    previous_form: Mapped[str | None] = mapped_column(EncryptedText)
    level: Mapped[Level] = mapped_column(code_of(Level), default=Level.UNIT, server_default=Level.UNIT.value)
    unit_name: Mapped[str] = mapped_column(default="", server_default="")
    name_search: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    credit_code: Mapped[str] = mapped_column(default="", server_default="")
    region_code: Mapped[str] = mapped_column(default="", server_default="")
    person_name: Mapped[str] = mapped_column(default="", server_default="")
    form_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    unit_hints: Mapped[int] = mapped_column(default=0, server_default="0")
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    told_level: Mapped[Level] = mapped_column(
        code_of(Level, "told_level"), default=Level.CITY, server_default=Level.CITY.value
    )
    desk_level: Mapped[Level] = column_property(
        nearest(MANAGERS, case(OPENED_BY, value=cast(level, String), else_=Level.CITY.value), region_code),
        expire_on_flush=False,
    )

    @validates("unit_name")
    def _index_name(self, _: str, name: str) -> str:
        self.name_search = search_text(name)
        return name


class BlankForm(AuthBase):
    """The newest state of the empty form for download (AUTH-01): one row. ``digest`` is of what is printed."""

    __tablename__ = "blank_forms"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
