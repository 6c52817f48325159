"""What declaration tells the others: the fate of an employer's declaration of occupational hazards."""

from typing import ClassVar
from uuid import UUID

from shared.crypto import Sealed
from shared.events.base import Event


class DeclarationEvent(Event):
    """What every event about one declaration carries."""

    declaration_id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    kind: str


class DeclarationSubmitted(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.submitted.v1"


class DeclarationApproved(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.approved.v1"


class DeclarationRejected(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.rejected.v1"

    reason: str


class DeclarationRevoked(DeclarationEvent):
    """An approved declaration went back to review (DECL-12)."""

    type: ClassVar[str] = "declaration.declaration.revoked.v1"

    reason: str


class EmployerChanged(Event):
    """An employer has corrected its basics (注册信息修改, ORG-11); the directory follows. ``contact_phone`` is a person's."""

    type: ClassVar[str] = "declaration.employer.changed.v1"

    employer_id: UUID
    name: str
    region_code: str
    address: str
    legal_representative: str
    contact_name: str
    contact_phone: Sealed | None
