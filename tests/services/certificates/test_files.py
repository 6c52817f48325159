"""Which files of certificates a row names: all that serve somebody, and nothing that was left behind (PLAT-19)."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from services.certificates.files import FILES
from services.certificates.forms.models import FormDocument
from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CertificateStatus
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.storage import Storage
from tests.services.certificates.records import issued, jobs_of, rendered

pytestmark = pytest.mark.req("PLAT-19")


async def named(runtime: Runtime, *keys: str) -> set[str]:
    """Those of the keys that rows name; each must be of a kind of files."""
    found: set[str] = set()
    async with runtime.database.unit_of_work() as session:
        for key in keys:
            [(kind, match)] = [(each, match) for each in FILES if (match := each.shape.fullmatch(key))]
            found |= await kind.named(session, {key: match})
    return found


async def test_a_page_is_named_and_one_of_a_lost_claim_is_not(runtime: Runtime) -> None:
    certificate = await rendered(runtime)
    assert certificate.storage_key is not None
    lost = re.sub(r"-\d+\.pdf", "-99.pdf", certificate.storage_key)
    assert await named(runtime, certificate.storage_key, lost) == {certificate.storage_key}


async def test_what_is_put_down_for_a_page_that_is_being_made_is_named(runtime: Runtime) -> None:
    certificate = await issued(runtime)
    [job] = await jobs_of(runtime, certificate)
    key = f"certificates/{certificate.id}/{job.id}/20260101000000000000-1.pdf"
    assert certificate.status is CertificateStatus.PREPARING
    assert await named(runtime, key) == {key}


async def test_the_photo_of_a_certificate_is_named_and_one_that_was_replaced_is_not(runtime: Runtime) -> None:
    certificate, photo = await rendered(runtime), new_id()
    async with runtime.database.unit_of_work() as session:
        of = update(Certificate).where(Certificate.id == certificate.id)
        await session.execute(of.values(photo_id=photo))
    keys = [f"certificates/photos/{certificate.id}/{each}.jpg" for each in (photo, new_id())]
    assert await named(runtime, *keys) == {keys[0]}


async def test_a_form_is_named_where_it_was_printed_or_will_be(runtime: Runtime) -> None:
    printed, coming = (
        FormDocument(id=new_id(), kind="roster", source_id=new_id(), revision=1, content="{}", correlation_id="")
        for _ in range(2)
    )
    keys = {each.id: f"forms/roster/{each.source_id}/1/{each.id}-1.pdf" for each in (printed, coming)}
    lost = f"forms/roster/{printed.source_id}/1/{printed.id}-2.pdf"
    async with runtime.database.unit_of_work() as session:
        session.add_all((printed, coming))
        await session.flush()
        done = update(FormDocument).where(FormDocument.id == printed.id)
        await session.execute(done.values(storage_key=keys[printed.id], done_at=printed.created_at, content=None))
    assert await named(runtime, *keys.values(), lost) == set(keys.values())
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(FormDocument).where(FormDocument.id == coming.id).values(done_at=coming.due_at))


async def test_every_file_that_is_made_has_a_kind(runtime: Runtime, tmp_path: Path) -> None:
    """One that had none would lie there for good."""
    own = replace(runtime, storage=Storage(f"file://{tmp_path}/files"))
    certificate = await rendered(own)
    assert certificate.storage_key is not None
    listed = [key async for key, *_ in own.storage.listed("certificates")]
    assert certificate.storage_key in listed
    for key in listed:
        assert [each for each in FILES if each.shape.fullmatch(key)]
