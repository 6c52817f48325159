"""What the public is told of a certificate: enough to compare it with the paper and the person, nothing to collect (BEY-05, PLAT-05)."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from services.certificates.checks.workflow import (
    EXPLANATIONS,
    PAPER_EXPLANATIONS,
    CheckResult,
    Shown,
    State,
    explanation_of,
    paper_result,
    result_of,
    result_of_shown,
)
from services.certificates.issue.models import Certificate
from services.certificates.papers.models import Paper
from shared.crypto import mask_resident_id
from shared.errors import FieldError, InvalidInput
from shared.fields import AS_NAME, CleanText, Copied
from shared.web.answers import Read
from shared.web.problems import of_validation


class NumberAndName(BaseModel):
    """What is printed on the certificate, both whole."""

    number: Annotated[str, CleanText(60), Copied(60)] = Field(description="证书编号")
    name: Annotated[str, CleanText(100, printed=False), AS_NAME] = Field(
        description="持证人姓名，须完整；申报表和申报回执为单位名称"
    )


_ASKED = {"number": "编号", "name": "持证人姓名或单位名称"}


def both(number: str, name: str) -> NumberAndName:
    """What somebody typed into the page. Raises ``InvalidInput`` that names each field in words."""
    try:
        return NumberAndName(number=number, name=name)
    except ValidationError as error:
        found = of_validation(error.errors()).errors
    raise InvalidInput("请填写完整后再查验", errors=[_in_words(each) for each in found])


def _in_words(error: FieldError) -> FieldError:
    label = _ASKED[error.field]
    words = f"请填写{label}" if error.code == "text_blank" else f"{label}：{error.message}"
    return FieldError(error.field, error.code, words)


class CheckedCertificate(Read):
    """``holder_name`` shows the first character only, ``resident_id`` is masked."""

    number: str
    holder_name: str
    resident_id: str
    unit_name: str
    plan_type: str
    plan_name: str
    session_no: int
    specialties: list[str]
    start_date: date
    end_date: date
    issued_on: date
    valid_until: date | None
    revoked_on: date | None
    issuer: str


class PaperFact(BaseModel):
    """One line of what a paper says."""

    label: str
    value: str


class CheckedPaper(Read):
    """A form or a receipt of a declaration (DECL-14); nothing of a person stands in it."""

    number: str
    title: str
    holder_name: str
    facts: list[PaperFact]
    issued_on: date
    revoked_on: date | None


class CheckRead(BaseModel):
    """``result`` is about what was shown, ``current`` about the certificate itself: the page of an earlier edition is replaced, while its
    certificate may be valid. ``certificate`` is what is so now; it and ``current`` are null exactly when the result is unknown or altered,
    whatever the reason. ``paper`` is what was shown where that is no certificate but a form or a receipt of a declaration."""

    result: CheckResult
    label: str
    explanation: str
    current: CheckResult | None
    certificate: CheckedCertificate | None
    paper: CheckedPaper | None = None


def mask_name(name: str) -> str:
    """``张*``: the first character and one star for each other."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def answer(result: CheckResult) -> CheckRead:
    """An answer without a certificate."""
    return CheckRead(
        result=result, label=result.label, explanation=EXPLANATIONS[result], current=None, certificate=None
    )


def check_of(certificate: Certificate, today: date, *, shown: Shown, edition: int | None = None) -> CheckRead:
    """The answer about a certificate that has been handed out; ``edition`` is that of the page that was shown, None if not known."""
    state = State(certificate.status, certificate.valid_until, certificate.editions, shown, edition)
    current = result_of(state.status, state.valid_until, today)
    result = result_of_shown(state, current)
    return CheckRead(
        result=result,
        label=result.label,
        explanation=explanation_of(state, result, current),
        current=current,
        certificate=_shown(certificate),
    )


def check_of_paper(paper: Paper, *, replaced: bool) -> CheckRead:
    """The answer about a form or a receipt of a declaration."""
    result = paper_result(revoked=paper.revoked_on is not None, replaced=replaced)
    facts = [PaperFact(label=label, value=value) for label, value in paper.facts]
    return CheckRead(
        result=result,
        label=result.label,
        explanation=PAPER_EXPLANATIONS[result],
        current=None,
        certificate=None,
        paper=CheckedPaper.of(paper, facts=facts),
    )


def _shown(certificate: Certificate) -> CheckedCertificate:
    return CheckedCertificate.of(
        certificate,
        holder_name=mask_name(certificate.holder_name),
        resident_id=mask_resident_id(certificate.resident_id),
        plan_type=certificate.plan_type_label,
    )
