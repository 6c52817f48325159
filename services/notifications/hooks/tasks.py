"""The worker's part in hooks: claimed, sent with no session open, then settled (PLAT-11)."""

import asyncio

from services.notifications.hooks import repository
from services.notifications.hooks.models import Hook, HookSending
from services.notifications.hooks.service import Outcome, settle
from services.notifications.hooks.shapes import Push, asked_of, error_in
from services.notifications.settings import notification_settings
from shared import traces
from shared.clock import now_utc
from shared.logging import get_logger
from shared.outgoing import Unreachable, post
from shared.runtime import Runtime

# Batches of a run; others of the lane get their turn, and beat says it again.
RUNS = 5
log = get_logger(__name__)


async def send_hooks(runtime: Runtime) -> None:
    """Sends what is due."""
    for _ in range(RUNS):
        async with runtime.database.unit_of_work() as session:
            rows = await repository.claim_due(session)
            hooks = await repository.hooks_of(session, {row.hook_id for row in rows})
        outcomes = await asyncio.gather(*(_send(runtime, row, hooks[row.hook_id]) for row in rows))
        async with runtime.database.unit_of_work() as session:
            # In the order of hooks, as everybody locks them.
            for row, outcome in sorted(zip(rows, outcomes, strict=True), key=lambda each: each[0].hook_id):
                await settle(session, row, outcome)
        if len(rows) < repository.BATCH:
            return


async def _send(runtime: Runtime, row: HookSending, hook: Hook) -> Outcome:
    push = Push(
        id=row.id,
        kind=row.kind or "try",
        kind_label=row.kind.label if row.kind else row.title,
        title=row.title,
        body=row.body,
        link=f"{runtime.settings.public_url.rstrip('/')}{row.link}",
        occurred_at=row.created_at,
        at=now_utc(),
    )
    asked = asked_of(hook.kind, hook.address, hook.secrets(push.at), push)
    try:
        with traces.follow(row.traceparent, "push", kind=row.kind or "try", row=str(row.id)):
            answered = await post(asked.url, asked.body, asked.headers, anywhere=notification_settings().hooks_anywhere)
    except Unreachable as silent:
        log.info("hook_not_reached", hook_id=str(hook.id), sending_id=str(row.id), error=str(silent))
        return Outcome(None, str(silent))
    return Outcome(answered.status, error_in(hook.kind, answered))


async def sweep(runtime: Runtime) -> None:
    """Ends what killed its worker each time, and lets go of what is old."""
    async with runtime.database.unit_of_work() as session:
        await repository.end_exhausted(session)
        await repository.forget_old(session)
