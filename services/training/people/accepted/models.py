"""Resident ids that miss their check digit and were accepted all the same, as the province decided in auth or with a correction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from shared.db.base import Keyed, Timed
from shared.db.types import BlindIndex, EncryptedText, Source, blind_index, place_indexes


class AcceptedNumber(Keyed, Timed, TrainingBase):
    """The number is good together with ``name`` alone. ``source_id`` is the decision: auth's case, or a correction of an identity;
    ``revoked_at`` is set when that was taken back (STAFF-15)."""

    __tablename__ = "accepted_numbers"

    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[bytes] = mapped_column(BlindIndex(Source("number", blind_index)))
    name: Mapped[str]
    source_id: Mapped[UUID] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]


place_indexes("ix_accepted_numbers_number_index", AcceptedNumber.number_index)
