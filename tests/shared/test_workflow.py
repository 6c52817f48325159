"""A table of transitions holds together what the type checker cannot see: a row, the body that comes with it and the effect it names."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import pytest
from pydantic import AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody, ReturnKind
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
from shared.identity import SYSTEM, Actor
from shared.roles import Permission
from shared.wording import Word
from shared.workflow.asked import fields_of
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow, refusal_of


class TestTheBodyOfAnAction:
    def test_nothing_given_is_an_empty_body(self) -> None:
        row = REGISTRATION.transition(RegistrationAction.RETURN, RegistrationStatus.SUBMITTED)
        assert row is not None
        assert row.brought(None) == ReturnBody()

    def test_another_body_is_a_fault(self) -> None:
        row = REGISTRATION.transition(RegistrationAction.RETURN, RegistrationStatus.SUBMITTED)
        assert row is not None
        with pytest.raises(TypeError, match="return needs ReturnBody, not ActionBody"):
            row.brought(ActionBody(reason="材料不全"))

    def test_an_effect_is_not_bound_to_a_row_that_brings_less(self) -> None:
        with pytest.raises(TypeError, match="give_seat_back needs CorrectionBody"):
            REGISTRATION.effect("give_seat_back", CorrectionBody)


@pytest.mark.req("PLAT-02")
class TestWhatAnActionAsksFor:
    def test_the_body_says_it_by_its_types_and_descriptions(self) -> None:
        assert [(each.name, each.kind, each.required) for each in fields_of(ReturnBody)] == [
            ("kind", "one", False),
            ("fields", "several", False),
        ]
        assert fields_of(CorrectionBody)[0].model_dump() == {
            "name": "until",
            "label": "补正截止日期，含当日",
            "kind": "date",
            "required": True,
            "choices": [],
            "suggested": [],
        }

    def test_choices_go_with_their_labels(self) -> None:
        assert [each.label for each in fields_of(ReturnBody)[0].choices] == [each.label for each in ReturnKind]

    def test_every_type_of_an_answer_has_a_way_to_give_it(self) -> None:
        class Body(ActionBody):
            sure: bool = False
            opens_at: AwareDatetime | None
            seats: Annotated[int, Field(ge=1)]
            others: list[ReturnKind]

        assert [each.kind for each in fields_of(Body)] == ["yes_no", "moment", "number", "several"]
        assert fields_of(Body)[3].choices


class Light(Labelled):
    RED = "red", "红灯", Colour.WAITING
    GREEN = "green", "绿灯", Colour.GOOD


class Press(Labelled):
    GO = "go", "放行"
    STOP = "stop", "停止"
    FADE = "fade", "熄灭"


class Reasoned(ActionBody):
    seconds: Annotated[int, Field(description="多少秒")] = 0


@dataclass
class Lamp:
    status: Light = Light.RED
    broken: bool = False


def _whole(lamp: Lamp, _actor: Actor, _now: datetime) -> Refusal | None:
    return Refusal("lamp_broken", "灯坏了，请先报修") if lamp.broken else None


def lamps(**changes: Any) -> Workflow[Any, Any]:
    """A table of its own, so that binding changes nobody else's."""
    rows: Any = (
        Transition(Press.GO, {Light.RED}, Light.GREEN, by={Permission.PLAN_MANAGEMENT}, guard=_whole, then="tell"),
        Transition(Press.GO, {Light.RED, Light.GREEN}, Light.RED, by={Permission.ADMINISTRATION}, body=Reasoned),
        Transition(Press.STOP, {Light.GREEN}, Light.RED, body=Reasoned, then="count"),
        Transition(Press.FADE, {Light.RED}, Light.RED),
    )
    given: dict[str, Any] = {
        "name": "lamp",
        "label": "灯",
        "statuses": Light,
        "initial": Light.RED,
        "transitions": rows,
    }
    return Workflow(**{**given, **changes})


NOW = datetime(2026, 3, 1, tzinfo=UTC)


class TestATable:
    def test_actions_stand_once_in_their_order_and_the_first_row_of_a_status_is_its_row(self) -> None:
        table = lamps()
        assert table.actions() == (Press.GO, Press.STOP, Press.FADE)
        assert table.transition(Press.GO, Light.RED) is table.transitions[0]
        assert table.transition(Press.GO, Light.GREEN) is table.transitions[1]
        assert table.transition(Press.STOP, Light.RED) is None
        assert table.body_of(Press.STOP) is Reasoned
        assert table.body_of(Press.FADE) is ActionBody

    def test_who_may_ever_do_it_is_of_all_its_rows(self) -> None:
        table = lamps()
        assert table.permissions_for(Press.GO) == {Permission.PLAN_MANAGEMENT, Permission.ADMINISTRATION}
        assert table.permissions_for(Press.STOP) == frozenset()
        assert table.permissions_for(Light.RED) == frozenset(), "no action of the table"

    def test_a_refusal_is_the_guards_or_the_statuss(self) -> None:
        table = lamps(hints={(Press.STOP, Light.RED): "灯已经是红的"})
        assert refusal_of(table, Lamp(), Press.GO, SYSTEM, NOW) is None
        broken = refusal_of(table, Lamp(broken=True), Press.GO, SYSTEM, NOW)
        assert broken == Refusal("lamp_broken", "灯坏了，请先报修")
        assert refusal_of(table, Lamp(Light.GREEN, broken=True), Press.GO, SYSTEM, NOW) is None, "its row has no guard"
        assert refusal_of(table, Lamp(), Press.STOP, SYSTEM, NOW) == Refusal("status_is_red", "灯已经是红的")
        unsaid = refusal_of(table, Lamp(Light.GREEN), Press.FADE, SYSTEM, NOW)
        assert unsaid == Refusal("status_is_green", "当前状态为“绿灯”，不能熄灭")

    def test_its_words_are_the_statuss_the_bodies_and_first_those_that_a_domain_has_given(self) -> None:
        table = lamps(words={"seconds": Word("秒数")})
        assert table.words["status"].label == "状态"
        assert table.words["status"].of("green") == "绿灯"
        assert table.words["seconds"].label == "秒数"
        assert lamps().words["seconds"].label == "多少秒"

    async def test_an_effect_is_bound_by_its_name_to_rows_that_bring_enough(self) -> None:
        table = lamps(deletion="clear")
        assert table.unbound() == {"tell", "count", "clear"}

        @table.effect("tell")
        async def tell(*_: Any) -> None: ...

        @table.effect_of_many("count", Reasoned)
        async def count_all(*_: Any) -> None: ...

        @table.effect("count", Reasoned)
        async def count(*_: Any) -> None: ...

        assert table.effects == {"tell": tell, "count": count}
        assert table.effects_of_many == {"count": count_all}
        assert table.unbound() == {"clear"}
        for bind in (table.effect, table.effect_of_many):
            with pytest.raises(TypeError, match=r"^lamp: go brings ActionBody, tell needs Reasoned$"):
                bind("tell", Reasoned)

    async def test_what_comes_before_a_deletion_is_given_its_reason(self) -> None:
        table, seen = lamps(deletion="clear"), list[Any]()

        @table.effect("clear")
        async def clear(*given: Any) -> None:
            seen.append(given)

        lamp, session = Lamp(), cast(AsyncSession, object())
        await table.before_deletion(session, lamp, SYSTEM, "报废")
        assert seen == [(session, lamp, SYSTEM, ActionBody(reason="报废"))]
        await lamps().before_deletion(session, lamp, SYSTEM)
        assert len(seen) == 1
