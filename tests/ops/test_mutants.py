"""Which changes are made on purpose to what a workflow module states and asks, and what is said of those that nobody notices."""

import ast
from importlib.util import module_from_spec
from pathlib import Path

import pytest

from ops import mutation, table_mutation
from ops.mutants import Mutant, guards_named, mutants

SOURCE = """
class Status(Labelled):
    DRAFT = "draft", "草稿", Colour.QUIET
    SENT = "sent", "已发", Colour.GOOD

    @meaning
    def is_sent(self) -> bool:
        return self is Status.SENT

class Action(Labelled):
    SEND = "send", "发送"

def may(record, actor, now) -> Refusal | None:
    if record.until < now and not record.kept:
        return Refusal("too_late", "晚了")
    return helper(record)

def helper(record):
    return record.refusal

def elsewhere(record):
    return not record

_S, _A = Status, Action
_BY = {Permission.ONE, Permission.TWO}
TABLE = Workflow(
    name="table",
    initial=_S.DRAFT,
    consequences={_A.SEND: "发出。"},
    transitions=(Transition(_A.SEND, {_S.DRAFT}, _S.SENT, by=_BY, guard=may, needs_reason=True),),
    hints={(action, status): words for action in _A for status, words in ((_S.SENT, "已发"), (_S.DRAFT, "未发"))},
)
"""
MADE = {f"{each.where}: {each.what}": each for each in mutants(SOURCE)}
ROW = "_A.SEND {_S.DRAFT}"


def test_every_part_of_a_table_is_changed() -> None:
    assert set(MADE) == {
        "Status: DRAFT with the label of SENT",
        "Status: DRAFT with the colour of SENT",
        "Status: SENT with the label of DRAFT",
        "Status: SENT with the colour of DRAFT",
        "Status: is_sent: IsNot in self is Status.SENT",
        "_BY: without Permission.ONE",
        "_BY: without Permission.TWO",
        "TABLE: begins as _S.SENT",
        "TABLE: without the entry _A.SEND",
        "TABLE: without Transition(_A.SEND, {_S.DRAFT}, _S.SENT, by=_BY, guard=may, needs_r...",
        f"TABLE: {ROW} without by=_BY",
        f"TABLE: {ROW} without guard=may",
        f"TABLE: {ROW} without needs_reason=True",
        f"TABLE: {ROW} to _S.DRAFT",
        f"TABLE: {ROW} from _S.SENT too",
        "TABLE: without _S.DRAFT",
        "TABLE: without (_S.SENT, '已发')",
        "TABLE: without (_S.DRAFT, '未发')",
        "may: not (record.until < now and (not record.kept))",
        "may: LtE in record.until < now",
        "may: and ↔ or: record.until < now and (not record.kept)",
        "may: record.until < now and (not record.kept) without record.until < now",
        "may: record.until < now and (not record.kept) without not record.kept",
        "may: not not record.kept",
        "may: None for Refusal('too_late', '晚了')",
        "may: another code in Refusal('too_late', '晚了')",
        "may: None for helper(record)",
        "helper: None for record.refusal",
    }


def changed(name: str) -> str:
    return ast.unparse(MADE[name].made_of(SOURCE))


def test_a_change_changes_that_place_alone() -> None:
    whole = ast.unparse(ast.parse(SOURCE))
    assert changed("may: LtE in record.until < now") == whole.replace("record.until < now", "record.until <= now")
    assert changed(f"TABLE: {ROW} to _S.DRAFT") == whole.replace("_S.SENT, by", "_S.DRAFT, by")
    assert changed("TABLE: without _S.DRAFT") == whole.replace("{_S.DRAFT}, _S.SENT", "{*()}, _S.SENT")
    assert changed("TABLE: without the entry _A.SEND") == whole.replace("{_A.SEND: '发出。'}", "{}")
    assert all(ast.unparse(each.made_of(SOURCE)) != whole for each in MADE.values())
    for each in MADE.values():
        compile(each.made_of(SOURCE), "changed", "exec")


def test_guards_of_another_module_are_known_by_its_prefix() -> None:
    source = "Transition(guard=guards.may)\nTransition(guard=own)"
    assert guards_named(source) == {"own"}
    assert guards_named(source, "guards.") == {"may"}
    assert [each.where for each in mutants("def may(a):\n    return a", frozenset({"may"}))] == ["may"]


EXPLAINED, LEFT = "services.one.workflow.TABLE: explained", "services.one.workflow.TABLE: left"


@pytest.mark.parametrize(("least", "code"), [(90, 0), (91, 1)])
def test_survivors_are_named_and_too_many_end_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], least: int, code: int
) -> None:
    """Two of ten changes, one of which is explained."""
    found = [(f"change {number}", True) for number in range(8)] + [(EXPLAINED, False), (LEFT, False)]
    monkeypatch.setattr(mutation, "outcomes", lambda _tests, _only: found)
    table = mutation.Table(least, {}, ["a test"], {EXPLAINED: "a reason"})
    assert mutation.tables(table, "") == code
    assert capsys.readouterr().out.splitlines() == [
        f"   1 survived   {LEFT}",
        f"10 changes, 90.0 % noticed or explained (at least {least} %)",
    ]


@pytest.mark.parametrize(("test", "code"), [("True", 0), ("False", 1)])
def test_a_child_ends_with_what_its_tests_say(tmp_path: Path, test: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(f"def test_it() -> None:\n    assert {test}\n", "utf-8")
    mutant = Mutant("NUMBER", "2 for 1", 0, lambda _tree: None)
    jobs = [table_mutation.Judged("shared/workflow/colours.py", mutant, [str(tmp_path / "test_it.py")])]
    assert [each for _, each in table_mutation.judged(jobs, 2)] == [code]


def test_only_what_is_named_comes_changed() -> None:
    finder = table_mutation.Changed("a.b", Path("a/b.py"), ast.parse("NUMBER = 2"))
    assert finder.find_spec("a.c", None) is None
    spec = finder.find_spec("a.b", None)
    assert spec is not None
    made = module_from_spec(spec)
    finder.exec_module(made)
    assert made.NUMBER == 2
