"""The holder's photo on the page (CERT-06): fetched from training once, kept as our own copy, never left out in silence."""

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from services.certificates.issue.models import Certificate
from services.certificates.issue.service import act_on_certificate
from services.certificates.issue.workflow import CertificateAction, CertificateStatus, Remake
from services.certificates.main import app
from services.certificates.printing.photos import PhotoAway, PhotoGone, photo_of
from services.certificates.printing.tasks import render_one
from services.certificates.rendering.errors import PhotoUnreadable
from services.certificates.rendering.press import process_fonts
from shared.db.history import RecordType, history_of
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.callers import internal_headers
from tests.conftest import ClientFor, make_actor
from tests.services.certificates.pages import colour_of_photo
from tests.services.certificates.records import issued, jobs_of, published_result, stored
from tests.services.certificates.test_printing import claimed
from tests.services.certificates.test_reissue import corrected, happens

pytestmark = pytest.mark.req("CERT-06", "STAFF-10")
RED, BLUE = (200, 30, 30), (30, 30, 200)
ROOT = Path(__file__).resolve().parents[3]


def picture(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (400, 560), form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


@dataclass
class Training:
    """The border: what training would answer. ``photos`` by id, ``now`` what the file has, ``down`` answers nothing but 503."""

    runtime: Runtime
    photos: dict[UUID, bytes] = field(default_factory=dict)
    now: UUID | None = None
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.down:
            return httpx.Response(503)
        if request.headers.get("authorization") != internal_headers(self.runtime)["Authorization"]:
            return httpx.Response(404)
        if request.url.path.startswith("/internal/training/registrations/"):
            return httpx.Response(200, json={"photo_id": self.now and str(self.now)})
        found = self.photos.get(UUID(request.url.path.rpartition("/")[2]))
        return httpx.Response(200, content=found) if found is not None else httpx.Response(404)

    @property
    def known(self) -> Runtime:
        """The runtime of certificates, its calls answered here."""
        return replace(self.runtime, http=httpx.AsyncClient(transport=httpx.MockTransport(self.answer)))

    def put(self, data: bytes) -> UUID:
        """Another photo in the person's file, instead of what was there."""
        self.now = new_id()
        self.photos = {self.now: data}
        return self.now

    def remove(self) -> None:
        self.now, self.photos = None, {}


@pytest.fixture
def training(runtime: Runtime) -> Training:
    # As the worker does before its first page, so that loading them does not count as the page's time.
    process_fonts(runtime.settings.cache_dir)
    return Training(runtime)


async def made(training: Training, certificate: Certificate) -> Certificate:
    """After one look of the worker at this certificate's page."""
    await render_one(training.known, await claimed(training.runtime, certificate))
    return await stored(training.runtime, certificate)


async def page(training: Training, certificate: Certificate) -> bytes:
    assert certificate.storage_key is not None, certificate.failure
    return await training.runtime.storage.get(certificate.storage_key)


async def try_again(training: Training, certificate: Certificate, **body: Any) -> Certificate:
    manager = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")
    async with training.runtime.database.unit_of_work() as session:
        action = CertificateAction.RETRY
        await act_on_certificate(
            session, actor=manager, certificate_id=certificate.id, action=action, body=Remake(**body)
        )
    return await made(training, certificate)


class TestOnThePage:
    async def test_the_photo_of_the_file_is_printed_and_a_copy_kept(self, training: Training) -> None:
        photo_id = training.put(picture(RED))
        certificate = await made(training, await issued(training.runtime, photo_id=photo_id))
        assert (certificate.status, certificate.failure) == (CertificateStatus.VALID, None)
        assert colour_of_photo(await page(training, certificate)) == "red"
        assert certificate.photo_key == f"certificates/photos/{certificate.id}/{photo_id}.jpg"
        with Image.open(io.BytesIO(await training.runtime.storage.get(certificate.photo_key))) as copy:
            assert (copy.format, copy.size) == ("JPEG", (295, 413))

    async def test_without_a_photo_in_the_file_nobody_is_asked_and_the_page_is_made(self, training: Training) -> None:
        certificate = await made(training, await issued(training.runtime))
        assert (certificate.status, certificate.photo_key) == (CertificateStatus.VALID, None)
        assert colour_of_photo(await page(training, certificate)) is None
        assert training.asked == []

    async def test_a_second_try_prints_the_copy_and_needs_nobody(self, training: Training) -> None:
        certificate = await issued(training.runtime, photo_id=training.put(picture(RED)))
        copied = await photo_of(training.known, certificate)
        assert copied is not None
        training.remove()
        training.asked.clear()
        after = await made(training, certificate)
        assert colour_of_photo(await page(training, after)) == "red"
        assert (after.photo_key, training.asked) == (copied.key, [])


class TestAway:
    @pytest.mark.req("PLAT-11")
    async def test_while_training_is_away_the_page_waits_and_comes_when_it_is_back(self, training: Training) -> None:
        certificate = await issued(training.runtime, photo_id=training.put(picture()))
        training.down = True
        after = await made(training, certificate)
        assert (after.status, after.failure) == (CertificateStatus.PREPARING, None)
        (job,) = await jobs_of(training.runtime, certificate)
        assert (job.done_at, job.attempts) == (None, 0)
        training.down = False
        assert colour_of_photo(await page(training, await made(training, certificate))) == "red"

    @pytest.mark.parametrize("trouble", [httpx.ConnectError("away"), httpx.ReadTimeout("slow")])
    async def test_no_answer_is_told_as_away(self, training: Training, trouble: httpx.HTTPError) -> None:
        def silent(_: httpx.Request) -> httpx.Response:
            raise trouble

        away = replace(training.runtime, http=httpx.AsyncClient(transport=httpx.MockTransport(silent)))
        with pytest.raises(PhotoAway):
            await photo_of(away, await issued(training.runtime, photo_id=new_id()))

    async def test_a_training_that_does_not_know_us_is_away_and_the_photo_is_not_gone(self, training: Training) -> None:
        """With a wrong credential, or before its upgrade, every route of it answers 404."""
        stranger = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(404)))
        with pytest.raises(PhotoAway):
            await photo_of(replace(training.runtime, http=stranger), await issued(training.runtime, photo_id=new_id()))


class TestGone:
    async def test_a_photo_that_was_replaced_since_gives_way_to_the_new_one(self, training: Training) -> None:
        certificate = await issued(training.runtime, photo_id=training.put(picture(RED)))
        newer = training.put(picture(BLUE))
        after = await made(training, certificate)
        assert colour_of_photo(await page(training, after)) == "blue"
        assert (after.photo_id, after.photo_key) == (newer, f"certificates/photos/{after.id}/{newer}.jpg")

    async def test_a_photo_that_was_removed_is_told_and_taken_once_it_is_there_again(self, training: Training) -> None:
        certificate = await issued(training.runtime, photo_id=training.put(picture(RED)))
        training.remove()
        failed = await made(training, certificate)
        assert (failed.status, failed.failure) == (CertificateStatus.FAILED, PhotoGone.detail)
        assert "补传证件照" in PhotoGone.detail
        assert (await try_again(training, failed)).status is CertificateStatus.FAILED
        training.put(picture(BLUE))
        after = await try_again(training, failed)
        assert colour_of_photo(await page(training, after)) == "blue"

    @pytest.mark.req("PLAT-04")
    async def test_a_manager_may_decide_to_do_without_and_the_history_says_so(self, training: Training) -> None:
        certificate = await issued(training.runtime, photo_id=training.put(picture()))
        training.remove()
        after = await try_again(training, await made(training, certificate), without_photo=True)
        assert (after.status, after.photo_id, after.photo_key) == (CertificateStatus.VALID, None, None)
        assert colour_of_photo(await page(training, after)) is None
        async with training.runtime.database.unit_of_work() as session:
            steps = await history_of(session, RecordType("certificate"), after.id)
        (retried,) = [step for step in steps if step.action == "retry"]
        assert (retried.after or {})["without_photo"] is True

    async def test_the_button_takes_the_decision_and_nothing_else(
        self, training: Training, client_for: ClientFor
    ) -> None:
        certificate = await issued(training.runtime, photo_id=new_id())
        await made(training, certificate)
        manager: Actor = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")
        client, path = await client_for(app, manager), f"/api/certificates/certificates/{certificate.id}/retry"
        assert (await client.post(path, json={"without_photo": "也许"})).status_code == 422
        assert (await client.post(path, json={"without_photo": True})).status_code == 200
        assert (await stored(training.runtime, certificate)).photo_id is None


class TestUnreadable:
    @pytest.mark.parametrize(
        "data",
        [b"", b"%PDF-1.7", picture()[:-300], picture(form="PNG")[:-300], picture(size=(3100, 2000), form="PNG")],
        ids=["nothing", "pdf", "half-jpeg", "half-png", "6.2-megapixel-png"],
    )
    async def test_a_photo_that_cannot_be_read_ends_the_page_with_the_reason(
        self, training: Training, data: bytes
    ) -> None:
        certificate = await made(training, await issued(training.runtime, photo_id=training.put(data)))
        assert (certificate.status, certificate.failure) == (CertificateStatus.FAILED, PhotoUnreadable.detail)
        training.put(picture(BLUE))
        assert colour_of_photo(await page(training, await try_again(training, certificate))) == "blue"


@pytest.mark.req("STAFF-09")
class TestReissue:
    @pytest.mark.parametrize(
        ("change", "colour"), [("same", "red"), ("newer", "blue"), ("removed", "red")], ids=["same", "newer", "removed"]
    )
    async def test_a_reissue_takes_the_newer_photo_and_else_prints_the_old_one_again(
        self, training: Training, change: str, colour: str
    ) -> None:
        result = published_result(photo_id=training.put(picture(RED)))
        certificate = await happens(training.runtime, result)
        assert certificate is not None
        first = await made(training, certificate)
        now = training.put(picture(BLUE)) if change == "newer" else result.photo_id if change == "same" else None
        if change != "newer":
            training.remove()
        await happens(training.runtime, corrected(result, "职业性皮肤病", photo_id=now))
        after = await made(training, first)
        assert (after.status, after.editions) == (CertificateStatus.VALID, 2)
        assert colour_of_photo(await page(training, after)) == colour
        assert await training.runtime.storage.exists(first.photo_key or "")

    async def test_a_photo_that_is_gone_before_the_first_page_is_not_asked_for_after_a_correction(
        self, training: Training
    ) -> None:
        result = published_result(photo_id=training.put(picture(RED)))
        certificate = await happens(training.runtime, result)
        assert certificate is not None
        training.remove()
        assert (await made(training, certificate)).status is CertificateStatus.FAILED
        await happens(training.runtime, corrected(result, "职业性皮肤病", photo_id=None))
        after = await made(training, certificate)
        assert (after.status, after.photo_id) == (CertificateStatus.VALID, None)

    async def test_a_revoked_certificate_keeps_its_copy(self, training: Training) -> None:
        result = published_result(photo_id=training.put(picture(RED)))
        certificate = await happens(training.runtime, result)
        assert certificate is not None
        first = await made(training, certificate)
        await happens(training.runtime, corrected(result))
        after = await stored(training.runtime, first)
        assert (after.status, after.photo_key) == (CertificateStatus.REVOKED, first.photo_key)
        assert await training.runtime.storage.exists(after.photo_key or "")
