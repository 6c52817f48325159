"""Accounts: who may sign in for which organisation, with which grants and until when. Sessions and guesses at passwords are not here."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, Uuid, and_, column, func, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from services.auth.access.accounts.passwords import known_of
from services.auth.access.accounts.workflow import ACCOUNT, AccountStatus
from services.auth.access.guesses.models import Guesses
from services.auth.access.guesses.models import name_index as index_of_name
from services.auth.base import AuthBase
from services.auth.directory.organisations.models import Organisation
from services.auth.settings import auth_settings
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import BlindIndex, EncryptedText, Source, blind_index, code_of, is_same_index, place_indexes
from shared.reference.pinyin import person_text
from shared.roles import Grant, Portal

_OLDEST = table("accounts", column("id", Uuid), column("is_first", Boolean)).alias("first_account")


class Account(Keyed, Timed, Versioned, AuthBase):
    """``login_name`` is lower case, ``name_index`` is how ``guesses`` knows it. ``password_hash`` is empty until its holder has set a
    password. ``person_search`` is its holder's folded name and its initials by each reading, one a line (PLAT-08). ``warned_days`` is the
    last warning before the end of the validity; ``theme_colour`` and ``…_notices`` are its holder's. ``is_first`` is the account with
    which the province began (PLAT-20), ``first_id`` that one's id as every account knows it.
    """

    __tablename__ = "accounts"

    login_name: Mapped[str] = mapped_column(String(64), unique=True)
    name_index: Mapped[bytes] = mapped_column(BlindIndex(Source("login_name", index_of_name)))
    person_name: Mapped[str]
    person_search: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    resident_id: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str] = mapped_column(EncryptedText)
    phone_index: Mapped[bytes] = mapped_column(BlindIndex(Source("phone", blind_index)))
    email: Mapped[str | None] = mapped_column(EncryptedText)
    portal: Mapped[Portal] = mapped_column(code_of(Portal))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    grants: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    warned_days: Mapped[int | None]
    theme_colour: Mapped[str] = mapped_column(String(7), default="", server_default="")
    sms_notices: Mapped[bool] = mapped_column(default=True, server_default="true")
    email_notices: Mapped[bool] = mapped_column(default=True, server_default="true")
    status: Mapped[AccountStatus] = mapped_column(code_of(AccountStatus), default=ACCOUNT.initial)
    # Whether its organisation's switch took it along, which brings back no other.
    disabled_along: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_first: Mapped[bool] = mapped_column(default=False, server_default="false")
    first_id: Mapped[UUID | None] = column_property(
        select(_OLDEST.c.id).where(_OLDEST.c.is_first).scalar_subquery(), expire_on_flush=False
    )
    # AUTH-27; a lock that is over is None
    locked_until: Mapped[datetime | None] = column_property(
        select(Guesses.locked_until)
        .where(is_same_index(Guesses.name_index, name_index), Guesses.locked_until > func.now())
        .scalar_subquery(),
        expire_on_flush=False,
    )

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @validates("person_name")
    def _index_person(self, _: str, name: str) -> str:
        self.person_search = person_text(name)
        return name

    @property
    def known(self) -> tuple[str, ...]:
        """What its password may not hold."""
        return known_of(self.login_name, self.organisation.name, self.phone)

    @property
    def needs_code(self) -> bool:
        """Whether the password alone does not sign this account in (X26)."""
        return self.portal is Portal.OFFICIALS or auth_settings().unit_codes

    @property
    def granted(self) -> frozenset[Grant]:
        """The grants as they are named in code."""
        return frozenset(map(Grant, self.grants))


Index("uq_accounts_is_first", Account.is_first, unique=True, postgresql_where=Account.is_first)
Index("ix_accounts_status_valid_until", Account.status, Account.valid_until)
place_indexes("uq_accounts_name_index", Account.name_index, unique=True)
place_indexes("ix_accounts_phone_index", Account.phone_index)
# X18: one phone per account among the active ones of a portal; an employer's phone may serve several units.
place_indexes(
    "uq_accounts_phone",
    Account.phone_index,
    before=[Account.portal],
    unique=True,
    postgresql_where=and_(Account.status == AccountStatus.ACTIVE, Account.portal != Portal.ENTERPRISE),
)


class PastPassword(Keyed, AuthBase):
    """A password that an account has had, the present one included; the last five may not come back."""

    __tablename__ = "past_passwords"
    __table_args__ = (Index(None, "account_id", "created_at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
