"""Whom a notice is for, as conditions on the directory; all that are given must hold. Which event is for whom is the business of the
notices' texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.roles import Level, Permission


@dataclass(frozen=True)
class Audience:
    """None asks for nothing. ``level`` and ``region_code`` mean the bodies of that level whose region covers that one;
    ``account_ids`` these accounts and no others, ``list_id`` those that were listed under it beforehand."""

    permission: Permission | None = None
    organisation_ids: Sequence[UUID] | None = None
    account_ids: Sequence[UUID] | None = None
    level: Level | None = None
    region_code: str | None = None
    list_id: UUID | None = None
