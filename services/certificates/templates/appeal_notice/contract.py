"""What the notice of a decided case says (AUTH-26, NOTE-04): who asked for what, what was decided by whom and why, and what comes next.
What of a person may stand here is auth's business.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import DocumentKind, FormContent, Part

Words = Annotated[str, Field(max_length=200)]


class Fact(Part):
    label: Annotated[str, Field(min_length=1, max_length=30)]
    value: Words


class AppealNotice(FormContent):
    """``kind`` is what was asked, such as 账号申诉, and ``asked`` its details; ``granted`` says how ``decision`` is shown; unit, code and
    ``reason`` may be empty."""

    kind: Annotated[str, Field(max_length=30)]
    organisation_name: Words
    credit_code: Annotated[str, Field(max_length=30)]
    asked_on: date
    asked: Annotated[tuple[Fact, ...], Field(max_length=10)]
    decision: Annotated[str, Field(min_length=1, max_length=30)]
    granted: bool
    reason: Annotated[str, Field(max_length=2000)]
    decided_by: Annotated[str, Field(min_length=1, max_length=200)]
    decided_on: date
    next_steps: Annotated[tuple[Annotated[str, Field(max_length=600)], ...], Field(max_length=6)]


KIND = DocumentKind("appeal_notice", "办理结果告知书", AppealNotice, archived=True, densities=(), most_sheets=3)
