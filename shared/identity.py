"""Who acts: the person behind a request, or the platform itself in a worker. Carries what a rule needs to decide (permissions,
organisation, region) and what a history row needs to remember. How a token becomes an actor is in ``shared.web.callers``.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.roles import Level, Permission, Portal
from shared.scopes import Scope

SYSTEM_ID = UUID(int=0)


@dataclass(frozen=True)
class Actor:
    """``region_prefix`` is the data scope of an official: '32' a province, '3201' a city, '320102' a county (PLAT-06). ``scopes`` is what
    a program's token may do for the account (PLAT-15), None for a person."""

    account_id: UUID
    account_name: str
    person_name: str
    organisation_id: UUID
    organisation_name: str
    level: Level
    portal: Portal
    region_code: str
    region_prefix: str
    permissions: frozenset[Permission]
    session_id: UUID
    must_change_password: bool = False
    address: str = ""
    is_system: bool = False
    scopes: frozenset[Scope] | None = None

    def may(self, *permissions: Permission) -> bool:
        """True when the actor has one of these permissions. The system has none: its steps are declared as such."""
        return not self.permissions.isdisjoint(permissions)


SYSTEM = Actor(
    account_id=SYSTEM_ID,
    account_name="system",
    person_name="系统",
    organisation_id=SYSTEM_ID,
    organisation_name="平台",
    level=Level.PROVINCE,
    portal=Portal.OFFICIALS,
    region_code="",
    region_prefix="",
    permissions=frozenset(),
    session_id=SYSTEM_ID,
    is_system=True,
)
