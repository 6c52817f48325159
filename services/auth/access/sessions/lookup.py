"""From a token's hash to its state: the cache first, then the database, which is the truth. Fills the cache for a minute, and never over a
tombstone.
"""

from redis.exceptions import RedisError

from services.auth.access.sessions.programs import program_state
from services.auth.access.sessions.service import session_state
from services.auth.settings import auth_settings
from shared.runtime import Runtime
from shared.web.callers import SessionState, cache_key, read_state


async def look_up(runtime: Runtime, hashed: str, address: str) -> SessionState:
    """The look-up of auth's own API."""
    try:
        if state := read_state(await runtime.redis.get(cache_key(hashed))):
            return state
    except (RedisError, OSError):
        pass  # Redis may vanish: the database knows
    return await fill_cache(runtime, hashed, address)


async def look_quietly(runtime: Runtime, hashed: str) -> SessionState:
    """The state of a person's session by the database, which is no use of it. It is not cached: whoever does use it is to be noted."""
    async with runtime.database.unit_of_work() as session:
        return await session_state(session, hashed, quietly=True) or SessionState()


async def fill_cache(runtime: Runtime, hashed: str, address: str = "") -> SessionState:
    """The state by the database, of a person's session or of a program's token. What never was is not cached, so that nobody can fill
    Redis with it."""
    async with runtime.database.unit_of_work() as session:
        state = await session_state(session, hashed) or await program_state(session, hashed, address)
    if state is None:
        return SessionState()
    try:
        seconds = auth_settings().cache_seconds
        # Only where nothing is: a session that ended since the read above has left its tombstone there.
        await runtime.redis.set(cache_key(hashed), state.model_dump_json(), ex=seconds, nx=True)
    except (RedisError, OSError):
        pass
    return state
