"""What the application form for an account says (AUTH-01…07): sections of rows in the order of the page, the pledge, the places for
signatures, and the account managers whom the signed form goes to. Which fields there are and which of them are required is auth's business.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import DocumentKind, FormContent, Part

Label = Annotated[str, Field(max_length=60)]
Name = Annotated[str, Field(max_length=200)]
Value = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(max_length=2000)]


class Choice(Part):
    """A box to tick; 其他 brings its words in its label."""

    label: Name
    ticked: bool


class Row(Part):
    """A label with its value, or with its ``choices``, whose value in words is then not printed; ``required`` labels are red (AUTH-05)."""

    label: Label
    value: Value = ""
    required: bool = False
    choices: Annotated[tuple[Choice, ...], Field(max_length=30)] | None = None
    wide: bool = False


class Section(Part):
    title: Label
    rows: Annotated[tuple[Row, ...], Field(max_length=40)]

    @property
    def lines(self) -> Iterator[tuple[Row, ...]]:
        """The rows as they stand on the page: two beside each other, unless one is wide or has no neighbour."""
        waiting: tuple[Row, ...] = ()
        for row in self.rows:
            if waiting and not row.wide:
                yield *waiting, row
                waiting = ()
                continue
            if waiting:
                yield waiting
            if row.wide:
                yield (row,)
            waiting = () if row.wide else (row,)
        if waiting:
            yield waiting


class Pledge(Part):
    title: Label
    text: Words


class Signature(Part):
    label: Label


class Contact(Part):
    """The account manager of a city (AUTH-07)."""

    city: Label
    name: Name
    phone: Label


class AccountApplication(FormContent):
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=12)]
    pledge: Pledge
    signatures: Annotated[tuple[Signature, ...], Field(max_length=4)]
    remarks: Words = ""
    contacts: Annotated[tuple[Contact, ...], Field(max_length=150)] = ()


KIND = DocumentKind("account_application", "账号申请表", AccountApplication, most_sheets=6)
