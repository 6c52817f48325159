"""A colleague over the wire: enough to be told apart and named, no number of anybody."""

from uuid import UUID

from shared.web.answers import Read


class ColleagueRead(Read):
    """``id`` is the account's."""

    id: UUID
    person_name: str
    login_name: str
