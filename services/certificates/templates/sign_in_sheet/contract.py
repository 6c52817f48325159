"""What a sign-in sheet of a class session says (STAFF-07): what is taught when and where, and a row for each person with a cell to sign in
for each training day. Who sits in the session is training's business.
"""

from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import DocumentKind, FormContent, Part

# So many days stand beside each other; further days make a further list of the same people.
DAYS_ABREAST = 5
Words = Annotated[str, Field(max_length=200)]
DayLabel = Annotated[str, Field(min_length=1, max_length=20)]


class Attendee(Part):
    name: Annotated[str, Field(min_length=1, max_length=50)]
    unit_name: Words
    specialties: Annotated[str, Field(max_length=600)] = ""


class SignInSheet(FormContent):
    """``days`` are the heads of the columns to sign in, a line break allowed."""

    plan_name: Words
    session: Words
    dates: Words
    location: Words
    days: Annotated[tuple[DayLabel, ...], Field(min_length=1, max_length=366)]
    people: Annotated[tuple[Attendee, ...], Field(min_length=1, max_length=500)]

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The days of each list, in order."""
        return tuple(self.days[at : at + DAYS_ABREAST] for at in range(0, len(self.days), DAYS_ABREAST))


# A list goes on from sheet to sheet: there is nothing to be pressed onto one.
KIND = DocumentKind("sign_in_sheet", "培训签到表", SignInSheet, densities=(), most_sheets=200)
