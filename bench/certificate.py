"""How long one certificate takes on one core in a warm process, photo and QR included, beside WeasyPrint used the plain
way: full fonts, and everything parsed anew for each page.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter
from pylopdf_fonts_zh_cn import serif_path
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.figure import Figure
from services.certificates.rendering.contract import CertificateDocument
from services.certificates.rendering.fonts import load_fonts
from services.certificates.rendering.render import TEMPLATE_VERSION, TEMPLATES, load_template, render_certificate

GOAL_MS = 35
ROUNDS = 60
PLAIN_ROUNDS = 5


def figures() -> Iterator[Figure]:
    """Medians in milliseconds of processor time, which other processes on the machine disturb least."""
    document = _sample()
    with tempfile.TemporaryDirectory() as folder:
        fonts = load_fonts(Path(folder))
        ours = _median_ms(lambda: render_certificate(document, fonts), ROUNDS)
        rare = document.model_copy(update={"holder_name": "张䶮"})
        with_rare = _median_ms(lambda: render_certificate(rare, fonts), ROUNDS)
    plain = _median_ms(lambda: _plainly(document), PLAIN_ROUNDS)
    yield Figure("certificate_ms", ours, "ms", GOAL_MS)
    yield Figure("certificate_rare_name_ms", with_rare, "ms")
    yield Figure("certificate_plain_weasyprint_ms", plain, "ms")
    yield Figure("certificate_plain_ratio", plain / ours, "x")


def _sample() -> CertificateDocument:
    picture = Image.effect_noise((600, 840), 200).convert("RGB").filter(ImageFilter.GaussianBlur(6))
    photo = BytesIO()
    picture.save(photo, format="JPEG", quality=90)
    data = json.loads((TEMPLATES / TEMPLATE_VERSION / "sample.json").read_text(encoding="utf-8"))
    return CertificateDocument(**{**data, "holder_name": "张三丰", "photo": photo.getvalue()})


def _plainly(document: CertificateDocument) -> None:
    font_configuration = FontConfiguration()
    face = f"@font-face {{ font-family: 'Noto Serif SC'; src: url('{serif_path().as_uri()}') }}"
    style = (TEMPLATES / TEMPLATE_VERSION / "style.css").read_text(encoding="utf-8")
    page = load_template(TEMPLATE_VERSION).page.render(document=document, density="roomy", photo_url="", qr_url="")
    HTML(string=page).write_pdf(
        font_config=font_configuration, stylesheets=[CSS(string=face + style, font_config=font_configuration)]
    )


def _median_ms(work: Callable[[], object], rounds: int) -> float:
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
