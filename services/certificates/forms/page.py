"""From the content of a form to the bytes of its PDF: pure, like the certificate's page, whose fonts and checks it shares."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from services.certificates.forms.contract import FormContent
from services.certificates.forms.kinds import KINDS, ROOMY
from services.certificates.rendering.errors import GlyphMissing, RenderingRefused
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.render import QR_URL, load_template, page_to_pdf, qr_png


class FormRefused(RenderingRefused):
    code = "form_not_printable"
    detail = "表单内容过长，无法打印，请精简后重新生成"


def render_form(kind: str, content: str, fonts: Fonts) -> bytes:
    """A form on A4, portrait, as PDF (AUTH-01, AUTH-06, STAFF-07). ``kind`` is one of ``KINDS``, ``content`` the JSON of its contract.

    Raises ``FormRefused`` for content that is no such JSON or too long, and ``GlyphMissing`` before any layout. ``fonts`` must not
    be in use by another thread.
    """
    form = read_content(kind, content)
    missing = fonts.missing("".join(_texts(form.model_dump())))
    if missing:
        raise GlyphMissing(missing)
    wanted = KINDS[kind]
    template = load_template(wanted.template)
    files = {QR_URL: qr_png(form.number)} if form.number and not form.blank else {}
    for density, most_sheets in (*((density, 1) for density in wanted.densities), (ROOMY, wanted.most_sheets)):
        html = template.page.render(form=form, density=density, qr_url=QR_URL if files else None)
        pdf = page_to_pdf(html, template, fonts, files, _about(form), most_sheets=most_sheets)
        if pdf is not None:
            return pdf
    raise FormRefused


def read_content(kind: str, content: str) -> FormContent:
    """The content as its contract has it. Raises ``FormRefused`` naming the places that do not fit."""
    try:
        return KINDS[kind].contract.model_validate_json(content)
    except ValidationError as error:
        places = "、".join(dict.fromkeys(".".join(map(str, problem["loc"])) for problem in error.errors()))
        # Without the cause: pydantic's message shows the input, and the input names a person.
        raise FormRefused(f"表单内容不完整或过长（{places[:300]}），请更正后重新生成") from None


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, without its line breaks, which need no glyph."""
    if isinstance(value, str):
        yield value.replace("\r", "").replace("\n", "")
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _about(form: FormContent) -> dict[str, object]:
    return {"title": f"{form.title} {form.number}".strip(), "lang": "zh-CN"}
