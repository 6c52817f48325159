"""Which forms there are: a table of data. A new kind is one folder of templates (page, style, contract, sample) and one row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.certificates.forms.contract import FormContent
from services.certificates.templates.account_application.contract import AccountApplication
from services.certificates.templates.sign_in_sheet.contract import SignInSheet

ROOMY = "roomy"


@dataclass(frozen=True)
class FormKind:
    """``template`` is a folder of ``templates``; ``contract`` what the form's content must be. ``densities`` are tried in order until all
    stands on one sheet; what fits in none goes on, in the first of all, on up to ``most_sheets``."""

    template: str
    contract: type[FormContent]
    densities: tuple[str, ...] = (ROOMY, "dense")
    most_sheets: int = 6


KINDS: Mapping[str, FormKind] = {
    "account_application": FormKind("account_application", AccountApplication),
    # A list goes on from sheet to sheet: there is nothing to be pressed onto one.
    "sign_in_sheet": FormKind("sign_in_sheet", SignInSheet, densities=(), most_sheets=200),
}
