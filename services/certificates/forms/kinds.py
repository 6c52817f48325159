"""Which forms there are: a table of data. A new kind is one folder of templates (page, style, contract, sample) and one row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.certificates.forms.contract import FormContent
from services.certificates.templates.account_application.contract import AccountApplication


@dataclass(frozen=True)
class FormKind:
    """``template`` is a folder of ``templates``; ``contract`` what the form's content must be."""

    template: str
    contract: type[FormContent]


KINDS: Mapping[str, FormKind] = {
    "account_application": FormKind("account_application", AccountApplication),
}
