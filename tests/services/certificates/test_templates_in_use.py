"""Which template a certificate is printed with, what stays of the page's promises once it is signed, and what people are told about input
that cannot be printed.
"""

import hashlib
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from services.certificates.issue.models import Certificate, CertificateEdition, NumberPattern
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.printing.pages import TEST_SIGNATURE
from services.certificates.rendering import fonts as fonts_module
from services.certificates.rendering.catalogue import current, sample
from services.certificates.rendering.errors import FontsUnusable, GlyphMissing, PhotoUnreadable
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.render import render
from services.certificates.templates.certificate.contract import CertificateDocument
from shared.runtime import Runtime
from tests.services.certificates.pages import CACHE, MM, character_boxes, pixels
from tests.services.certificates.records import RESIDENT_ID, rendered
from tests.services.certificates.structure import elements, metadata_of

pytestmark = pytest.mark.req("STAFF-10")
ROOT = Path(__file__).parents[3]


def document(**changes: object) -> CertificateDocument:
    return CertificateDocument.model_validate({**sample(current("certificate")).model_dump(), **changes})


async def file_of(runtime: Runtime, certificate: Certificate) -> bytes:
    assert certificate.status is CertificateStatus.VALID, certificate.failure
    return await runtime.storage.get(certificate.storage_key or "")


def words_of(pdf: bytes) -> str:
    return "".join(char for char, _ in character_boxes(pdf))


@pytest.mark.req("CERT-05", "CERT-06")
class TestThePlanType:
    async def test_it_decides_the_kind_of_document(self, runtime: Runtime) -> None:
        physician = await rendered(runtime)
        skills = await rendered(runtime, plan_type="skills_training")
        assert physician.template_version == current("certificate")
        assert skills.template_version == current("certificate_skills")
        assert "技能培训合格证明" in words_of(await file_of(runtime, skills))
        assert "培训合格证书" in words_of(await file_of(runtime, physician))

    async def test_the_pattern_is_the_place_where_that_stands(self, runtime: Runtime) -> None:
        async with runtime.database.unit_of_work() as session:
            session.add(
                NumberPattern(
                    plan_type="b_own", label="自设班", prefix="自{year}-", digits=4, template="certificate_skills"
                )
            )
        made = await rendered(runtime, plan_type="b_own")
        assert made.template_version == "certificate_skills/v1"

    async def test_each_edition_keeps_the_version_that_it_was_printed_with(self, runtime: Runtime) -> None:
        made = await rendered(runtime)
        statement = select(CertificateEdition).where(CertificateEdition.certificate_id == made.id)
        async with runtime.database.unit_of_work() as session:
            editions = list(await session.scalars(statement))
        assert [(each.edition, each.template_version) for each in editions] == [(1, current("certificate"))]

    @pytest.mark.parametrize("changes", [{}, {"specialties": ("职业性尘肺病及其他呼吸系统疾病",) * 12}])
    def test_an_older_version_still_prints_what_it_printed(self, fonts: Fonts, changes: dict[str, object]) -> None:
        older = CertificateDocument.model_validate({**sample("certificate/v1").model_dump(), **changes})
        noted = older.model_copy(update={"signature_note": TEST_SIGNATURE})
        first, second = (render("certificate/v1", each, fonts) for each in (older, noted))
        assert first == second
        with pikepdf.open(BytesIO(first)) as opened:
            assert "/StructTreeRoot" not in opened.Root
            assert "/Metadata" not in opened.Root


class TestTheSignedFile:
    async def test_a_test_signature_is_said_on_the_page(self, runtime: Runtime) -> None:
        assert TEST_SIGNATURE in words_of(await file_of(runtime, await rendered(runtime)))

    def test_without_a_note_the_line_is_left_out(self, fonts: Fonts) -> None:
        assert "电子签名" not in words_of(render("certificate/v2", document(signature_note=None), fonts))

    async def test_it_is_still_an_archived_and_tagged_file_with_the_same_properties(self, runtime: Runtime) -> None:
        certificate = await rendered(runtime)
        signed = await file_of(runtime, certificate)
        assert len(signed) < 100_000
        with pikepdf.open(BytesIO(signed)) as opened:
            said = metadata_of(opened)
            assert 'pdfaid:part="2"' in said or "<pdfaid:part>2<" in said
            assert certificate.number in said
            assert certificate.number in str(opened.docinfo.Title)
            assert str(opened.Root.Lang) == "zh-CN"
            assert bool(opened.Root.MarkInfo.Marked)
            assert str(opened.Root.OutputIntents[0].S) == "/GTS_PDFA1"
            assert "/H1" in {each.role for each in elements(opened)}
            (field,) = opened.Root.AcroForm.Fields
            # A field without a sight of its own must be printable and must not be hidden (PDF/A-2, 6.3.2).
            assert int(field.F) & 0b100111 == 0b000100
            assert [float(side) for side in field.Rect] == [0, 0, 0, 0]


class TestSameInputSameBytes:
    @pytest.mark.parametrize(
        "template", ["account_application/v1", "certificate/v2", "certificate_skills/v1", "sign_in_sheet/v1"]
    )
    def test_twice_and_in_a_fresh_process(self, fonts: Fonts, template: str) -> None:
        program = (
            "import sys, pathlib\n"
            "from services.certificates.rendering.catalogue import sample\n"
            "from services.certificates.rendering.fonts import load_fonts\n"
            "from services.certificates.rendering.render import render\n"
            "template = sys.argv[2]\n"
            "sys.stdout.buffer.write(render(template, sample(template), load_fonts(pathlib.Path(sys.argv[1]))))\n"
        )
        command = [sys.executable, "-c", program, str(CACHE), template]
        fresh = subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout
        sums = {
            hashlib.sha256(each).hexdigest()
            for each in (fresh, *(render(template, sample(template), fonts) for _ in "12"))
        }
        assert len(sums) == 1


class TestNames:
    @pytest.mark.parametrize("bad", ["😀", "\u200f", "\u202e", "\u200d", "\u200b", "\ufeff", "\n", "\t", "\x00"])
    def test_what_has_no_sight_is_refused_and_named(self, fonts: Fonts, bad: str) -> None:
        with pytest.raises(GlyphMissing) as refused:
            render("certificate/v2", document(holder_name=f"张{bad}三"), fonts)
        assert f"U+{ord(bad):04X}" in refused.value.detail

    @pytest.mark.parametrize(
        "name", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "&lt;张&gt;", '"><img src=x>', "--></p>"]
    )
    def test_markup_stays_text(self, fonts: Fonts, name: str) -> None:
        assert name.replace(" ", "") in words_of(render("certificate/v2", document(holder_name=name), fonts))

    @pytest.mark.req("PLAT-02")
    @pytest.mark.parametrize(
        ("name", "words"), [("张" * 60, "姓名"), ("张\u202e三", "U+202E"), ("李👨\u200d👩", "U+200D")]
    )
    async def test_the_certificate_says_what_is_wrong_with_it(self, runtime: Runtime, name: str, words: str) -> None:
        made = await rendered(runtime, person_name=name)
        assert made.status is CertificateStatus.FAILED
        assert words in (made.failure or "")
        assert RESIDENT_ID not in (made.failure or "")

    def test_fifty_characters_are_printed_whole(self, fonts: Fonts) -> None:
        name = "买买提·吐尔逊江" * 6
        assert name[:50] in words_of(render("certificate/v2", document(holder_name=name[:50]), fonts))


def _photo(kind: str, mode: str, size: tuple[int, int], colour: tuple[int, ...]) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, format=kind)
    return out.getvalue()


class TestPhotos:
    @pytest.mark.parametrize(
        ("kind", "mode", "colour", "shown"),
        [
            ("JPEG", "CMYK", (255, 0, 255, 0), (0, 255, 0)),
            ("JPEG", "CMYK", (0, 255, 255, 0), (255, 0, 0)),
            ("JPEG", "RGB", (30, 60, 200), (30, 60, 200)),
            ("PNG", "RGBA", (30, 60, 200, 0), (255, 255, 255)),
        ],
    )
    def test_they_are_printed_in_their_colours(
        self, fonts: Fonts, kind: str, mode: str, colour: tuple[int, ...], shown: tuple[int, int, int]
    ) -> None:
        pdf = render("certificate/v2", document(photo=_photo(kind, mode, (600, 840), colour)), fonts)
        with pikepdf.open(BytesIO(pdf)) as opened:
            (image,) = [
                each
                for each in opened.objects
                if isinstance(each, pikepdf.Stream) and "/DCTDecode" in str(each.get("/Filter"))
            ]
            assert str(image.ColorSpace) == "/DeviceRGB"
            middle = pikepdf.PdfImage(image).as_pil_image().getpixel((100, 100))
        assert isinstance(middle, tuple)
        assert max(abs(one - other) for one, other in zip(middle, shown, strict=True)) < 25

    @pytest.mark.parametrize(("kind", "size"), [("JPEG", (6400, 6400)), ("PNG", (6400, 6400))])
    def test_one_of_more_than_forty_million_pixels_is_refused(
        self, kind: str, size: tuple[int, int], fonts: Fonts
    ) -> None:
        with pytest.raises(PhotoUnreadable) as refused:
            render("certificate/v2", document(photo=_photo(kind, "L", size, (7,))), fonts)
        assert "重新上传" in refused.value.detail

    def test_one_of_forty_million_is_printed(self, fonts: Fonts) -> None:
        pdf = render("certificate/v2", document(photo=_photo("JPEG", "L", (5000, 8000), (30,))), fonts)
        frame = pixels(pdf).crop((round(36 * MM), round(70 * MM), round(55 * MM), round(92 * MM)))
        assert max(level for level, count in enumerate(frame.histogram()) if count) < 60


class TestFonts:
    def test_a_missing_file_is_named_and_no_page_is_made(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        gone = tmp_path / "NotoSerifSC-Gone.otf"
        monkeypatch.setattr(fonts_module, "FULL_FONTS", {"NotoSerifSC GB2312": gone})
        with pytest.raises(FontsUnusable) as refused:
            load_fonts(tmp_path)
        assert gone.name in refused.value.detail
        assert "系统管理人员" in refused.value.detail

    def test_a_damaged_one_too(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        damaged = tmp_path / "Damaged.otf"
        damaged.write_bytes(b"OTTO" + bytes(100))
        monkeypatch.setattr(fonts_module, "FULL_FONTS", {"NotoSerifSC GB2312": damaged})
        with pytest.raises(FontsUnusable):
            load_fonts(tmp_path)
