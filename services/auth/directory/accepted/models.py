"""Codes and ids that miss their check digit and are right all the same: what was accepted, for whom, by which case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed
from shared.db.types import BlindIndex, EncryptedText, Source, blind_index, code_of, place_indexes
from shared.workflow.definition import Labelled


class NumberKind(Labelled):
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    RESIDENT_ID = "resident_id", "身份证号"


class AcceptedNumber(Keyed, Timed, AuthBase):
    """``name`` is whose it is, the unit's or the person's: it is good together with that name alone. ``case_id`` is the decision, whose
    history says who and why, and whose files are the evidence; ``revoked_at`` is set when that was taken back (STAFF-15)."""

    __tablename__ = "accepted_numbers"

    kind: Mapped[NumberKind] = mapped_column(code_of(NumberKind))
    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[bytes] = mapped_column(BlindIndex(Source("number", blind_index)))
    name: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]


place_indexes("ix_accepted_numbers_number_index", AcceptedNumber.number_index)
