"""What a list of declarations can be narrowed to, as plain data between the API and the queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.declaration.declarations.choices import DeclarationKind
from services.declaration.declarations.workflow import DeclarationStatus


@dataclass(frozen=True)
class DeclarationFilter:
    """What a list is narrowed to; empty means no narrowing. The dates are inclusive (DECL-11)."""

    statuses: Sequence[DeclarationStatus] = ()
    kinds: Sequence[DeclarationKind] = ()
    employer_name: str = ""
    declared_on_from: date | None = None
    declared_on_to: date | None = None
