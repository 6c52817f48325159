"""Which papers there are of a declaration, and why one cannot be had now (DECL-14, BEY-10)."""

from typing import Final

from services.declaration.declarations.models import Declaration
from shared.web.documents import PreparedKind
from shared.workflow.definition import Labelled, Refusal


class PaperKind(Labelled):
    """The form says what was declared, the receipt that it was approved. The codes are those by which certificates knows the templates."""

    FORM = "declaration_form", "申报表"
    RECEIPT = "declaration_receipt", "申报回执"


PREPARED: Final = {kind: PreparedKind(kind.value, kind.label) for kind in PaperKind}
PREFIXES: Final = {PaperKind.FORM: "SB", PaperKind.RECEIPT: "HZ"}
_NOT_APPROVED: Final = Refusal("not_approved", "审核通过后才有回执；请等待审核，或查看申报的办理情况")


def receipt_refusal(declaration: Declaration) -> Refusal | None:
    """Only what is approved has a receipt."""
    return None if declaration.status.is_settled else _NOT_APPROVED


def form_refusal(declaration: Declaration, missing: int) -> Refusal | None:
    """A record that may be submitted, or has been; ``missing`` is how many things keep it from that."""
    if declaration.status.is_editable and missing:
        words = f"申报内容还有 {missing} 处需要补充或修改，填写完整后才能打印；请点击“检查并提交”查看"
        return Refusal("declaration_incomplete", words)
    return None
