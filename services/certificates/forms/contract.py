"""What every form has in common, whatever it asks: the frozen input of ``render_form``. What one kind of form adds stands in the folder of
its template.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Part(BaseModel):
    """A part of a form: what is not foreseen is refused, so that nothing is left out of the page without a word."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FormContent(Part):
    """``number`` is what the form's way is followed by, empty on a blank one; ``title`` heads the page and names the file."""

    number: Annotated[str, Field(max_length=60)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    blank: bool
