"""What the others are told of a declaration's way. The table of the steps is in ``workflow``."""

from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from shared.events.declaration import (
    DeclarationApproved,
    DeclarationRejected,
    DeclarationRevoked,
    DeclarationSubmitted,
    WithdrawalAnswered,
    WithdrawalRequested,
)
from shared.identity import Actor
from shared.roles import Level
from shared.workflow.definition import ActionBody

if TYPE_CHECKING:  # the record is made after the table of its workflow
    from services.declaration.declarations.models import Declaration

UNDONE = "审核人员撤回了刚作出的审核结论，将重新审核"


class _Facts(TypedDict):
    """What every event of a declaration tells."""

    declaration_id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    kind: str


def _facts(declaration: "Declaration") -> _Facts:
    return {
        "declaration_id": declaration.id,
        "employer_id": declaration.employer_id,
        "employer_name": declaration.employer_name,
        "region_code": declaration.region_code,
        "kind": declaration.kind.value,
    }


def declaration_submitted(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> DeclarationSubmitted:
    return DeclarationSubmitted(**_facts(declaration))


def declaration_approved(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> DeclarationApproved:
    return DeclarationApproved(**_facts(declaration))


def declaration_rejected(declaration: "Declaration", _actor: Actor, body: ActionBody) -> DeclarationRejected:
    return DeclarationRejected(**_facts(declaration), reason=body.reason or "")


def declaration_revoked(declaration: "Declaration", _actor: Actor, body: ActionBody) -> DeclarationRevoked:
    return DeclarationRevoked(**_facts(declaration), reason=body.reason or "")


def review_undone(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> DeclarationRevoked:
    return DeclarationRevoked(**_facts(declaration), reason=UNDONE)


def withdrawal_requested(declaration: "Declaration", _actor: Actor, body: ActionBody) -> WithdrawalRequested:
    level = Level.CITY if declaration.city_stands_in else declaration.review_level
    return WithdrawalRequested(**_facts(declaration), level=level, reason=body.reason or "")


def withdrawal_granted(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> WithdrawalAnswered:
    return WithdrawalAnswered(**_facts(declaration), granted=True, answer="")


def withdrawal_declined(declaration: "Declaration", _actor: Actor, body: ActionBody) -> WithdrawalAnswered:
    return WithdrawalAnswered(**_facts(declaration), granted=False, answer=body.reason or "")
