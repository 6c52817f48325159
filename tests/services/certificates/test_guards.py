"""When a certificate's steps may be taken. Without a database."""

from typing import Any

import pytest

from services.certificates.issue.workflow import (
    CertificateStatus,
    not_revoked_by_hand,
    was_handed_out,
    was_never_handed_out,
    was_revoked_by_hand,
)
from tests.guarding import Case, check, some, titles

REVOKED, VALID = CertificateStatus.REVOKED, CertificateStatus.VALID


def certificate(status: CertificateStatus = REVOKED, *, corrected: bool = False, editions: int = 1) -> Any:
    return some(status=status, revoked_by_correction=corrected, editions=editions)


CASES = [
    Case(not_revoked_by_hand, certificate(), "revoked_by_hand"),
    Case(not_revoked_by_hand, certificate(corrected=True), None),
    Case(not_revoked_by_hand, certificate(VALID), None),
    Case(was_revoked_by_hand, certificate(), None),
    Case(was_revoked_by_hand, certificate(corrected=True), "revoked_by_correction"),
    Case(was_handed_out, certificate(VALID), None),
    Case(was_handed_out, certificate(VALID, editions=0), "never_handed_out"),
    Case(was_never_handed_out, certificate(VALID, editions=0), None),
    Case(was_never_handed_out, certificate(VALID), "handed_out"),
]


@pytest.mark.req("CERT-06", "STAFF-09", "STAFF-10")
@pytest.mark.parametrize("case", CASES, ids=titles(CASES))
def test_what_a_guard_says(case: Case) -> None:
    check(case)
