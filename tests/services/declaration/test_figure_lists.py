"""Each figure has the list of just its units, a row its parts; how they are kept, folded and counted anew (STAFF-12)."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text, update

from services.declaration.consumers import organisation_changed
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.figures import keeping, repository, tasks
from services.declaration.figures.measures import MEASURES
from services.declaration.figures.models import FigureCell
from services.declaration.form.choices import DeclarationKind
from services.declaration.invariants import drifted_figures
from services.declaration.main import app
from shared.clock import now_utc
from shared.db.session import Database
from shared.errors import Unavailable
from tests.services.declaration.figures import COUNTIES, FIGURES, TODAY, ask, counts, drifted, fold, total
from tests.services.declaration.records import UNTESTED, Cast, MakeCast, organisation

pytestmark = pytest.mark.req("STAFF-12")


@pytest.fixture
def county() -> str:
    return next(COUNTIES)


class TestLists:
    async def test_every_number_of_units_has_a_list_of_exactly_that_many(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        one, other, third = [await make_cast(region=each) for each in (county, county, f"{county[:4]}09")]
        await one.approved()
        await other.approved(**UNTESTED, industry="B06", size="1", kind="initial")
        await third.submitted()
        await make_cast(region=county)
        await fold(database)
        seen = 0
        asked: list[tuple[str, dict[str, str]]] = [
            ("region", {}),
            ("year", {}),
            ("industry", {"factor": "dust"}),
            ("factor", {"size": "3"}),
            ("size", {"industry": "C"}),
        ]
        for dimension, narrowed in asked:
            found = await ask(one.city, dimension=dimension, **narrowed)
            for row in (*found["rows"], found["total"]):
                for figure in row["figures"]:
                    if figure["filters"] is None or figure["count"] is None:
                        continue
                    assert figure["link"] == "/declaration-statistics/units"
                    listed = await one.city.get(f"{FIGURES}/units", params=figure["filters"])
                    assert listed.status_code == 200, listed.text
                    assert listed.json()["total"] == figure["count"], (dimension, narrowed, row["label"], figure)
                    seen += figure["count"]
        assert seen > 20
        top = await total(one.city)
        assert (top["registered"], top["declared"], top["undeclared"], top["declared_rate"]) == (4, 2, 2, 50.0)

    async def test_a_row_leads_to_its_parts_and_back(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        await fold(database)
        top = await ask(cast.province, region_code=county[:2])
        city = next(row for row in top["rows"] if row["key"] == county[:4])
        assert top["above"] is None
        assert city["below"] == {"day": TODAY.isoformat(), "region_code": county[:4]}
        below = await ask(cast.province, **city["below"])
        assert below["above"]["region_code"] == county[:2]
        assert counts(below["total"]) == counts(city)
        leaf = await ask(cast.province, region_code=county)
        assert [row["below"] for row in leaf["rows"]] == [None]

    async def test_both_are_sheets(self, make_cast: MakeCast, county: str, database: Database) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        await fold(database)
        for name in ("figures", "figure-units"):
            answer = await cast.county.get(f"/api/declaration/exports/{name}.xlsx")
            assert answer.status_code == 200, answer.text
            rows = CalamineWorkbook.from_object(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
            assert 60 in rows[1]
            assert "齿轮" not in str(rows)


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "field", "code"),
        [
            ({"day": (TODAY + timedelta(days=1)).isoformat()}, "day", "date_in_future"),
            ({"day": "2026-02-30"}, "day", "date_unknown"),
            ({"day": "20261129"}, "day", "date_format"),
            ({"region_code": "329901"}, "region_code", "region_not_yours"),
            ({"region_code": "32010299"}, "region_code", None),
            ({"industry": "Z"}, "industry", None),
            ({"industry": "C99"}, "industry", "industry_unknown"),
            ({"size": "9"}, "size", "size_unknown"),
            ({"factor": "Z999"}, "factor", "factor_unknown"),
            ({"dimension": "product"}, "dimension", None),
        ],
    )
    async def test_what_is_not_there_is_refused_with_its_field(
        self, cast: Cast, query: dict[str, str], field: str, code: str | None
    ) -> None:
        for path in (FIGURES, f"{FIGURES}/units"):
            if "dimension" in query and path != FIGURES:
                continue
            answer = await cast.county.get(path, params=query)
            assert answer.status_code == 422, answer.text
            (error,) = answer.json()["errors"]
            assert error["field"] == field
            assert code is None or error["code"] == code
            assert any("\u4e00" <= each <= "\u9fff" for each in error["message"])

    async def test_an_unknown_region_of_ones_own(self, cast: Cast) -> None:
        answer = await cast.city.get(FIGURES, params={"region_code": "320199"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "region_unknown")

    async def test_a_unit_may_not_look(self, cast: Cast) -> None:
        assert (await cast.employer.get(FIGURES)).status_code == 403
        assert (await cast.employer.get(f"{FIGURES}/units")).status_code == 403


class TestKeeping:
    async def test_the_functions_of_the_database_know_the_codes_of_the_workflow(self, database: Database) -> None:
        async with database.unit_of_work() as session:
            made = str(await session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'figure_approved'")))
            valid = str(await session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'figure_valid'")))
        assert {f"'{each.value}'" for each in DeclarationStatus if f"'{each.value}'" in made} == {
            f"'{each.value}'" for each in DeclarationStatus.is_settled
        }
        assert f"'{DeclarationKind.CANCELLATION.value}'" in valid

    async def test_a_run_fills_in_what_was_approved_before(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        async with database.unit_of_work() as session:
            await session.execute(text("DELETE FROM figure_records WHERE region_code = :c"), {"c": county})
            await session.execute(text("DELETE FROM figure_units WHERE region_code = :c"), {"c": county})
        await fold(database)
        assert (await total(cast.county))["declared"] == 0
        async with database.unit_of_work() as session:
            assert await keeping.correct(session, [cast.actor.organisation_id], now_utc()) == 1
            assert await keeping.correct(session, [cast.actor.organisation_id], now_utc()) == 0
        await fold(database)
        assert (await total(cast.county))["declared"] == 1

    async def test_a_worker_that_is_killed_while_it_folds_loses_nothing(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()

        async def killed() -> None:
            async with database.unit_of_work() as session:
                assert await repository.fold(session) > 0
                pid = await session.scalar(text("SELECT pg_backend_pid()"))
                async with database.unit_of_work() as other:
                    await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

        with pytest.raises(Unavailable):
            await killed()
        assert (await total(cast.county))["declared"] == 0
        assert await drifted(database, county) == [], "what is not folded is still there"
        await fold(database)
        assert (await total(cast.county))["declared"] == 1

    async def test_many_who_change_fold_and_count_anew_at_once_lose_nothing(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        casts = [await make_cast(region=county) for _ in range(3)]
        for cast in casts:
            await cast.approved()

        async def change(cast: Cast) -> None:
            for active in (False, True, False, True):
                async with database.unit_of_work() as session:
                    await organisation_changed(session, organisation(cast.actor, active=active))

        async def folding() -> None:
            for _ in range(6):
                async with database.unit_of_work() as session:
                    await repository.fold(session, most=3)

        async def anew() -> None:
            async with database.unit_of_work() as session:
                await repository.rebuild(session)

        await asyncio.gather(*(change(cast) for cast in casts), folding(), anew())
        await fold(database)
        found = await total(casts[0].county)
        assert (found["registered"], found["declared"], found["exposed"]) == (3, 3, 180)
        assert await drifted(database, county) == []

    async def test_sums_that_drifted_are_told_and_counted_anew(
        self, make_cast: MakeCast, county: str, open_app: Any, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        await fold(database)
        async with database.unit_of_work() as session:
            await session.execute(update(FigureCell).where(FigureCell.scope == county).values(declared=7))
            minute = 60 * list(await repository.counties(session)).index(county)
            told = await drifted_figures(session, datetime.fromtimestamp(minute, UTC))
        assert told
        assert all(each.subject.startswith(county) for each in told)
        await tasks.recount(await open_app(app))
        assert (await total(cast.county))["declared"] == 1
        assert await drifted(database, county) == []

    async def test_the_run_of_a_day_looks_at_every_unit_once(
        self, make_cast: MakeCast, county: str, open_app: Any, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        async with database.unit_of_work() as session:
            await session.execute(text("DELETE FROM figure_runs"))
            await session.execute(text("DELETE FROM figure_records WHERE region_code = :c"), {"c": county})
        runtime = await open_app(app)
        await asyncio.gather(tasks.run_figures(runtime), tasks.run_figures(runtime))
        await tasks.fold_figures(runtime)
        found = await ask(cast.county)
        assert found["complete"]
        assert counts(found["total"])["declared"] == 1


def test_every_measure_says_itself() -> None:
    assert len({each.key for each in MEASURES}) == len(MEASURES)
    assert all(each.words and each.label for each in MEASURES)
