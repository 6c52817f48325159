"""The employers that declaration knows: the few fields copied from auth's directory, and what finds them by name.
What an employer declares is the business of the declarations domain.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Timed
from shared.db.types import EncryptedText, code_of
from shared.roles import Level
from shared.workflow.definition import Labelled
from shared.workflow.meaning import meaning


class Affiliation(Labelled):
    """隶属关系: who owns it, as its county has found. Central and provincial enterprises are reviewed by the city."""

    LOCAL = "local", "地方企业"
    PROVINCIAL = "provincial", "省属企业"
    CENTRAL = "central", "中央企业"

    @meaning
    def is_reviewed_by_city(self) -> bool:
        """Above what its county oversees."""
        return self in {Affiliation.PROVINCIAL, Affiliation.CENTRAL}


class Employer(Timed, DeclarationBase):
    """``id`` is auth's organisation id. ``review_level`` says who decides on its declarations: its county, or the city above. ``version``
    counts the changes of what its people may edit, ``changed_at`` is when auth wrote the newest news that has come, and
    ``awaits_directory`` is set from an own edit until auth tells the same. ``product_readers`` [{id, name}] are the officers who may see
    the products of a secret unit; ``basics_changed_at`` is when what it declares as 基本信息 last changed. ``kinds`` is what the directory
    says that it is, empty where it has not said."""

    __tablename__ = "employers"
    __table_args__ = (
        Index("ix_employers_name_pieces", "name_pieces", postgresql_using="gin"),
        Index(None, "credit_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_folded: Mapped[str]
    name_initials: Mapped[str]
    name_pieces: Mapped[list[str]] = mapped_column(ARRAY(String))
    credit_code: Mapped[str]
    region_code: Mapped[str]
    review_level: Mapped[Level] = mapped_column(code_of(Level))
    active: Mapped[bool]
    branch_no: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    legal_representative: Mapped[str] = mapped_column(default="", server_default="")
    contact_name: Mapped[str] = mapped_column(default="", server_default="")
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_at: Mapped[datetime | None]
    affiliation: Mapped[Affiliation] = mapped_column(
        code_of(Affiliation), default=Affiliation.LOCAL, server_default=Affiliation.LOCAL.value
    )
    product_readers: Mapped[list[dict[str, str]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'::jsonb")
    )
    basics_changed_at: Mapped[datetime | None]
    awaits_directory: Mapped[bool] = mapped_column(default=False, server_default="false")
    kinds: Mapped[list[str]] = mapped_column(
        ARRAY(String), default=list, server_default=text("'{}'::character varying[]")
    )
