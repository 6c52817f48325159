"""Events as notifications receives them: through the real puller with its bookmark, from a log that a test writes down."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.notifications.consumers import HANDLERS
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events import training
from shared.events.auth import (
    AccountChanged,
    AccountExpiring,
    ApplicationSubmitted,
    CaseSubmitted,
    OrganisationChanged,
)
from shared.events.base import Batch, Envelope, Event, Place
from shared.events.bookmarks import pull
from shared.events.subscriptions import producer_of
from shared.identifiers import new_id
from shared.roles import Level, Permission, Portal
from shared.services import Service

PLAN = {"plan_id": new_id(), "plan_name": "2026年职业病诊断医师培训班"}
PERSON = {"registration_id": new_id(), "person_id": new_id(), "person_name": "王医生"}


async def arrive(
    database: Database, events: Sequence[Event], *, ids: Sequence[UUID] = (), at: datetime | None = None
) -> None:
    """Lets notifications read ``events``, all of one producer, as the next ones of its log."""
    producer = producer_of(type(events[0]))

    async def fetch(_producer: Service, place: Place) -> Batch:
        envelopes = [
            Envelope(
                place=Place(transaction=place.transaction + 1, sequence=number),
                id=ids[number] if ids else new_id(),
                type=event.type,
                occurred_at=at or now_utc(),
                correlation_id=new_id().hex,
                payload=event.model_dump(mode="json"),
            )
            for number, event in enumerate(events)
        ]
        return Batch(events=envelopes, more=False)

    assert await pull(database, producer, HANDLERS, fetch) == len(events)


def an_account(**changes: Any) -> AccountChanged:
    """A unit's account with 集体报名, reached nowhere unless ``phone`` or ``email`` is given in clear."""
    sealed = {
        name: Sealed.seal(field_cipher(), changes.pop(name)) if changes.get(name) else None
        for name in ("phone", "email")
    }
    values: dict[str, Any] = {
        "account_id": new_id(),
        "organisation_id": new_id(),
        "person_name": "李联系",
        "portal": Portal.TRAINING,
        "level": Level.UNIT,
        "region_code": "320102",
        "permissions": frozenset({Permission.GROUP_REGISTRATION}),
        "active": True,
    }
    return AccountChanged(**{**values, **sealed, **changes})


def an_organisation(organisation_id: UUID, **changes: Any) -> OrganisationChanged:
    values: dict[str, Any] = {
        "name": "南京测试医院",
        "short_name": "测试医院",
        "credit_code": "",
        "level": Level.UNIT,
        "region_code": "320102",
        "active": True,
    }
    return OrganisationChanged(organisation_id=organisation_id, **{**values, **changes})


def returned(unit: UUID, reason: str = "学历证书不清晰") -> training.RegistrationReturned:
    return training.RegistrationReturned(**PLAN, **PERSON, unit_id=unit, reason=reason, fields=())


def a_phone() -> str:
    """A mobile number that no other test has."""
    return f"139{new_id().int % 10**8:08}"


def expiring(account_id: UUID, **changes: Any) -> AccountExpiring:
    """A unit's account in 玄武区 that ends in a week."""
    values: dict[str, Any] = {
        "organisation_id": new_id(),
        "person_name": "李联系",
        "login_name": "njceshi",
        "region_code": "320102",
        "days": 7,
        "valid_until": date(2026, 12, 31),
        "contact": "南京市疾控中心账号管理人员",
    }
    return AccountExpiring(account_id=account_id, **{**values, **changes})


def an_application(**changes: Any) -> ApplicationSubmitted:
    values = {"application_id": new_id(), "number": "ZH-1", "unit_name": "南京测试医院", "region_code": "320102"}
    return ApplicationSubmitted(**{**values, **changes})


def a_case(**changes: Any) -> CaseSubmitted:
    """An appeal for the city's reviewers."""
    values: dict[str, Any] = {
        "case_id": new_id(),
        "number": "SS-1",
        "kind": "appeal",
        "kind_label": "账号申诉",
        "organisation_name": "南京机械厂",
        "region_code": "320102",
        "permission": Permission.DECLARATION_REVIEW,
        "level": Level.CITY,
    }
    return CaseSubmitted(**{**values, **changes})
