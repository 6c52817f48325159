"""How long one certificate takes on one core in a warm process, photo and QR included, also signed (P-256, the key kept in memory),
beside the same page made by WeasyPrint used the plain way: the full font through @font-face, pictures as data URIs, everything parsed anew.
"""

import asyncio
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageFilter
from pylopdf_fonts_zh_cn import serif_path
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.figure import Figure
from services.certificates.rendering.catalogue import TEMPLATES, current, sample
from services.certificates.rendering.fonts import load_fonts
from services.certificates.rendering.packages import load_template
from services.certificates.rendering.render import render
from services.certificates.signing.identity import from_pem
from services.certificates.signing.own_authority import make_test_identity
from services.certificates.signing.seal import Sealer, seal_pdf
from services.certificates.signing.signers import KeptKeySigner
from services.certificates.templates.certificate.contract import CertificateDocument
from shared.clock import now_utc

TEMPLATE = current("certificate")
GOAL_MS, SIGNED_GOAL_MS = 35, 60
ROUNDS = 60
PLAIN_ROUNDS = 5


def figures() -> Iterator[Figure]:
    """Medians in milliseconds of processor time, which other processes on the machine disturb least."""
    document = _sample()
    sealer = test_sealer()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        fonts = load_fonts(Path(folder))
        ours = median_ms(lambda: render(TEMPLATE, document, fonts), ROUNDS)
        rare = document.model_copy(update={"holder_name": "张䶮"})
        with_rare = median_ms(lambda: render(TEMPLATE, rare, fonts), ROUNDS)
        signed = median_ms(
            lambda: runner.run(seal_pdf(render(TEMPLATE, document, fonts), sealer, reason="签发")), ROUNDS
        )
    plain = median_ms(lambda: _plainly(document), PLAIN_ROUNDS)
    yield Figure("certificate_ms", ours, "ms", GOAL_MS)
    yield Figure("certificate_signed_ms", signed, "ms", SIGNED_GOAL_MS)
    yield Figure("certificate_rare_name_ms", with_rare, "ms")
    yield Figure("certificate_plain_weasyprint_ms", plain, "ms")
    yield Figure("certificate_plain_ratio", plain / ours, "x")


def test_sealer() -> Sealer:
    """As the embedded default signs."""
    made = make_test_identity(now_utc())
    identity = from_pem(made.certificates, made.private_key, is_test=True)
    return Sealer(KeptKeySigner(identity), identity, "测试")


def photoless_sample() -> CertificateDocument:
    """Of somebody with a common name."""
    return CertificateDocument.model_validate({**sample(TEMPLATE).model_dump(), "holder_name": "张三丰"})


def _sample() -> CertificateDocument:
    picture = Image.effect_noise((600, 840), 200).convert("RGB").filter(ImageFilter.GaussianBlur(6))
    photo = BytesIO()
    picture.save(photo, format="JPEG", quality=90)
    return photoless_sample().model_copy(update={"photo": photo.getvalue()})


def _plainly(document: CertificateDocument) -> bytes:
    folder = TEMPLATES / TEMPLATE
    face = f"@font-face {{ font-family: 'NotoSerifSC GB2312'; src: url('{serif_path().as_uri()}') }}"
    artwork = _data_uri("image/svg+xml", (folder / "artwork.svg").read_bytes())
    sheet = f"{face} @page {{ background: url({artwork}) -33mm -25mm / 297mm 210mm no-repeat }} body, p {{ margin: 0 }}"
    page = load_template(TEMPLATE).page.render(
        document=document,
        density="roomy",
        photo_url=_data_uri("image/jpeg", document.photo or b""),
        qr_url=segno.make_qr(document.check_url, error="m", boost_error=False).png_data_uri(border=0),
    )
    fonts = FontConfiguration()
    style = CSS(string=sheet + (folder / "style.css").read_text(encoding="utf-8"), font_config=fonts)
    return bytes(HTML(string=page).write_pdf(font_config=fonts, stylesheets=[style]))


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode()}"


def median_ms(work: Callable[[], object], rounds: int) -> float:
    for _ in range(3):
        work()
    taken = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
