"""Answers are made from rows by name, and say what their codes mean (PLAT-02: what people read is Chinese)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BaseModel, create_model

from shared.web.answers import CodeOf, Read
from shared.workflow.definition import Labelled


class Light(Labelled):
    RED = "red", "红灯"
    GREEN = "green", "绿灯"


class Lamp(Read):
    watts: float


class Crossing(Read):
    light: Light
    next_code: Light | None
    seen: list[Light]
    level: Annotated[str, CodeOf("professional_title_levels")] | None
    lamps: list[Lamp]
    note: str = "无"


class Owned(Crossing):
    """``hour_label`` is its own."""

    hour: Light
    hour_label: str
    owner: str


@dataclass
class LampRow:
    watts: Decimal = Decimal("7.5")


@dataclass
class CrossingRow:
    light: Light = Light.RED
    next_code: Light | None = None
    seen: list[Light] = field(default_factory=lambda: [Light.GREEN])
    level: str | None = "1"
    lamps: list[LampRow] = field(default_factory=lambda: [LampRow()])


def _labels(model: type[BaseModel]) -> dict[str, object]:
    schema = model.model_json_schema(mode="serialization")
    shown = {name: shape for name, shape in schema["properties"].items() if name.endswith("_label")}
    assert set(schema["required"]) >= set(shown)
    return {name: shape.get("type") or [each["type"] for each in shape["anyOf"]] for name, shape in shown.items()}


def test_a_code_is_answered_with_its_label() -> None:
    assert Crossing.of(CrossingRow()).model_dump(mode="json") == {
        "light": "red",
        "light_label": "红灯",
        "next_code": None,
        "next_label": None,
        "seen": ["green"],
        "level": "1",
        "level_label": "正高级",
        "lamps": [{"watts": 7.5}],
        "note": "无",
    }


def test_labels_stand_in_the_schema_null_where_the_code_may_be() -> None:
    assert _labels(Crossing) == {
        "light_label": "string",
        "next_label": ["string", "null"],
        "level_label": ["string", "null"],
    }


def test_a_label_of_ones_own_stays_and_a_subclass_has_those_of_its_parent() -> None:
    shown = Owned.of(CrossingRow(next_code=Light.GREEN), hour=Light.RED, hour_label="停", owner="张三").model_dump()
    assert (shown["hour_label"], shown["light_label"], shown["next_label"]) == ("停", "红灯", "绿灯")


def test_fields_that_a_table_makes_have_labels_too() -> None:
    made = create_model("Made", __base__=Lamp, colour=(Light, ...))
    assert made.of(LampRow(), colour=Light.GREEN).model_dump() == {
        "watts": 7.5,
        "colour": "green",
        "colour_label": "绿灯",
    }


def test_an_unknown_code_is_its_own_label() -> None:
    assert Crossing.of(CrossingRow(level="9x")).model_dump()["level_label"] == "9x"


def test_what_is_said_beside_the_row_stands_and_what_nobody_says_is_a_fault() -> None:
    assert Crossing.of(CrossingRow(), note="修理中").note == "修理中"
    with pytest.raises(AttributeError, match="owner"):
        Owned.of(CrossingRow(), hour=Light.RED, hour_label="停")
