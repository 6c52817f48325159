"""注册信息 over the wire: what an employer may correct by itself (ORG-11), what only others may, and what became of a correction."""

from pydantic import BaseModel, ConfigDict

from services.declaration.employers.form import FIELDS
from shared.web.answers import Read
from shared.web.drafts import Draft
from shared.web.form_tables import for_change, for_draft, having


@having(for_change(FIELDS))
class EmployerUpdate(BaseModel):
    """Fields that are left out stay as they are; none can be emptied."""

    model_config = ConfigDict(extra="forbid")


@having(for_draft(FIELDS))
class EmployerDraft(Draft):
    """What is being typed, for the check; nothing of it is kept."""


class FixedFieldStep(BaseModel):
    """Where it is changed; ``path`` is the portal's."""

    label: str
    path: str


class FixedField(Read):
    """What the employer cannot set itself: ``reason`` says who does and why, ``next_step`` how it is changed where that begins here
    (PLAT-02)."""

    field: str
    label: str
    value: str
    reason: str
    next_step: FixedFieldStep | None


class BasicsChange(BaseModel):
    """One line of the diff (FAQ-D4)."""

    field: str
    label: str
    before: str | None
    after: str | None
