"""How long an employer's declaration form and its receipt take as PDF (FAQ-D14), as the sample of each template has them, on one core in a
warm process, beside the certificate of the same run: a form has several pages, and each is given the time of one.
"""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf

from bench.certificate import GOAL_MS, ROUNDS, TEMPLATE, median_ms, photoless_sample
from bench.figure import Figure
from services.certificates.rendering.catalogue import current, sample
from services.certificates.rendering.fonts import load_fonts
from services.certificates.rendering.render import render

KINDS = ("declaration_form", "declaration_receipt")


def figures() -> Iterator[Figure]:
    """Medians in milliseconds of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        fonts = load_fonts(Path(folder))
        for kind in KINDS:
            template = current(kind)
            document = sample(template)
            with pikepdf.open(BytesIO(render(template, document, fonts))) as pdf:
                pages = len(pdf.pages)
            taken = median_ms(lambda: render(template, document, fonts), ROUNDS)  # noqa: B023  # called before the next one
            yield Figure(f"{kind}_ms", taken, "ms")
            yield Figure(f"{kind}_a_page_ms", taken / pages, "ms", GOAL_MS)
            yield Figure(f"{kind}_pages", pages, "")
        certificate = photoless_sample()
        yield Figure(
            "form_beside_certificate_ms", median_ms(lambda: render(TEMPLATE, certificate, fonts), ROUNDS), "ms"
        )
