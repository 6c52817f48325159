"""One template with its sample data, marked so that nobody takes it for a document. It is a program: ``python -m`` this module with a
template and the folder of the fonts writes the PDF, in a process that ends with it, whatever the template does.
"""

import resource
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
from weasyprint import CSS

from services.certificates.previews.service import REFUSED
from services.certificates.rendering.catalogue import sample
from services.certificates.rendering.errors import GlyphMissing
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.layout import Look, page_to_pdf
from services.certificates.rendering.render import render
from shared.errors import AppError

NUMBER = "样例无编号"
MARK = "样　例"
NOTE = "模板预览，内容均为虚构，不是有效文书"
MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 60


def specimen(template: str, fonts: Fonts) -> bytes:
    """The sample of a template as PDF, without a number of its own and with 样例 across each sheet. Raises what ``render`` raises."""
    content = sample(template).model_copy(update={"number": NUMBER})
    return _marked(render(template, content, fonts), template, fonts)


def _marked(pdf: bytes, template: str, fonts: Fonts) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as shown:
        width, height = (float(side) for side in shown.pages[0].mediabox[2:])
        with pikepdf.open(BytesIO(_mark(width, height, template, fonts))) as mark:
            for page in shown.pages:
                page.add_overlay(mark.pages[0], pikepdf.Rectangle(0, 0, width, height))
        out = BytesIO()
        shown.save(out, deterministic_id=True)
    return out.getvalue()


def _mark(width: float, height: float, template: str, fonts: Fonts) -> bytes:
    """A sheet with nothing but the mark, in the points of PDF."""
    words = f"{NOTE}（{template}）"
    missing = fonts.missing(MARK + words)
    if missing:
        raise GlyphMissing(missing)
    style = CSS(
        string=f"""
        @page {{ size: {width}pt {height}pt; margin: 0 }}
        head {{ display: none }}
        html {{ font-family: "NotoSerifSC GB2312", "Noto Serif SC"; color: rgba(190, 20, 20, .22) }}
        html, body, p {{ display: block; text-align: center }}
        .mark {{ font-size: {min(width, height) / 4}pt; line-height: {height}pt; transform: rotate(-30deg) }}
        .note {{ position: absolute; left: 0; right: 0; top: 6pt; font-size: 9pt; color: #be1414 }}
        """
    )
    html = f'<html lang="zh-CN"><body><p class="mark">{MARK}</p><p class="note">{words}</p></body></html>'
    made = page_to_pdf(html, Look(style), fonts, {}, {"title": MARK})
    assert made is not None  # both lines stand on the one sheet that is as large as they need
    return made


def main() -> None:
    """Reads the template and the folder from the command line."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    template, cache_dir = sys.argv[1:]
    try:
        shown = specimen(template, load_fonts(Path(cache_dir)))
    except AppError as error:
        sys.stdout.buffer.write(error.detail.encode())
        sys.exit(REFUSED)
    sys.stdout.buffer.write(shown)


if __name__ == "__main__":
    main()
