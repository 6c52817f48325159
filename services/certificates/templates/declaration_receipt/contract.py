"""What the receipt of a declaration of hazards (申报回执) says: who has declared what, and which office has reviewed it when (BEY-10)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import CheckedForm, DocumentKind

Words = Annotated[str, Field(max_length=200)]


class DeclarationReceipt(CheckedForm):
    """``next_due`` says when the unit has to declare again, empty where it has not."""

    unit_name: Words
    credit_code: Words
    region: Words
    kind: Words
    declared_on: date
    reviewed_on: date
    office: Words
    next_due: Words = ""

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value, as they stand in the table."""
        return (
            ("用人单位", self.unit_name),
            ("统一社会信用代码", self.credit_code),
            ("所属地区", self.region),
            ("申报类型", self.kind),
            ("申报日期", f"{self.declared_on.year}年{self.declared_on.month}月{self.declared_on.day}日"),
            ("审核日期", f"{self.reviewed_on.year}年{self.reviewed_on.month}月{self.reviewed_on.day}日"),
            ("审核部门", self.office),
        )


KIND = DocumentKind("declaration_receipt", "职业病危害项目申报回执", DeclarationReceipt, archived=True)
