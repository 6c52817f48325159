"""Uploads are judged by their content and made harmless."""

import io
import struct
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageFile, PngImagePlugin

from shared import uploads
from shared.errors import AppError
from shared.sheets import Column, write_sheet
from shared.uploads import IMAGES, SCANS, SHEETS, FileKind, check_upload, safe_download_name
from shared.web.downloads import content_disposition

pytestmark = pytest.mark.req("PLAT-07")


def picture(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


def pdf(change: object = None, **options: Any) -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    if callable(change):
        change(document)
    document.save(out, **options)
    return out.getvalue()


async def refusal(data: bytes, name: str, kinds: frozenset[FileKind] = SCANS, **options: int) -> tuple[int, str]:
    with pytest.raises(AppError) as caught:
        await check_upload(data, name=name, kinds=kinds, **options)
    return caught.value.status, caught.value.code


def press_profile() -> bytes:
    """The ICC profile of a press whose cyan is a strong green: paper white, K black, a table of two points for each ink."""
    white = struct.pack(">3i", 63190, 65536, 54061)
    corners = [(0, 128, 128) if each & 1 else (128, 60, 180) if each & 8 else (255, 128, 128) for each in range(16)]
    matrix, same = struct.pack(">9i", *(65536 * (at % 4 == 0) for at in range(9))), bytes(range(256))
    table = b"mft1" + bytes([0, 0, 0, 0, 4, 3, 2, 0]) + matrix + same * 4 + bytes(sum(corners, ())) + same * 3
    tags = {b"A2B0": table, b"wtpt": b"XYZ " + bytes(4) + white}
    at, index, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        index += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s28x", at + len(body), 0x02400000, b"prtr", b"CMYK", b"Lab ", b"acsp") + white
    return head.ljust(128, b"\0") + index + body


class TestKinds:
    async def test_content_decides_and_the_extension_is_put_right(self) -> None:
        checked = await check_upload(picture("PNG"), name="C:\\照片\\证件照.jpg", kinds=SCANS)
        assert (checked.kind, checked.content_type, checked.name) == (FileKind.PNG, "image/png", "证件照.png")

    @pytest.mark.parametrize(
        ("data", "name", "answer"),
        [
            (b"", "a.pdf", (422, "file_empty")),
            (b"MZ\x90\x00" + bytes(200), "a.pdf", (422, "file_content_mismatch")),
            (b"MZ\x90\x00" + bytes(200), "a.exe", (415, "file_kind_not_allowed")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", (415, "file_kind_not_allowed")),
            (b"<html><script>1</script>", "a.png", (422, "file_content_mismatch")),
            (picture("GIF"), "a.gif", (415, "file_kind_not_allowed")),
            (picture("JPEG")[:300], "a.jpg", (422, "file_damaged")),
            (b"%PDF-1.7\nrubbish", "a.pdf", (422, "file_damaged")),
            (b"\x89PNG\r\n\x1a\n" + bytes(60), "a.png", (422, "file_damaged")),
        ],
    )
    async def test_refusals_have_stable_codes(self, data: bytes, name: str, answer: tuple[int, str]) -> None:
        assert await refusal(data, name) == answer

    async def test_a_good_file_of_a_kind_not_asked_for_is_refused(self) -> None:
        assert await refusal(pdf(), "a.pdf", IMAGES) == (415, "file_kind_not_allowed")

    async def test_size_is_bounded(self) -> None:
        data = picture("PNG")
        assert (await check_upload(data, name="a.png", kinds=SCANS, max_bytes=len(data))).data
        assert await refusal(data, "a.png", max_bytes=len(data) - 1) == (413, "file_too_large")
        assert uploads.MAX_BYTES == 10 * 1024 * 1024


class TestImages:
    async def test_a_picture_without_its_end_is_damaged_whatever_another_library_has_switched_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
        out = io.BytesIO()
        Image.effect_noise((80, 80), 60).save(out, "PNG")
        with pytest.raises(AppError) as caught:
            await check_upload(out.getvalue()[: len(out.getvalue()) // 2], name="照片.png", kinds=IMAGES)
        assert caught.value.code == "file_damaged"

    async def test_place_of_taking_and_comments_are_stripped(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "secret place"
        checked = await check_upload(picture("JPEG", exif=exif, comment=b"secret word"), name="a.jpg", kinds=SCANS)
        assert b"secret" not in checked.data
        info = PngImagePlugin.PngInfo()
        info.add_text("where", "secret place")
        assert b"secret" not in (await check_upload(picture("PNG", pnginfo=info), name="a.png", kinds=SCANS)).data

    async def test_what_hangs_behind_the_picture_is_cut_off(self) -> None:
        data = picture("PNG") + b"<script>evil</script>"
        assert b"evil" not in (await check_upload(data, name="a.png", kinds=SCANS)).data

    async def test_a_turned_photo_stands_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        checked = await check_upload(picture("JPEG", (40, 20), exif=exif), name="a.jpg", kinds=SCANS)
        assert Image.open(io.BytesIO(checked.data)).size == (20, 40)

    @pytest.mark.parametrize(
        ("form", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "LA")]
    )
    async def test_unusual_colour_models_pass(self, form: str, mode: str) -> None:
        assert (await check_upload(picture(form, mode=mode), name="a", kinds=SCANS)).data

    @pytest.mark.parametrize(
        ("profile", "seen"),
        [(b"", (0, 255, 255)), (b"no profile", (0, 255, 255)), (press_profile(), (0, 144, 0))],
        ids=["pure-inks", "broken", "profile"],
    )
    async def test_a_picture_for_the_press_gets_the_colours_that_its_profile_means(
        self, profile: bytes, seen: tuple[int, int, int]
    ) -> None:
        out = io.BytesIO()
        Image.new("CMYK", (40, 20), (255, 0, 0, 0)).save(out, "JPEG", icc_profile=profile)
        with Image.open(io.BytesIO((await check_upload(out.getvalue(), name="a.jpg", kinds=IMAGES)).data)) as kept:
            colour = kept.getpixel((20, 10))
            assert (kept.mode, "icc_profile" in kept.info) == ("RGB", False)
        assert isinstance(colour, tuple)
        assert max(abs(one - other) for one, other in zip(colour, seen, strict=True)) < 12

    async def test_transparency_stays(self) -> None:
        checked = await check_upload(picture("PNG", mode="RGBA"), name="a.png", kinds=SCANS)
        assert Image.open(io.BytesIO(checked.data)).mode == "RGBA"

    async def test_too_many_pixels_are_refused(self) -> None:
        assert await refusal(picture("PNG", (8000, 7000), "1"), "a.png") == (422, "image_too_many_pixels")
        assert await refusal(picture("PNG", (20_000, 20_000), "1"), "a.png") == (422, "image_too_many_pixels")


def _script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
    document.pages[0].Annots = pikepdf.Array([link])


def _attachment(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = b"MZ"


class TestPdf:
    async def test_a_plain_one_is_kept_with_its_pages(self) -> None:
        checked = await check_upload(pdf(), name="扫描.PDF", kinds=SCANS)
        assert (checked.kind, checked.name) == (FileKind.PDF, "扫描.pdf")
        with pikepdf.open(io.BytesIO(checked.data)) as kept:
            assert len(kept.pages) == 1

    @pytest.mark.parametrize("change", [_script, _launch, _attachment])
    @pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
    async def test_scripts_programs_and_attachments_are_refused(
        self, change: object, packed: pikepdf.ObjectStreamMode
    ) -> None:
        assert await refusal(pdf(change, object_stream_mode=packed), "a.pdf") == (422, "pdf_active_content")

    async def test_one_that_asks_for_a_password_is_refused(self) -> None:
        data = pdf(encryption=pikepdf.Encryption(owner="owner", user="secret"))
        assert await refusal(data, "a.pdf") == (422, "pdf_encrypted")

    async def test_one_without_pages_is_refused(self) -> None:
        def empty(document: pikepdf.Pdf) -> None:
            del document.pages[0]

        assert await refusal(pdf(empty), "a.pdf") == (422, "file_damaged")


class TestSheet:
    async def test_a_workbook_passes_and_another_zip_does_not(self) -> None:
        data = write_sheet("名单", [Column("a", "甲")], [{"a": "x"}])
        assert (await check_upload(data, name="a.xlsx", kinds=SHEETS)).kind is FileKind.XLSX
        assert await refusal(data.replace(b"xl/workbook.xml", b"xl/workbooc.xml"), "a.xlsx", SHEETS) == (
            422,
            "file_content_mismatch",
        )


class TestNames:
    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\张三.pdf", "张三.pdf"),
            ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
            ("\u202efdp.exe", "fdp.exe"),
            ("..", "文件"),
            ("名" * 300 + ".pdf", "名" * 96 + ".pdf"),
        ],
    )
    def test_a_name_is_made_safe(self, name: str, safe: str) -> None:
        assert safe_download_name(name) == safe

    def test_the_header_speaks_ascii_and_utf8(self) -> None:
        header = content_disposition('张三 "1".pdf')
        assert header.isascii()
        assert header == "attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%E5%BC%A0%E4%B8%89%20_1_.pdf"
        assert content_disposition("a.pdf", inline=True).startswith("inline; ")
