"""Forms as tests need them: the sample with changes, prepared through the service's own handler."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms.models import FormDocument
from services.certificates.forms.service import Claimed, claim_next, take_in
from services.certificates.rendering.catalogue import TEMPLATES, current
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import FormPrepared
from shared.events.declaration import DeclarationPaperPrepared
from shared.events.training import RosterPrepared
from shared.identifiers import new_id
from shared.runtime import Runtime

Prepared = FormPrepared | RosterPrepared | DeclarationPaperPrepared
KIND = "account_application"
RESIDENT_ID = "11010519491231002X"


def content(**changes: Any) -> dict[str, Any]:
    """The sample of the application form, filled in."""
    sample: dict[str, Any] = json.loads((TEMPLATES / current(KIND) / "sample.json").read_text(encoding="utf-8"))
    return {**sample, **changes}


def rows_of(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for section in form["sections"] for row in section["rows"]]


def blank() -> dict[str, Any]:
    """The form as it is downloaded to be filled in by hand."""
    form = content(number="", blank=True, remarks="")
    for row in rows_of(form):
        row["value"] = "　　　年　　月　　日至　　　年　　月　　日" if row["label"] == "申请账号有效期" else ""
        for choice in row["choices"] or ():
            choice["ticked"] = False
    return form


def prepared_event(
    *, source_id: UUID | None = None, revision: int = 1, form: Any = None, **changes: Any
) -> FormPrepared:
    sealed = Sealed.seal(field_cipher(), json.dumps(form if form is not None else content()))
    return FormPrepared(
        **{"kind": KIND, "source_id": source_id or new_id(), "revision": revision, "content": sealed, **changes}
    )


async def prepared(runtime: Runtime, **changes: Any) -> FormPrepared:
    """A form that waits for its page."""
    event = prepared_event(**changes)
    async with runtime.database.unit_of_work() as session:
        await take_in(session, event)
    return event


async def form_of(session: AsyncSession, event: Prepared) -> FormDocument:
    statement = select(FormDocument).where(
        FormDocument.source_id == event.source_id, FormDocument.revision == event.revision
    )
    return (await session.scalars(statement)).one()


async def stored(runtime: Runtime, event: Prepared) -> FormDocument:
    async with runtime.database.unit_of_work() as session:
        return await form_of(session, event)


async def claimed(runtime: Runtime, event: Prepared) -> Claimed:
    """The form, claimed by a worker; it is made the oldest of all, so that it is the next."""
    await change(runtime, event, "due_at = '2020-01-01'")
    async with runtime.database.unit_of_work() as session:
        found = await claim_next(session)
    assert found is not None
    assert found.form.source_id == event.source_id
    return found


async def change(runtime: Runtime, event: Prepared, what: str) -> None:
    """Time passes, or a worker dies: what the row would say then."""
    async with runtime.database.unit_of_work() as session:
        statement = text(f"UPDATE form_documents SET {what} WHERE source_id = :id AND revision = :revision")
        await session.execute(statement, {"id": event.source_id, "revision": event.revision})
