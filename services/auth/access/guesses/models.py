"""How many wrong passwords, or wrong old phone numbers, in a row a login name has had. Kept by name and not in the account, so that a name
that nobody has is counted, locked and answered in the same way, and tells nobody that it does not exist.
"""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed
from shared.db.types import BlindIndex, blind_index, place_indexes


class Guesses(Keyed, AuthBase):
    """``name_index`` is the blind index of the name as typed: people type their password there, too. ``wrong`` were found wrong, ``held``
    are the places of guesses that are being looked at."""

    __tablename__ = "guesses"

    name_index: Mapped[bytes] = mapped_column(BlindIndex)
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


place_indexes("uq_guesses_name_index", Guesses.name_index, unique=True)


def name_index(login_name: str) -> bytes:
    """How a login name is known here; upper and lower case are one name."""
    return blind_index(f"login-name:{login_name.lower()}")


def old_phone_index(login_name: str) -> bytes:
    """How guesses at the phone of a name are known here. They are counted apart: a right password, which whoever guesses has, must not end
    the count."""
    return blind_index(f"old-phone:{login_name.lower()}")
