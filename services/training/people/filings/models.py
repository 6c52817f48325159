"""A unit's filing of its qualification: one per unit and kind of institution. Its people are in ``personnel``, its files in the kit."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.people.filings.workflow import FILING, FilingKind, FilingStatus
from services.training.people.institutions.models import Institution
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of


class Filing(Keyed, Timed, Versioned, TrainingBase):
    """``number`` and ``filed_on`` are 备案编号 and 备案日期, empty with ``unfiled`` (ORG-06). ``instruments`` and ``items`` are the lists
    of 仪器信息 and 检查项目 as the form has them."""

    __tablename__ = "filings"
    __table_args__ = (UniqueConstraint("institution_id", "kind"),)

    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    kind: Mapped[FilingKind] = mapped_column(code_of(FilingKind))
    status: Mapped[FilingStatus] = mapped_column(code_of(FilingStatus), default=FILING.initial)
    name: Mapped[str]
    address: Mapped[str]
    legal_representative: Mapped[str]
    legal_representative_title: Mapped[str]
    contact_name: Mapped[str]
    contact_mobile: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None]
    fax: Mapped[str | None]
    postcode: Mapped[str | None]
    email: Mapped[str | None]
    unfiled: Mapped[bool]
    number: Mapped[str | None]
    filed_on: Mapped[date | None]
    services: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    instruments: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    items: Mapped[list[dict[str, object]]] = mapped_column(JSONB)

    institution: Mapped[Institution] = relationship(lazy="joined", innerjoin=True)
