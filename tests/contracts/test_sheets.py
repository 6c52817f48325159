"""What each workflow module states is what people have reviewed; after a wanted change, ``make write`` writes it anew."""

import pytest

from tests.contracts.sheets import MODULES, SHEETS, path_of, sheet


@pytest.mark.req("PLAT-02")
@pytest.mark.parametrize("module", MODULES)
def test_it_states_what_was_reviewed(module: str) -> None:
    """Imports that module alone, so that a change on purpose is judged quickly (``ops.mutation``)."""
    assert path_of(module).read_text("utf-8") == sheet(module), "run: make write"


def test_no_sheet_is_left_of_a_module_that_is_gone() -> None:
    assert set(SHEETS.glob("*.txt")) == {path_of(module) for module in MODULES}, "run: make write"
