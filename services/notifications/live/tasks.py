"""One look for all open inboxes of a process, in a unit of work that is over before anybody is told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.notifications.live import repository
from services.notifications.live.repository import Arrived, Place
from shared.runtime import Runtime


@dataclass(frozen=True)
class Seen:
    """``arrived`` by the number of the inbox that was asked about; ``horizon`` is where an inbox without a place begins."""

    horizon: Place
    unread: dict[UUID, int] = field(default_factory=dict)
    arrived: dict[int, list[Arrived]] = field(default_factory=dict)

    def place_of(self, place: Place | None) -> Place:
        """The place itself; where there is none, or one of another server's count, the inbox begins now."""
        return place if place and place.xid <= self.horizon.xid else self.horizon


async def look(runtime: Runtime, inboxes: Sequence[tuple[UUID, Place | None]], counted: Collection[UUID]) -> Seen:
    """What came into these (account, place), and how many messages they and ``counted`` have not read."""
    async with runtime.database.unit_of_work() as session:
        seen = Seen(await repository.horizon(session))
        placed = [(account_id, seen.place_of(place)) for account_id, place in inboxes]
        for each in await repository.arrived_since(session, placed):
            seen.arrived.setdefault(each.number, []).append(each)
        told = {*counted, *(placed[number][0] for number in seen.arrived)}
        unread = await repository.unread_of(session, told)
    seen.unread.update({each: unread.get(each, 0) for each in told})
    return seen
