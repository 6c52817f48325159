"""The check as a page for a phone: one file of HTML with its style inside, no script, nothing loaded from anywhere."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificates.checks.schemas import CheckRead
from services.certificates.checks.workflow import CheckResult

# Drawn inside a circle of 48 x 48, so that the answer does not hang on its colour alone.
MARKS = {
    CheckResult.VALID: "M14.5 24.5l6.5 6.5 12.5-13",
    CheckResult.EXPIRED: "M24 13v11.5l7 5",
    CheckResult.REVOKED: "M17 17l14 14M31 17L17 31",
    CheckResult.UNKNOWN: "M19 19a5 5 0 1 1 7.2 4.5C24.6 24.4 24 25.5 24 27.5M24 33.5v.1",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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


def page_of_check(check: CheckRead) -> str:
    """The whole page."""
    return _PAGE.render(check=check, certificate=check.certificate, mark=MARKS[check.result])
