"""What is known of companies before they sign up: the public registry's entries of an embedded platform, and the accounts of the old
system, which open nothing here but whose basics can be taken over (ORG-07, AUTH-23).
"""

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed
from shared.db.types import EncryptedText


class Company(Keyed, AuthBase):
    __tablename__ = "companies"
    __table_args__ = (Index("ix_companies_name_pieces", "name_pieces", postgresql_using="gin"),)

    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str]
    name_folded: Mapped[str]
    name_initials: Mapped[str]
    name_pieces: Mapped[list[str]] = mapped_column(ARRAY(String))
    region_code: Mapped[str] = mapped_column(String(6))
    address: Mapped[str]
    legal_representative: Mapped[str]
    status: Mapped[str]


class LegacyAccount(Keyed, AuthBase):
    """An account of the old system (原账号); ``name`` is lower case."""

    __tablename__ = "legacy_accounts"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    credit_code: Mapped[str] = mapped_column(String(18), index=True)
    company_name: Mapped[str]
    region_code: Mapped[str] = mapped_column(String(6))
    address: Mapped[str]
    postcode: Mapped[str]
    legal_representative: Mapped[str]
    contact_name: Mapped[str]
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText)
