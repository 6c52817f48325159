"""What a request has used of the limits that it counted against, as its answer tells it: ``RateLimit-Policy`` and ``RateLimit`` of
draft-ietf-httpapi-ratelimit-headers-10. Whoever counts, in Redis or in PostgreSQL, tells it here; the frame of the request writes it down.
"""

from contextvars import ContextVar
from dataclasses import dataclass

REQUESTS, BYTES = "requests", "content-bytes"


@dataclass(frozen=True)
class Told:
    """So many ``units`` in ``seconds``, of which ``used`` are gone by now; counting begins anew, or lets go of the oldest, after ``left``
    seconds. ``name`` is ASCII."""

    name: str
    most: int
    seconds: int
    used: int
    left: int
    unit: str = REQUESTS

    @property
    def policy(self) -> str:
        """Its member of ``RateLimit-Policy``: what holds, whoever asks."""
        of = "" if self.unit == REQUESTS else f';qu="{self.unit}"'
        return f'"{self.name}";q={self.most}{of};w={self.seconds}'

    @property
    def state(self) -> str:
        """Its member of ``RateLimit``: what is left to whoever asked."""
        return f'"{self.name}";r={max(0, self.most - self.used)};t={max(1, self.left)}'


_OF_REQUEST: ContextVar[dict[str, Told] | None] = ContextVar("quotas", default=None)


def begin() -> dict[str, Told]:
    """A request begins; gives where what is told of it gathers, by the limits' names."""
    gathered: dict[str, Told] = {}
    _OF_REQUEST.set(gathered)
    return gathered


def tell(name: str, *, most: int, seconds: int, used: int, left: int, unit: str = REQUESTS) -> None:
    """One limit that this request counts against, which is the caller's own: nobody is told what others have used. Outside of a request
    it is told to nobody."""
    gathered = _OF_REQUEST.get()
    if gathered is not None:
        gathered[name] = Told(name, most, seconds, used, left, unit)


def headers(gathered: dict[str, Told]) -> list[tuple[bytes, bytes]]:
    """Both headers, or none."""
    if not gathered:
        return []
    told = gathered.values()
    return [
        (b"ratelimit-policy", ", ".join(each.policy for each in told).encode()),
        (b"ratelimit", ", ".join(each.state for each in told).encode()),
    ]
