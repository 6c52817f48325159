"""Days and moments as requests write them: what is taken, and each refusal with its code (PLAT-01)."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.days import EARLIEST, FIRST, LAST, LATEST, Day, Moment

pytestmark = pytest.mark.req("PLAT-01")


class Asked(BaseModel):
    day: Day | None = None
    moment: Moment | None = None


def refused(**values: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate(values)
    (error,) = caught.value.errors()
    return error["type"], error["msg"]


class TestDays:
    @pytest.mark.parametrize("text", ["2026-03-01", "2024-02-29", "1900-01-01", "2100-12-31"])
    def test_a_day_is_read(self, text: str) -> None:
        assert Asked.model_validate({"day": text}).day == date.fromisoformat(text)

    @pytest.mark.parametrize("own", [FIRST, LAST, None])
    def test_what_is_a_day_or_nothing_stays(self, own: date | None) -> None:
        assert Asked(day=own).day == own

    @pytest.mark.parametrize(
        "text", ["2026-3-1", "20260301", "2026-03-01 ", " 2026-03-01", "２０２６-03-01", "", 0, True]
    )
    def test_what_is_written_otherwise_is_refused_by_its_form(self, text: object) -> None:
        assert refused(day=text) == ("date_format", "应为日期，格式为年-月-日，例如 2026-03-01")

    def test_a_moment_is_no_day(self) -> None:
        assert refused(day=datetime(2026, 3, 1, tzinfo=UTC))[0] == "date_format"

    @pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026-00-10"])
    def test_a_day_that_no_calendar_has_is_told_apart(self, text: str) -> None:
        assert refused(day=text) == ("date_unknown", "没有这一天，请核对年月日")

    @pytest.mark.parametrize("text", ["1899-12-31", "2101-01-01"])
    def test_bounds_are_named(self, text: str) -> None:
        assert refused(day=text) == ("date_range", "日期应在 1900-01-01 至 2100-12-31 之间")


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "hour"),
        [
            ("2026-03-01T09:00:00+08:00", 1),
            ("2026-03-01T09:00+08:00", 1),
            ("2026-03-01T09:00:00.25Z", 9),
            ("2026-03-01T09:00:00Z", 9),
        ],
    )
    def test_a_moment_is_read_with_its_zone(self, text: str, hour: int) -> None:
        found = Asked.model_validate({"moment": text}).moment
        assert found is not None
        assert found.astimezone(UTC).replace(microsecond=0) == datetime(2026, 3, 1, hour, tzinfo=UTC)

    @pytest.mark.parametrize("own", [EARLIEST, LATEST - timedelta(microseconds=1), None])
    def test_what_is_a_moment_or_nothing_stays(self, own: datetime | None) -> None:
        assert Asked(moment=own).moment == own

    @pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01 09:00:00Z", "2026-03-01T09Z", "", 1772326800, "now"])
    def test_what_is_written_otherwise_is_refused_by_its_form(self, text: object) -> None:
        assert refused(moment=text) == ("moment_format", "应为时间，例如 2026-03-01T09:00:00+08:00")

    @pytest.mark.parametrize("text", ["2026-02-30T09:00:00Z", "2026-03-01T25:00:00Z"])
    def test_a_moment_that_never_is_is_told_apart(self, text: str) -> None:
        assert refused(moment=text) == ("moment_unknown", "没有这一时刻，请核对日期和时间")

    @pytest.mark.parametrize("value", ["2026-03-01T09:00:00", datetime(2026, 3, 1)])  # noqa: DTZ001
    def test_without_a_zone_nobody_knows_when(self, value: object) -> None:
        assert refused(moment=value) == ("timezone_aware", "时间须带时区，例如 2026-03-01T09:00:00+08:00")

    @pytest.mark.parametrize("value", [EARLIEST - timedelta(seconds=1), LATEST, LATEST.astimezone(timezone.max)])
    def test_bounds_are_named(self, value: datetime) -> None:
        assert refused(moment=value) == ("moment_range", "时间应在 2000 年至 2100 年之间")
