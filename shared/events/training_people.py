"""What training tells the others of people: their moves between units, and corrections of a name or an id number. The rest of its events
stands in ``training``.
"""

from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class TransferProposed(Event):
    """A unit proposes that a person moves; ``asked_unit_id`` decides (BEY-14)."""

    type: ClassVar[str] = "training.transfer.proposed.v1"

    transfer_id: UUID
    person_name: str
    proposed_by: UUID
    proposed_by_name: str
    asked_unit_id: UUID
    direction: str


class TransferDecided(Event):
    """``outcome`` is the status in Chinese; ``reason`` why not (BEY-14)."""

    type: ClassVar[str] = "training.transfer.decided.v1"

    transfer_id: UUID
    person_name: str
    from_unit_id: UUID
    to_unit_id: UUID
    proposed_by: UUID
    outcome: str
    reason: str


class PersonMoved(Event):
    """A person has moved from one unit to another with all that the old one had of him (BEY-14)."""

    type: ClassVar[str] = "training.person.moved.v1"

    person_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID


class IdentityCorrectionRequested(Event):
    """A unit asks that a person's name or resident id be put right (STAFF-15); ``what`` names which, ``person_name`` is the present one."""

    type: ClassVar[str] = "training.identity_correction.requested.v1"

    correction_id: UUID
    person_name: str
    unit_name: str
    what: str
    reason: str


class IdentityCorrectionDecided(Event):
    """``answer`` is the whole sentence; ``unit_ids`` are the units that have the person on file, or asked (STAFF-15)."""

    type: ClassVar[str] = "training.identity_correction.decided.v1"

    correction_id: UUID
    person_name: str
    unit_ids: tuple[UUID, ...]
    answer: str
