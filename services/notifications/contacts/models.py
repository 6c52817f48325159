"""Who can be reached: the few fields of auth's organisations and accounts that a notice needs, copied from its events. Nothing here is
edited; ``changed_at`` is when auth wrote the news that the row shows.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from shared.db.types import SealedText, code_of
from shared.roles import Level, Portal


class Organisation(NotificationsBase):
    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_code: Mapped[str]
    level: Mapped[Level] = mapped_column(code_of(Level))
    active: Mapped[bool]
    changed_at: Mapped[datetime]


class Account(NotificationsBase):
    """``sms_notices`` and ``email_notices`` are what its holder wants (AUTH-18). ``phone_sealed`` and ``email_sealed`` are tokens of
    the event, opened only for a delivery (PLAT-05). No foreign key to the organisation: its news may come later."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    person_name: Mapped[str]
    portal: Mapped[Portal] = mapped_column(code_of(Portal))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String))
    level: Mapped[Level] = mapped_column(code_of(Level))
    region_code: Mapped[str]
    active: Mapped[bool]
    sms_notices: Mapped[bool]
    email_notices: Mapped[bool]
    phone_sealed: Mapped[str | None] = mapped_column(SealedText)
    email_sealed: Mapped[str | None] = mapped_column(SealedText)
    changed_at: Mapped[datetime]


class ListedAccount(NotificationsBase):
    """An account that was picked for a notice when it was sent, under the id of what it is a list of."""

    __tablename__ = "listed_accounts"

    list_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)


class PlanUnit(NotificationsBase):
    """A unit that has somebody approved in a plan, as training has told: by these ``registrations``, unless it was there before they were
    counted."""

    __tablename__ = "plan_units"

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_name: Mapped[str]
    registrations: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    counted: Mapped[bool] = mapped_column(default=False, server_default="false")
