"""What must be true after any fault, once the work has caught up (PLAT-11): every certificate once, numbers without a gap, one file each,
one message per event and account, no event put aside.
"""

from collections import Counter

from ops.journey.play import Play, all_items, until
from ops.journey.run import play_steps
from ops.journey.steps import STEPS, look_at_the_file, publish_scores, receive_certificates
from shared.services import Service
from tests.faults.inside import Inside
from tests.faults.provider import SmsProvider

NUMBERED = "SELECT 1 FROM certificates WHERE plan_name = %s"
WAITING = (
    "SELECT 1 FROM render_jobs JOIN certificates c ON c.id = certificate_id WHERE plan_name = %s AND done_at IS NULL"
)
# One worker makes all pages, one after the other: whose lease is over is being made by nobody, or made before the worker looks again.
LAPSED = (
    "UPDATE render_jobs SET leased_until = now() - interval '1 second'"
    " WHERE done_at IS NULL AND leased_until > now() RETURNING id"
)
TEXTS = {
    Service.AUTH: "SELECT id, done_at IS NOT NULL AND NOT failed FROM texts",
    Service.NOTIFICATIONS: "SELECT id, status IN ('sent', 'delivered') FROM deliveries WHERE channel = 'sms'",
}
BEFORE = STEPS[: [step for _, step in STEPS].index(publish_scores)]


async def ready_to_publish(play: Play) -> None:
    """Everything up to the scores: nine people of two class sessions wait for their results."""
    await play_steps(play, BEFORE, lambda _line: None)


async def check_whole(play: Play, inside: Inside) -> None:
    """The play's certificates arrive everywhere, and nothing is missing or double in the whole stack."""
    await _each_printed(play, inside)
    await receive_certificates(play)
    await look_at_the_file(play)
    await _each_told_once(play)
    _numbers_without_gap(inside)
    _one_file_each(play, inside)
    for service in Service:
        parked = inside.rows(service, "SELECT type, reason FROM parked_events WHERE parked_at IS NOT NULL")
        assert parked == [], service


async def check_texts(provider: SmsProvider, inside: Inside) -> None:
    """Each text message that is noted as sent was taken by the provider, each that it took is noted, and under one id it always said the
    same (BEY-12)."""
    known, sent = set[str](), set[str]()
    for service, query in TEXTS.items():
        rows = inside.rows(service, query)
        known |= {str(row_id) for row_id, _ in rows}
        sent |= {str(row_id) for row_id, was_sent in rows if was_sent}
    taken = provider.said.keys()
    assert sent <= taken, sent - taken
    assert taken <= known, taken - known
    assert [each for each, said in provider.said.items() if len(said) != 1] == []


async def all_numbered(play: Play, inside: Inside) -> None:
    async def nine() -> bool:
        return len(inside.rows(Service.CERTIFICATES, NUMBERED, play.facts["plan_name"])) == 9

    await until(nine, "nine numbered certificates")


async def _each_printed(play: Play, inside: Inside) -> None:
    """A page whose worker or server was lost is another's when its lease is over: that time is made to pass, nobody waits for it."""

    async def printed() -> bool:
        inside.rows(Service.CERTIFICATES, LAPSED)
        return not inside.rows(Service.CERTIFICATES, WAITING, play.facts["plan_name"])

    await all_numbered(play, inside)
    await until(printed, "no page that waits for its worker")


async def _each_told_once(play: Play) -> None:
    wanted = Counter(item["number"] for item in play.facts["certificates"])

    async def told() -> Counter[str]:
        messages = await all_items(play.unit, "/api/notifications/messages", kind="certificate_issued")
        return Counter(number for message in messages for number in wanted if number in message["body"])

    async def all_told() -> bool:
        return set(await told()) == set(wanted)

    await until(all_told, "a message about each certificate")
    assert await told() == wanted


def _numbers_without_gap(inside: Inside) -> None:
    numbers = [number for (number,) in inside.rows(Service.CERTIFICATES, "SELECT number FROM certificates")]
    series = inside.rows(Service.CERTIFICATES, "SELECT prefix, last FROM number_series")
    assert sum(last for _, last in series) == len(numbers)
    for prefix, last in series:
        serials = {int(number.removeprefix(prefix)) for number in numbers if number.startswith(prefix)}
        assert serials == set(range(1, last + 1)), prefix


def _one_file_each(play: Play, inside: Inside) -> None:
    folder = inside.stack.var / "files" / "certificates"
    for item in play.facts["certificates"]:
        assert len(list((folder / item["id"]).rglob("*.pdf"))) == 1, item["number"]
