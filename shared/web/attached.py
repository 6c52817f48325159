"""The uploads of a record by kind, over the wire; the rows are in ``shared.attachments``."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.attachments import Attachment
from shared.web.answers import Read
from shared.workflow.definition import Labelled


class AttachmentsUpdate(BaseModel):
    """The files of one kind, all of them; what is left out goes (TRN-16)."""

    model_config = ConfigDict(extra="forbid")

    attachment_ids: list[UUID] = Field(max_length=20)


class AttachedFile(Read):
    """One uploaded file; its content is at ``/api/training/attachments/{id}``, ``size`` in bytes."""

    id: UUID
    name: str
    content_type: str
    size: int


class AttachmentsOfKind(BaseModel):
    """The files of one kind, oldest first; every kind of the form is there, also without any (TRN-16)."""

    kind: str
    label: str
    files: list[AttachedFile]


def by_kind(kinds: Iterable[Labelled], files: Sequence[Attachment]) -> list[AttachmentsOfKind]:
    """In the order of ``kinds``."""
    return [
        AttachmentsOfKind(
            kind=kind.value,
            label=kind.label,
            files=[AttachedFile.of(each) for each in files if each.kind == kind.value],
        )
        for kind in kinds
    ]
