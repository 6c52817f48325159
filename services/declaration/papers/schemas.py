"""A paper of a declaration over the wire: its number, and which state of it was made."""

from services.declaration.papers.workflow import PaperKind
from shared.web.answers import Read


class PaperRead(Read):
    kind: PaperKind
    number: str
    revision: int
