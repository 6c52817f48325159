"""What the form of a declaration of hazards (职业病危害项目申报表) says: blocks of facts and tables in the order of the form. Which
fields there are, and what of a confidential unit is left out, is declaration's business (DECL-14, FAQ-D14).
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import CheckedForm, DocumentKind, Part

Label = Annotated[str, Field(max_length=60)]
Value = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(max_length=1000)]


class Fact(Part):
    """A label with its value; ``wide`` ones have a line of their own."""

    label: Label
    value: Value
    wide: bool = False


class Table(Part):
    """``rows`` may go on over several sheets, each under the head again; ``numbers`` are the places of columns that hold counts."""

    title: Label
    head: Annotated[tuple[Label, ...], Field(min_length=1, max_length=8)]
    rows: Annotated[tuple[tuple[Value, ...], ...], Field(max_length=3000)]
    numbers: Annotated[tuple[int, ...], Field(max_length=8)] = ()


class Block(Part):
    """A part of the form; ``note`` says what stands in place of a table that there is none of."""

    title: Label
    facts: Annotated[tuple[Fact, ...], Field(max_length=40)] = ()
    tables: Annotated[tuple[Table, ...], Field(max_length=5)] = ()
    note: Words = ""

    @property
    def lines(self) -> Iterator[tuple[Fact, ...]]:
        """The facts as they stand on the page: two beside each other, unless one is wide or has no neighbour."""
        waiting: tuple[Fact, ...] = ()
        for fact in self.facts:
            if waiting and not fact.wide:
                yield *waiting, fact
                waiting = ()
                continue
            if waiting:
                yield waiting
            if fact.wide:
                yield (fact,)
            waiting = () if fact.wide else (fact,)
        if waiting:
            yield waiting


class DeclarationForm(CheckedForm):
    """``status`` is the record's at ``prepared_on``."""

    status: Label
    prepared_on: date
    blocks: Annotated[tuple[Block, ...], Field(min_length=1, max_length=12)]
    pledge: Words


# Long lists go on from sheet to sheet: there is nothing to be pressed onto one.
KIND = DocumentKind("declaration_form", "职业病危害项目申报表", DeclarationForm, densities=(), most_sheets=120)
