"""The packaged template of a version: its page, its style and the drawing beneath it. A page sees the files of its own folder, the pictures
registered for it, and nothing else.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError

from services.certificates.rendering import catalogue
from services.certificates.rendering.errors import TemplateBroken
from services.certificates.rendering.layout import Look, RegisteredFiles

# A is the level of PDF/A that holds for every reader: archived and tagged.
ARCHIVED, READABLE = "pdf/a-2a", "pdf/ua-1"
# Of a browser's style sheet only what a file's outline is made of, and that the head of a page is no part of it; whatever the style
# itself says comes before.
OUTLINE = """
:where(head) { display: none }
:where(h1) { bookmark-level: 1; bookmark-label: content(text) }
:where(h2) { bookmark-level: 2; bookmark-label: content(text) }
"""


@dataclass(frozen=True)
class PageTemplate:
    page: Template
    look: Look


def load_template(template: str) -> PageTemplate:
    """The packaged template such as "certificate/v1", kept for the life of the process. Raises ``UnknownTemplate`` and
    ``TemplateBroken``."""
    kind = catalogue.kind_of(template)
    folder = catalogue.TEMPLATES / template
    if folder.name in kind.plain_versions:
        return _load(folder, None)
    return _load(folder, ARCHIVED if kind.archived else READABLE)


def fill(template: PageTemplate, **values: object) -> str:
    """The page as HTML. Raises ``TemplateBroken`` for a page that asks for what it may not have."""
    try:
        return template.page.render(**values)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise TemplateBroken from error


def forget() -> None:
    """Every template is read anew from now on."""
    _load.cache_clear()


@lru_cache(maxsize=16)
def _load(folder: Path, variant: str | None) -> PageTemplate:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["chinese_date"] = chinese_date
    artwork = folder / "artwork.svg"
    try:
        page = environment.get_template("template.html")
        rules = (folder / "style.css").read_text(encoding="utf-8")
        style = CSS(
            string=rules if variant is None else rules + OUTLINE, base_url="document:", url_fetcher=RegisteredFiles({})
        )
        drawing = _drawn(artwork.read_text(encoding="utf-8"), variant is not None) if artwork.exists() else None
        return PageTemplate(page, Look(style, drawing, variant))
    except (TemplateError, OSError, FatalURLFetchingError) as error:
        raise TemplateBroken from error


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _without_resources(page: pikepdf.Page) -> bytes:
    """What is drawn, less the states that only say that it is opaque, as everything is. Raises ``TemplateBroken`` for what needs a
    resource, which the page has not under which it is laid."""
    states = page.Resources.get("/ExtGState", pikepdf.Dictionary())
    kept = []
    for each in pikepdf.parse_content_stream(page):
        if any(isinstance(operand, pikepdf.Name) for operand in each.operands):
            if str(each.operator) != "gs" or any(
                states[str(each.operands[0])].get(key, 1) != 1 for key in ("/CA", "/ca")
            ):
                raise TemplateBroken
        else:
            kept.append(each)
    return pikepdf.unparse_content_stream(kept)


def _drawn(svg: str, tagged: bool) -> bytes:
    """The deflated PDF operators of a full-page drawing without text, gradients or opacity (those would need resources).
    Drawn once: parsing it for every page would cost more than all the rest of the page. In a ``tagged`` file it is marked as decoration,
    which nobody reads out."""
    html = f"<style>@page {{ size: 297mm 210mm; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}</style>{svg}"
    pdf = HTML(string=html, url_fetcher=RegisteredFiles({})).write_pdf()
    with pikepdf.open(BytesIO(pdf)) as drawn:
        operators = _without_resources(drawn.pages[0])
    drawing = b"q\n" + operators + b"\nQ"
    return zlib.compress(b"/Artifact BMC\n" + drawing + b"\nEMC" if tagged else drawing, level=9)
