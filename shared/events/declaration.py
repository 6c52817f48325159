"""What declaration tells the others: the fate of an employer's declaration of occupational hazards."""

from typing import ClassVar
from uuid import UUID

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
