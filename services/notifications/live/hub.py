"""The open inboxes of this process, told together: one look at the database for all of them when Redis says that there is news, and every
few seconds when it says nothing; one question about their sessions. None of them holds a connection (ADR 35).
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import islice
from uuid import UUID

from redis.exceptions import RedisError

from services.notifications.live.repository import MOST, Arrived, Place
from services.notifications.live.tasks import Seen, look
from services.notifications.messages.schemas import MessageRead
from services.notifications.messages.service import NEWS
from shared.errors import Unavailable
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.web.callers import ask_quietly, cache_key, read_state
from shared.web.streams import HEARTBEAT, Stream, event

# How long news waits at most while Redis is there, and while it is not.
TICK_SECONDS, SLOW_LOOK_SECONDS = 0.5, 15.0
HEARTBEAT_SECONDS = 20.0
# How often Redis is asked about all sessions, and auth about one of which Redis knows nothing.
SESSION_SECONDS, KNOWN_SECONDS = 5.0, 60.0
# Windows of one session; browsers with several share one.
MOST_OF_SESSION = 4
_ASKED_AT_ONCE = 20
log = get_logger(__name__)


class TooManyOpen(Unavailable):
    code = "too_many_open"
    detail = "实时消息的连接数已满，消息仍会按时更新，请稍后重试"


class Inbox(Stream):
    """One open inbox. ``hashed`` is how its session's token is known, ``known_at`` when that was last found alive."""

    __slots__ = ("account_id", "hashed", "known_at", "place", "unread")

    def __init__(self, account_id: UUID, hashed: str, place: Place | None) -> None:
        super().__init__()
        self.account_id, self.hashed, self.place = account_id, hashed, place
        self.unread = -1
        self.known_at = time.monotonic()


class Hub:
    """``most`` inboxes at a time. Its task lives as long as one of them."""

    def __init__(self, runtime: Runtime, most: int) -> None:
        self._runtime, self._most = runtime, most
        self._open: dict[Inbox, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._news: str | bytes | None = None
        self._due: dict[Callable[[], object], float] = {}
        # What an older transaction held back at a look is there at the next.
        self._looks_again = False

    def join(self, inbox: Inbox) -> None:
        """From now on it is told. The oldest of its session ends where there are too many; raises TooManyOpen when the process has none
        left."""
        of_session = [each for each in self._open if each.hashed == inbox.hashed]
        for oldest in of_session[: max(0, len(of_session) + 1 - MOST_OF_SESSION)]:
            self._end(oldest, "too_many_windows", "")
        if len(self._open) >= self._most:
            raise TooManyOpen
        self._open[inbox] = None
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, inbox: Inbox) -> None:
        self._open.pop(inbox, None)
        if not self._open:
            self._woken.set()

    def _end(self, inbox: Inbox, code: str, detail: str) -> None:
        self._open.pop(inbox, None)
        inbox.end(event("over", {"code": code, "detail": detail}))

    async def _run(self) -> None:
        while self._open:
            try:
                await self._turn()
            except Unavailable:
                pass  # the next turn looks again: nothing is lost, every inbox keeps its place
            except Exception as error:
                log.exception("inboxes_not_told", error=repr(error))
            await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(TICK_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    def _is_due(self, what: Callable[[], object], seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + seconds
        return True

    async def _turn(self) -> None:
        if self._is_due(self._beat, HEARTBEAT_SECONDS):
            self._beat()
        if self._is_due(self._check_sessions, SESSION_SECONDS):
            await self._check_sessions()
        is_slow = self._is_due(self.look, SLOW_LOOK_SECONDS)
        has_news = await self._has_news()
        if is_slow or has_news or self._looks_again or any(each.unread < 0 for each in self._open):
            self._looks_again = True  # until a look has come to its end
            await self.look(counts_all=is_slow)
            self._looks_again |= has_news

    def _beat(self) -> None:
        for each in tuple(self._open):
            each.say(HEARTBEAT)

    async def _has_news(self) -> bool:
        """Redis says another word after each commit that brought messages. It may be away: then the slow look finds them."""
        try:
            said = await self._runtime.redis.get(NEWS)
        except (RedisError, OSError):
            return False
        is_new, self._news = said != self._news, said
        return is_new

    async def look(self, *, counts_all: bool = False) -> None:
        """Tells every inbox what came since its place, and those whose number changed that."""
        asked = tuple(self._open)
        counted = {each.account_id for each in asked if counts_all or each.unread < 0}
        seen = await look(self._runtime, [(each.account_id, each.place) for each in asked], counted)
        self._looks_again = False
        for number, inbox in enumerate(asked):
            self._tell(inbox, seen, seen.arrived.get(number, []))

    def _tell(self, inbox: Inbox, seen: Seen, arrived: Sequence[Arrived]) -> None:
        begins = seen.place_of(inbox.place) is not inbox.place
        inbox.place = Place(int(arrived[-1].xid), arrived[-1].id) if arrived else seen.place_of(inbox.place)
        unread = seen.unread.get(inbox.account_id, inbox.unread)
        if arrived or unread != inbox.unread:
            inbox.unread = unread
            told = [MessageRead.of(each).model_dump(mode="json") for each in arrived]
            place = str(inbox.place) if arrived or begins else ""
            inbox.say(event("inbox", {"unread": unread, "messages": told}, place))
        self._looks_again |= len(arrived) == MOST

    async def _check_sessions(self) -> None:
        """Ends the inboxes whose session has ended, was taken over, or ran out."""
        asked, now = tuple(self._open), time.monotonic()
        try:
            cached = await self._runtime.redis.mget([cache_key(each.hashed) for each in asked])
        except (RedisError, OSError):
            cached = [None] * len(asked)
        unknown = []
        for inbox, state in zip(asked, map(read_state, cached), strict=True):
            if state is None:
                unknown += [inbox] if now - inbox.known_at > KNOWN_SECONDS else []
            elif state.actor is None:
                self._end(inbox, "session_ended", state.ended_reason)
            else:
                inbox.known_at = now
        waiting = iter(unknown)
        while some := tuple(islice(waiting, _ASKED_AT_ONCE)):
            await asyncio.gather(*map(self._ask_auth, some))

    async def _ask_auth(self, inbox: Inbox) -> None:
        inbox.known_at = time.monotonic()
        try:
            state = await ask_quietly(self._runtime, inbox.hashed)
        except Unavailable:
            # Nobody knows: who is still signed in comes back at once, and is asked for.
            self._open.pop(inbox, None)
            inbox.end()
            return
        if state.actor is None:
            self._end(inbox, "session_ended", state.ended_reason)
