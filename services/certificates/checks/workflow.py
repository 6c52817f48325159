"""What a public check can answer, with the words for it. It follows from a certificate's status, its last valid day and the page that was
shown; nothing moves.

While a corrected certificate is made again, whoever shows a page shows one of before the correction: it is replaced already, although the
new one is not there yet, because what it says is wrong. Whoever gives number and name shows no page, and is told what is valid; unless the
name is one that only an earlier page bears: then that page is what he has before him (STAFF-15).
"""

from dataclasses import dataclass
from datetime import date

from services.certificates.issue.workflow import CertificateStatus
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class CheckResult(Labelled):
    VALID = "valid", "有效", Colour.GOOD
    EXPIRED = "expired", "已过有效期", Colour.REFUSED
    REVOKED = "revoked", "已撤销", Colour.REFUSED
    REPLACED = "replaced", "已换发", Colour.QUIET
    ALTERED = "altered", "文件被改动", Colour.REFUSED
    UNKNOWN = "unknown", "查无此证", Colour.REFUSED


class Shown(Labelled):
    """What a check was asked with: a page says which edition it is, the page of an old QR does not, number and name are no page."""

    PAGE = "page", "二维码"
    FILE = "file", "文件"
    NUMBER = "number", "编号和姓名"


EXPLANATIONS = {
    CheckResult.VALID: "该证书由本平台签发，当前有效。",
    CheckResult.EXPIRED: "该证书由本平台签发，现已超过有效期。",
    CheckResult.REVOKED: "该证书已被发证单位撤销，不再有效。",
    CheckResult.REPLACED: "该证书已换发新版，请以新版为准；您查验的是旧版，不再作为凭证。下列为现行内容。",
    CheckResult.ALTERED: "文件带有本平台的电子签章，但内容在签发之后被改动，不能作为凭证。请向持证人索取原始文件，或按证书编号和姓名查验。",
    CheckResult.UNKNOWN: "没有查到与所给信息相符的证书。请核对后重试：编号和姓名须与证书完全一致，文件须是下载的原始 PDF。",
}
PAPER_EXPLANATIONS = {
    CheckResult.VALID: "该文书由本平台生成，内容与下列一致的为真。",
    CheckResult.REVOKED: "该回执所依据的审核结论已被撤销，回执不再有效。",
    CheckResult.REPLACED: "该文书由本平台生成，此后内容有变，已另行生成新版，请以新版为准。",
}
# What is added where it is so.
WHOLE_FILE = "上传的文件与签发时逐字节一致。"
WAS_REISSUED = "该证书曾经换发，请核对所持证书的专业类别和姓名是否与下列一致。"
BEING_REISSUED = "内容更正后正在换发新版，此前发出的纸面和文件不再作为凭证，请以下列内容为准，新版完成后可再次查验。"
NEW_EXPIRED = "新版现已超过有效期。"


@dataclass(frozen=True)
class State:
    """A certificate that was handed out, at a moment. ``edition`` is that of the page that was shown, None where it is not known; with
    number and name, that of the last page with a name that is no longer so."""

    status: CertificateStatus
    valid_until: date | None
    editions: int
    shown: Shown
    edition: int | None = None

    @property
    def outdated(self) -> bool:
        """The page that was shown is not the last that was handed out."""
        return self.edition is not None and self.edition < self.editions

    @property
    def being_reissued(self) -> bool:
        """A page was handed out, and the next is not there yet or could not be made."""
        return self.status is not None and self.status.is_in_the_making


def result_of(status: CertificateStatus, valid_until: date | None, today: date) -> CheckResult:
    """What the certificate itself is, whatever page was shown."""
    if status.is_revoked:
        return CheckResult.REVOKED
    return CheckResult.EXPIRED if valid_until is not None and valid_until < today else CheckResult.VALID


def paper_result(*, revoked: bool, replaced: bool) -> CheckResult:
    """What a form or a receipt of a declaration is; a revocation counts for every state of it."""
    if revoked:
        return CheckResult.REVOKED
    return CheckResult.REPLACED if replaced else CheckResult.VALID


def result_of_shown(state: State, current: CheckResult) -> CheckResult:
    """What is answered to whoever showed this; a revocation counts for every page."""
    named_now = state.shown is Shown.NUMBER and state.edition is None
    if current is CheckResult.REVOKED or named_now:
        return current
    if state.shown is Shown.NUMBER:
        return CheckResult.REPLACED
    return CheckResult.REPLACED if state.outdated or state.being_reissued else current


def explanation_of(state: State, result: CheckResult, current: CheckResult) -> str:
    """The sentences below the answer, most important first."""
    standing = result in {CheckResult.VALID, CheckResult.EXPIRED}
    # The new edition is not there yet: whoever shows the old one is not sent to look for it.
    first = "" if result is CheckResult.REPLACED and state.being_reissued else EXPLANATIONS[result]
    if result is CheckResult.REPLACED and state.outdated and not state.being_reissued:
        first += f"您查验的是第{state.edition}版，现行的是第{state.editions}版。"
    added = {
        WHOLE_FILE: standing and state.shown is Shown.FILE,
        BEING_REISSUED: state.being_reissued,
        WAS_REISSUED: standing and state.editions > 1 and state.edition is None and not state.being_reissued,
        NEW_EXPIRED: result is CheckResult.REPLACED and current is CheckResult.EXPIRED,
    }
    return first + "".join(sentence for sentence, holds in added.items() if holds)
