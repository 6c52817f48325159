"""The main job, through the gateway's API, with real servers and real workers, from the plan to the printed certificate."""

import pytest

from ops.journey.__main__ import WHOLE, main, reason_of
from ops.journey.run import open_play, play_steps
from tests.stack import Stack


@pytest.mark.req(
    "STAFF-01", "TRN-01", "TRN-37", "TRN-47", "TRN-50", "TRN-51", "TRN-60", "STAFF-10", "CERT-05", "CERT-07", "TRN-05"
)
async def test_the_main_job_runs_to_its_end(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_play(stack.base_url) as play:
        await play_steps(play, WHOLE, print)
    assert capsys.readouterr().out.count("✓") == len(WHOLE)


@pytest.mark.req("STAFF-06", "NOTE-02")
async def test_the_unit_was_also_told_by_text_message(stack: Stack) -> None:
    """The demo data has opened a selection: the catcher shows the message to the unit's phone."""
    async with open_play(stack.base_url) as play:
        answer = await play.public.get(
            "/dev/messages", params={"contains": "选班"}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200
        assert answer.json()


async def test_a_platform_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert await main("http://127.0.0.1:9") == 1
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "cannot be reached" in said


def test_an_answer_of_another_shape_is_told_and_not_shown_as_a_stack() -> None:
    assert reason_of(KeyError("items"), "") == "an answer that does not look as expected: KeyError: 'items'"
