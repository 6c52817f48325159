"""The directory of organisations: units that report, and the bodies that oversee a region. The other services keep copies of a
few fields.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, Uuid, column, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.auth.base import AuthBase
from services.auth.directory.organisations.workflow import ORGANISATION, OrganisationStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.db.violations import typed_check
from shared.roles import Level

_FIRST = table("accounts", column("organisation_id", Uuid), column("is_first", Boolean)).alias("first_account")


class Organisation(Keyed, Timed, Versioned, AuthBase):
    """``branch_no`` tells branches that share their head office's code apart (X22), ``head_office_id`` is that office; ``phone`` is the
    office's public number, ``contact_phone`` a person's. ``name_…`` find it by any part of its name and by pinyin initials.
    ``basics_changed_at`` is when the employer made the newest correction of its own that has come (ORG-11), ``first_holder_id`` the one
    to which the province's first account belongs, as every organisation knows it."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("credit_code", "branch_no"),
        typed_check("region_code ~ '^[0-9]{6}$'", "region_code", "行政区划代码应为 6 位数字"),
        Index("ix_organisations_name_pieces", "name_pieces", postgresql_using="gin"),
        Index(None, "region_code", "level", postgresql_ops={"region_code": "text_pattern_ops"}),
    )

    name: Mapped[str]
    short_name: Mapped[str]
    credit_code: Mapped[str] = mapped_column(String(18))
    branch_no: Mapped[str] = mapped_column(default="", server_default="")
    level: Mapped[Level] = mapped_column(code_of(Level))
    region_code: Mapped[str] = mapped_column(String(6))
    phone: Mapped[str] = mapped_column(default="", server_default="")
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list, server_default="{}")
    head_office_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    jurisdiction_code: Mapped[str] = mapped_column(String(6), default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    legal_representative: Mapped[str] = mapped_column(default="", server_default="")
    legal_representative_title: Mapped[str] = mapped_column(default="", server_default="")
    contact_name: Mapped[str] = mapped_column(default="", server_default="")
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText)
    basics_changed_at: Mapped[datetime | None]
    # Asked for in queries and never read: a session check would otherwise carry a hundred pieces of a name.
    name_folded: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    name_initials: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    name_pieces: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}", deferred=True)
    # Whether the switch of a body above took it along, which brings back no other.
    disabled_along: Mapped[bool] = mapped_column(default=False, server_default="false")
    status: Mapped[OrganisationStatus] = mapped_column(code_of(OrganisationStatus), default=ORGANISATION.initial)
    first_holder_id: Mapped[UUID | None] = column_property(
        select(_FIRST.c.organisation_id).where(_FIRST.c.is_first).scalar_subquery(), expire_on_flush=False
    )

    @property
    def active(self) -> bool:
        """Whether its accounts may sign in at all."""
        return self.status is OrganisationStatus.ACTIVE
