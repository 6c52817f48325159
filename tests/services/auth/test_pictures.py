"""The picture check: the right characters in the right order, once, in time, for one action."""

import asyncio
import base64
import json
import math
from datetime import datetime, timedelta
from io import BytesIO
from itertools import combinations
from typing import Any

import httpx
import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pylopdf_fonts_zh_cn import sans_path, serif_path
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from ops.up.ports import free_port
from services.auth.access.challenges import drawing
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.pictures import make_picture
from services.auth.access.challenges.service import ProofExpired, ProofRefused, ProofUsed, use_proof
from services.auth.access.challenges.tickets import make_ticket
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.db.types import field_cipher
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import Visitor

PICTURES, ANSWERS = "/api/auth/pictures", "/api/auth/pictures/answers"


async def picture(person: Visitor, action: str = "recovery") -> dict[str, Any]:
    answer = await person.client.post(PICTURES, json={"action": action})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def inside(picture_id: str) -> dict[str, Any]:
    """What only the platform can read."""
    return dict(json.loads(field_cipher().decrypt(picture_id.encode()).partition(":")[2]))


def sealed(**content: Any) -> str:
    return field_cipher().encrypt(f"picture:{json.dumps(content)}").decode()


def clicks(picture_id: str) -> list[dict[str, float]]:
    return [{"x": spot["x"], "y": spot["y"]} for spot in inside(picture_id)["spots"]]


async def click(person: Visitor, picture_id: str, points: list[dict[str, float]]) -> httpx.Response:
    return await person.client.post(ANSWERS, json={"id": picture_id, "points": points})


async def solved(person: Visitor, action: str = "recovery") -> str:
    given = await picture(person, action)
    answer = await click(person, given["id"], clicks(given["id"]))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["action"], answer.json()["expires_in"]) == (action, 120)
    return str(answer.json()["proof"])


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def use(runtime: Runtime, proof: str, action: Action) -> None:
    async with runtime.database.unit_of_work() as session:
        await use_proof(session, proof, action, subject="whoever")


@pytest.mark.req("AUTH-10", "FAQ-M9")
class TestPicture:
    async def test_the_right_clicks_open_the_action_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        proof = await solved(visitor())
        await use(runtime, proof, Action.RECOVERY)
        await runtime.redis.flushdb()
        with pytest.raises(ProofUsed):
            await use(runtime, proof, Action.RECOVERY)

    @pytest.mark.parametrize("other", [each for each in Action if each is not Action.RECOVERY])
    async def test_its_proof_opens_no_other_action(self, runtime: Runtime, visitor: NewVisitor, other: Action) -> None:
        with pytest.raises(ProofRefused):
            await use(runtime, await solved(visitor()), other)

    async def test_the_order_counts_and_one_wrong_answer_uses_it_up(self, visitor: NewVisitor) -> None:
        person = visitor()
        given = await picture(person)
        right = clicks(given["id"])
        assert outcome(await click(person, given["id"], right[::-1])) == (422, "picture_wrong")
        assert outcome(await click(person, given["id"], right)) == (422, "picture_gone")

    @pytest.mark.parametrize("number", [0, 1, 2])
    async def test_every_click_counts_and_has_to_be_near(self, visitor: NewVisitor, number: int) -> None:
        person = visitor()
        for beside, status in ((0.95, 200), (1.05, 422)):
            given = await picture(person)
            points, spot = clicks(given["id"]), inside(given["id"])["spots"][number]
            # Towards the middle, where there is room for a miss.
            points[number]["x"] += math.copysign(beside * spot["radius"], drawing.WIDTH / 2 - spot["x"])
            assert (await click(person, given["id"], points)).status_code == status

    async def test_of_many_answers_at_once_one_gets_a_proof(self, visitor: NewVisitor) -> None:
        person = visitor()
        given = await picture(person)
        right = clicks(given["id"])
        answers = await asyncio.gather(*(click(person, given["id"], right) for _ in range(20)))
        assert sorted(outcome(answer) for answer in answers) == [(200, ""), *[(422, "picture_gone")] * 19]

    async def test_it_is_good_for_two_minutes(self, visitor: NewVisitor) -> None:
        person = visitor()
        given = await picture(person)
        assert given["expires_in"] == auth_settings().picture_seconds == 120
        content = inside(given["id"])
        until = datetime.fromisoformat(content["expires_at"])
        assert 100 < (until - now_utc()).total_seconds() <= 120
        over = sealed(**{**content, "expires_at": (until - timedelta(seconds=121)).isoformat()})
        assert outcome(await click(person, over, clicks(over))) == (422, "picture_gone")
        assert outcome(await click(person, given["id"], clicks(given["id"]))) == (200, "")

    @pytest.mark.parametrize("foreign", ["x", "好", "gAAAAA", "ticket", "text"])
    async def test_what_is_no_picture_of_ours_is_refused(self, visitor: NewVisitor, foreign: str) -> None:
        ours = {"ticket": make_ticket(Action.RECOVERY, seconds=60), "text": field_cipher().encrypt("x").decode()}
        points = [{"x": 1.0, "y": 1.0}] * 3
        assert outcome(await click(visitor(), ours.get(foreign, foreign), points)) == (422, "picture_gone")

    @pytest.mark.parametrize("number", [0, 2, 4])
    async def test_three_clicks_are_asked_for(self, visitor: NewVisitor, number: int) -> None:
        person = visitor()
        given = await picture(person)
        points = (clicks(given["id"]) * 2)[:number]
        assert outcome(await click(person, given["id"], points)) == (422, "invalid_input")
        assert (await click(person, given["id"], clicks(given["id"]))).status_code == 200

    async def test_another_site_cannot_ask_or_answer(self, visitor: NewVisitor) -> None:
        person = visitor()
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        answer = await person.client.post(PICTURES, json={"action": "recovery"}, headers=elsewhere)
        assert outcome(answer) == (403, "cross_site")
        body = {"id": "x", "points": [{"x": 1, "y": 1}] * 3}
        assert outcome(await person.client.post(ANSWERS, json=body, headers=elsewhere)) == (403, "cross_site")


@pytest.mark.req("AUTH-10")
class TestTicket:
    async def test_a_ticket_is_good_for_its_time(self, runtime: Runtime) -> None:
        with pytest.raises(ProofExpired):
            await use(runtime, make_ticket(Action.RECOVERY, seconds=-1), Action.RECOVERY)

    async def test_a_ticket_for_somebody_serves_nobody_else(self, runtime: Runtime) -> None:
        ticket = make_ticket(Action.RECOVERY, seconds=60, subject="somebody")
        with pytest.raises(ProofRefused):
            await use(runtime, ticket, Action.RECOVERY)

    async def test_a_picture_is_no_ticket(self, runtime: Runtime, visitor: NewVisitor) -> None:
        given = await picture(visitor())
        with pytest.raises(ProofRefused):
            await use(runtime, given["id"], Action.RECOVERY)

    async def test_a_proof_stays_when_what_it_was_for_fails(self, runtime: Runtime) -> None:
        """The caller's transaction did nothing, so the person need not click again."""
        ticket = make_ticket(Action.RECOVERY, seconds=60)
        with pytest.raises(LookupError):
            async with runtime.database.unit_of_work() as session:
                await _use_and_fail(session, ticket)
        await use(runtime, ticket, Action.RECOVERY)


async def _use_and_fail(session: AsyncSession, ticket: str) -> None:
    await use_proof(session, ticket, Action.RECOVERY)
    raise LookupError


@pytest.mark.req("AUTH-10", "FAQ-M9")
class TestWhatIsShown:
    async def test_nothing_readable_by_a_program_says_what_to_click(self, visitor: NewVisitor) -> None:
        answer = await visitor().client.post(PICTURES, json={"action": "sign_in"})
        fields = {"id", "image", "width", "height", "characters", "attempts", "expires_in"}
        assert set(answer.json()) == fields
        assert not [char for char in answer.text if char in drawing.CHARACTERS]
        assert (answer.json()["characters"], answer.json()["attempts"]) == (3, 1)
        assert answer.headers["Cache-Control"] == "no-store"

    async def test_the_picture_is_a_picture_and_never_the_same(self, visitor: NewVisitor) -> None:
        person = visitor()
        first, second = await picture(person), await picture(person)
        for given in (first, second):
            kind, _, data = given["image"].partition(";base64,")
            image = Image.open(BytesIO(base64.b64decode(data)))
            assert (kind, image.format) == ("data:image/webp", "WEBP")
            assert image.size == (given["width"], given["height"])
        assert first["image"] != second["image"]
        assert inside(first["id"])["spots"] != inside(second["id"])["spots"]

    def test_no_click_is_near_two_characters(self) -> None:
        for _ in range(40):
            spots = drawing.draw_picture().spots
            assert len(spots) == drawing.WANTED
            for one, other in combinations(spots, 2):
                assert math.dist((one.x, one.y), (other.x, other.y)) > one.radius + other.radius
            for spot in spots:
                assert spot.radius <= spot.x <= drawing.WIDTH - spot.radius
                assert spot.radius <= spot.y <= drawing.SCENE_HEIGHT - spot.radius

    def test_whoever_reads_nothing_passes_once_in_thousands(self) -> None:
        """Also who sees where all the characters are: more than 4000 ways to click three of them in an order."""
        numbers = set()
        for _ in range(60):
            spots = drawing._places()
            numbers.add(len(spots))
            for one, other in combinations(spots, 2):
                assert math.dist((one.x, one.y), (other.x, other.y)) > one.radius + other.radius
        assert numbers == set(range(drawing.FEWEST, drawing.MOST + 1))
        assert math.perm(drawing.FEWEST, drawing.WANTED) > 4000

    def test_places_and_sizes_tell_nothing_of_what_to_click(self) -> None:
        """A fixed answer hits a character in as many pictures as chance has it, wherever it clicks; sizes vary in each."""
        drawn = [drawing.draw_picture().spots for _ in range(80)]
        assert len({spot.radius for spots in drawn for spot in spots}) > 8
        for x, y in ((60, 60), (180, 160), (300, 260), (120, 210)):
            hits = sum(math.dist((x, y), (spots[0].x, spots[0].y)) <= spots[0].radius for spots in drawn)
            assert hits <= 12

    def test_where_it_says_to_click_there_is_a_character(self) -> None:
        """Dark strokes near each spot; the ground is pale."""
        shown = drawing.draw_picture()
        scene = Image.open(BytesIO(shown.image)).convert("L")
        for spot in shown.spots:
            box = (spot.x - 18, spot.y - 18, spot.x + 18, spot.y + 18)
            dark = sum(scene.crop(box).histogram()[:110])
            assert dark > 60

    @pytest.mark.parametrize("path", [serif_path(), sans_path()])
    def test_every_character_can_be_drawn(self, path: Any) -> None:
        glyphs = TTFont(path, lazy=True).getBestCmap()
        assert {ord(char) for char in drawing.CHARACTERS + drawing.INSTRUCTION} <= glyphs.keys()
        assert len(set(drawing.CHARACTERS)) == len(drawing.CHARACTERS)


class TestManyPictures:
    @pytest.mark.req("AUTH-10")
    async def test_an_address_gets_so_many_an_hour(self, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
        assert auth_settings().pictures_per_address_an_hour == 120
        monkeypatch.setenv("AUTH_PICTURES_PER_ADDRESS_AN_HOUR", "2")
        auth_settings.cache_clear()
        try:
            person = visitor()
            for _ in range(2):
                await picture(person)
            refused = await person.client.post(PICTURES, json={"action": "recovery"})
            assert outcome(refused) == (429, "too_many_pictures")
            assert 3500 < int(refused.headers["Retry-After"]) <= 3600
            await picture(visitor())
        finally:
            monkeypatch.undo()
            auth_settings.cache_clear()

    @pytest.mark.req("PLAT-11")
    @pytest.mark.usefixtures("platform")
    async def test_without_redis_there_are_pictures_all_the_same(self) -> None:
        gone = Redis.from_url(f"redis://127.0.0.1:{free_port()}", socket_connect_timeout=1)
        assert (await make_picture(gone, action=Action.SIGN_IN, address="10.0.0.1")).id
        await gone.aclose()
