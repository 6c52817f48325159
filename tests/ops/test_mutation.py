"""The table of what is changed on purpose: every module, test and function that it names is there, and a survivor is explained."""

from importlib import import_module

from ops.mutation import function_of, read_table, survivors
from ops.table_mutation import work
from shared.db.migrations import ROOT

TABLE = read_table()
JOBS = list(work(TABLE.tables))


def test_what_it_names_is_there() -> None:
    files = [*TABLE.modules, *(test for tests in TABLE.modules.values() for test in tests)]
    files += [test for job in JOBS if job.mutant is None for test in job.tests]
    assert [name for name in files if not (ROOT / name.partition("::")[0]).is_file()] == []
    assert TABLE.least >= 85


def test_explained_functions_are_there_with_their_reasons() -> None:
    changes = {job.name for job in JOBS if job.mutant}
    for function, reason in TABLE.explained.items():
        assert len(reason) > 20, function
        if ": " in function:
            assert function in changes, function
            continue
        module, found = _found(function)
        assert callable(found), function
        assert module in TABLE.modules, function


def _found(function: str) -> tuple[str, object]:
    """The file of the module, and what has that name in it."""
    module, _, name = function.rpartition(".")
    while not (ROOT / f"{module.replace('.', '/')}.py").is_file():
        module, _, outer = module.rpartition(".")
        name = f"{outer}.{name}"
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return f"{module.replace('.', '/')}.py", found


def test_what_mutmut_lists_is_read_as_people_write_it() -> None:
    told = [
        "    shared.fields.xǁCleanTextǁcheck__mutmut_3: survived",
        "    shared.identifiers.x__id_maker__mutmut_12: no tests",
        "    shared.clock.x_age_on__mutmut_1: killed",
        "something else",
    ]
    assert list(survivors(told)) == [
        ("shared.fields.CleanText.check", "survived"),
        ("shared.identifiers._id_maker", "no tests"),
        ("shared.clock.age_on", "killed"),
    ]
    assert function_of("shared.fields.x__checked") == "shared.fields._checked"
