"""证件照: what may be one, at most one to a file, and the way by which certificates get it (TRN-16, PLAT-07)."""

import io
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from PIL import Image, ImageDraw

from services.training.main import app
from services.training.people.personnel.sheet import COLUMNS
from shared.crypto import mask_resident_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.web.callers import internal_headers
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.people.personnel.test_parts import kept, match

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
ATTACHMENTS = "/api/training/attachments"
PHOTOS = "/internal/training/photos"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" + (
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def picture(size: tuple[int, int] = (400, 560), form: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """Red above, blue below."""
    image = Image.new("RGB", size, (200, 30, 30))
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill=(30, 30, 200))
    out = io.BytesIO()
    image.convert(mode).save(out, form, **options)
    return out.getvalue()


def turned() -> bytes:
    """Lying on its side, with the word of the camera that it has to be turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture())) as upright:
        upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif)
    return out.getvalue()


def animated() -> bytes:
    frames = [Image.open(io.BytesIO(picture())), Image.new("RGB", (400, 560), "white")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


@pytest.fixture
def actor(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.INSTITUTION_FILING)


@pytest.fixture
async def client(client_for: ClientFor, actor: Actor) -> AsyncClient:
    return await client_for(app, actor)


async def uploaded(client: AsyncClient, data: bytes, name: str = "证件照.jpg") -> str:
    answer = await client.post(ATTACHMENTS, files={"file": (name, data, "image/jpeg")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def put(client: AsyncClient, read: Response, *ids: str, kind: str = "photo") -> Response:
    path = f"{PERSONNEL}/{read.json()['id']}/attachments/{kind}"
    return await client.put(path, json={"attachment_ids": ids}, headers=match(read))


async def stored(client: AsyncClient, file_id: str) -> Image.Image:
    return Image.open(io.BytesIO((await client.get(f"{ATTACHMENTS}/{file_id}")).content))


def is_upright(image: Image.Image) -> bool:
    """Red above, blue below, the colours within what JPEG leaves."""
    red, blue = [image.convert("RGB").getpixel((image.width // 2, round(image.height * at))) for at in (0.2, 0.8)]
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    return red[0] > 170 and max(red[1:]) < 70 and blue[2] > 170 and max(blue[:2]) < 70


@pytest.mark.req("TRN-16", "CERT-06")
class TestInTheFile:
    async def test_it_is_shown_replaced_and_removed_like_the_other_uploads(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        first, second = [await uploaded(client, picture()) for _ in range(2)]
        one = await put(client, made, first)
        assert kept(one) == {"photo": [first]}
        both = await put(client, one, first, second)
        assert (both.status_code, both.json()["errors"][0]["code"]) == (422, "one_photo_only")
        other = await put(client, one, second)
        assert kept(other) == {"photo": [second]}
        none = await put(client, other)
        assert kept(none) == {}
        history = (await client.get(f"{PERSONNEL}/{made.json()['id']}/history")).json()
        changes = [(row["before"], row["after"], row["actor_name"]) for row in history if row["action"] == "attach"]
        assert [(before["证件照"], after["证件照"]) for before, after, _ in changes] == [
            ([], [first]),
            ([first], [second]),
            ([second], []),
        ]
        assert all(name.endswith("测试员") for _, _, name in changes)

    async def test_the_form_offers_it_and_the_import_sheet_does_not(self, client: AsyncClient) -> None:
        kinds = (await client.get("/api/training/personnel-dictionaries/attachment_kinds")).json()
        assert ("photo", "证件照") in [(each["code"], each["label"]) for each in kinds]
        made = await client.post(PERSONNEL, json=form())
        assert made.json()["attachments"][0] == {"kind": "photo", "label": "证件照", "files": []}
        assert not [column.title for column in COLUMNS if "照" in column.title]


@pytest.mark.req("TRN-16", "PLAT-07", "PLAT-01")
class TestWhatMayBeOne:
    async def test_a_jpeg_of_41_million_pixels_is_made_smaller_on_its_way_in(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        answer = await put(client, made, await uploaded(client, picture((6000, 6800))))
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("data", "code", "said"),
        [
            (PDF, "photo_not_a_picture", "jpg 或 png"),
            (picture((294, 413)), "photo_too_small", "至少须 295×413"),
            (picture((295, 412), "PNG"), "photo_too_small", "295×412"),
            (picture((560, 400)), "photo_not_upright", "旋转或裁剪"),
            (picture((500, 500)), "photo_not_upright", "竖版"),
            (picture((2000, 3100), "PNG"), "photo_too_many_pixels", "另存为 jpg"),
        ],
        ids=["pdf-named-jpg", "narrow", "low", "lying", "square", "6.2-megapixel-png"],
    )
    async def test_another_file_is_refused_with_the_reason_and_what_to_do(
        self, client: AsyncClient, data: bytes, code: str, said: str
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        answer = await put(client, made, await uploaded(client, data))
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("attachment_ids", code)
        assert said in error["message"]
        assert "重新上传" in error["message"] or "请" in error["message"]
        assert kept(await client.get(made.headers["location"])) == {}

    @pytest.mark.parametrize("data", [picture(form="PNG")[:-30], picture()[:-300]], ids=["png", "jpeg"])
    async def test_half_a_picture_is_refused_when_it_is_uploaded(self, client: AsyncClient, data: bytes) -> None:
        answer = await client.post(ATTACHMENTS, files={"file": ("证件照.png", data, "image/png")})
        assert (answer.status_code, answer.json()["code"]) == (422, "file_damaged")

    @pytest.mark.parametrize(
        "data",
        [
            picture((295, 413)),
            picture(form="PNG", mode="RGBA"),
            picture(mode="CMYK"),
            turned(),
            animated(),
            picture((5400, 7400), quality=60),
        ],
        ids=["least", "png", "cmyk", "turned", "animated", "40-megapixels"],
    )
    async def test_every_usual_photo_is_kept_upright_in_its_colours_and_still(
        self, client: AsyncClient, data: bytes
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        file_id = await uploaded(client, data)
        answer = await put(client, made, file_id)
        assert kept(answer) == {"photo": [file_id]}
        shown = await stored(client, file_id)
        assert shown.height > shown.width
        assert getattr(shown, "n_frames", 1) == 1
        assert is_upright(shown)


@pytest.mark.req("CERT-06", "PLAT-05", "PLAT-06")
class TestForCertificates:
    @pytest.fixture
    async def runtime(self, open_app: OpenApp) -> Runtime:
        return await open_app(app)

    async def test_certificates_get_the_photo_with_the_platforms_credential_and_nobody_else_does(
        self, client: AsyncClient, client_for: ClientFor, runtime: Runtime
    ) -> None:
        file_id = await uploaded(client, picture())
        await put(client, await client.post(PERSONNEL, json=form()), file_id)
        nobody = await client_for(app, None)
        answer = await nobody.get(f"{PHOTOS}/{file_id}", headers=internal_headers(runtime))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert is_upright(Image.open(io.BytesIO(answer.content)))
        for path in (f"{PHOTOS}/{file_id}", f"/internal/training/registrations/{uuid4()}/photo"):
            for headers in ({}, {"Authorization": "Bearer wrong"}, dict(client.headers)):
                assert (await nobody.get(path, headers=headers)).status_code == 404

    async def test_only_photos_that_stand_in_a_file_are_had(
        self, client: AsyncClient, client_for: ClientFor, runtime: Runtime
    ) -> None:
        title, photo, unclaimed = [await uploaded(client, picture()) for _ in range(3)]
        read = await put(client, await client.post(PERSONNEL, json=form()), title, kind="title")
        read = await put(client, read, photo)
        nobody = await client_for(app, None)

        async def statuses() -> list[int]:
            headers = internal_headers(runtime)
            ids = (photo, title, unclaimed, uuid4())
            return [(await nobody.get(f"{PHOTOS}/{each}", headers=headers)).status_code for each in ids]

        assert await statuses() == [200, 404, 404, 404]
        await put(client, read)
        assert await statuses() == [404, 404, 404, 404]

    async def test_no_key_and_no_address_of_it_holds_a_name_or_a_number(
        self, client: AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        body = form()
        file_id = await uploaded(client, picture(), f"{body['name']}{body['resident_id']}.jpg")
        answer = await put(client, await client.post(PERSONNEL, json=body), file_id)
        history = (await client.get(f"{PERSONNEL}/{answer.json()['id']}/history")).text
        assert body["resident_id"] not in history + caplog.text
        assert mask_resident_id(body["resident_id"]) in history
