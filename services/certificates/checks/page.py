"""The check as pages for a phone: one file of HTML with its style inside, no script, nothing loaded from anywhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificates.checks.schemas import CheckRead
from services.certificates.checks.workflow import CheckResult
from shared.clock import beijing_time
from shared.errors import AppError, FieldError

TITLE = "培训合格证书查验"
# Drawn inside a circle of 48 x 48, so that the answer does not hang on its colour alone.
MARKS = {
    CheckResult.VALID: "M14.5 24.5l6.5 6.5 12.5-13",
    CheckResult.EXPIRED: "M24 13v11.5l7 5",
    CheckResult.REVOKED: "M17 17l14 14M31 17L17 31",
    CheckResult.REPLACED: "M33 20a10 10 0 0 0-18-1M15 13v6h6M15 28a10 10 0 0 0 18 1M33 35v-6h-6",
    CheckResult.ALTERED: "M24 13v13M24 33.5v.1",
    CheckResult.UNKNOWN: "M19 19a5 5 0 1 1 7.2 4.5C24.6 24.4 24 25.5 24 27.5M24 33.5v.1",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex",
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGE = _PAGES.get_template("page.html")
NOTHING_TYPED = {"number": "", "name": ""}


def page_of_start(*, public_url: str, now: datetime) -> str:
    """The three ways to ask."""
    return _page(TITLE, public_url, now)


def page_of_check(check: CheckRead, *, public_url: str, now: datetime) -> str:
    """An answer, with the moment of the look-up, and the ways to ask again."""
    return _page(f"{check.label} · {TITLE}", public_url, now, check=check)


def page_of_refusal(error: AppError, *, public_url: str, now: datetime, typed: Mapping[str, str]) -> str:
    """Why there is no answer, each field by name, and what was typed still there. ``typed`` has number and name."""
    wait = f"（请等待 {error.retry_after} 秒）" if error.retry_after else ""
    # What is refused without naming a field is the file, when it is about input, or the whole request.
    alone = "file" if error.status in {400, 413, 415, 422} else ""
    errors = error.errors or (FieldError(alone, error.code, error.detail + wait),)
    return _page(f"未能查验 · {TITLE}", public_url, now, errors=errors, typed=typed)


def _page(
    title: str,
    public_url: str,
    now: datetime,
    *,
    check: CheckRead | None = None,
    errors: Sequence[FieldError] = (),
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> str:
    return _PAGE.render(
        title=title,
        host=urlsplit(public_url).netloc,
        asked_at=f"{beijing_time(now):%Y-%m-%d %H:%M:%S}",
        check=check,
        certificate=check.certificate if check else None,
        paper=check.paper if check else None,
        mark=MARKS[check.result] if check else "",
        errors=errors,
        wrong={each.field for each in errors},
        typed=typed,
    )
