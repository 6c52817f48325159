"""Cases: an appeal, a correction, a claim, a change of phone or a question, with the number by which it is followed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, case
from sqlalchemy.orm import Mapped, column_property, mapped_column, validates

from services.auth.access.accounts.desk_models import nearest
from services.auth.base import AuthBase
from services.auth.desks.cases.workflow import CASE, CaseKind, CaseStatus, kinds_by_rights
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.reference.pinyin import search_text
from shared.roles import Level


def _desk_level(kind: Mapped[CaseKind], level: Mapped[Level], region_code: Mapped[str]) -> ColumnElement[Level]:
    rows = [(kind.in_(kinds), nearest(rights, level, region_code)) for rights, kinds in kinds_by_rights()]
    return case(*rows, else_=level)


class Case(Keyed, Timed, Versioned, AuthBase):
    """``region_code`` and ``level`` say which body it belongs to; ``desk_level`` is where it lies today, which is higher where nobody there
    may decide, ``told_level`` whom it was last brought to. ``details`` is the JSON of what this kind asks for (the right code, the new
    branch number, the answer), ``new_phone`` where the outcome is told and, for an appeal, what the account gets. ``name_search`` is the
    organisation's folded name and its initials, one a line (PLAT-08)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "region_code", "status", postgresql_ops={"region_code": "text_pattern_ops"}),
        # One open case of a kind per organisation and account: a second one only makes the queue longer. An appeal and a claim anybody
        # may file, and a stranger's would keep the owner's out.
        Index(
            "uq_cases_open",
            "kind",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="status = 'submitted' AND organisation_id IS NOT NULL AND kind NOT IN ('appeal', 'claim')",
        ),
    )

    number: Mapped[str] = mapped_column(String(24), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[CaseKind] = mapped_column(code_of(CaseKind))
    status: Mapped[CaseStatus] = mapped_column(code_of(CaseStatus), default=CASE.initial)
    region_code: Mapped[str] = mapped_column(String(6))
    level: Mapped[Level] = mapped_column(code_of(Level))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    organisation_name: Mapped[str]
    name_search: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    applicant_name: Mapped[str]
    new_phone: Mapped[str] = mapped_column(EncryptedText)
    reason: Mapped[str]
    details: Mapped[str] = mapped_column(EncryptedText)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    told_level: Mapped[Level] = mapped_column(code_of(Level, "told_level"))
    desk_level: Mapped[Level] = column_property(_desk_level(kind, level, region_code), expire_on_flush=False)

    @validates("organisation_name")
    def _index_name(self, _: str, name: str) -> str:
        self.name_search = search_text(name)
        return name
