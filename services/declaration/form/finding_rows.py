"""Where the rules of the form are broken: work sites, products, tests and examinations. Each function is a row's of ``rules.RULES``."""

from collections.abc import Callable, Iterator, Mapping

from services.declaration.form.choices import ITEMS, ExamItem, TestItem
from services.declaration.form.filled import Filled, FilledRow
from services.declaration.form.hits import Hit, Proposal, Situation
from services.declaration.form.table import LABELS

NONE = "无"
_COLUMNS = {"product": "产品名称", "output": "数量（年产量）", "unit": "计量单位"}
_NO_PRODUCT = [{"product": NONE, "output": "0", "unit": NONE}]
_WHOLE_OF: Mapping[str, str] = {
    TestItem.SILICA: TestItem.DUST,
    TestItem.COAL: TestItem.DUST,
    TestItem.ASBESTOS: TestItem.DUST,
    TestItem.LEAD: TestItem.CHEMICAL,
    TestItem.BENZENE: TestItem.CHEMICAL,
    TestItem.NOISE: TestItem.PHYSICAL,
}


def sites(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if not any(each.get("address") for each in form.sites):
        yield Hit("sites")


def products_missing(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-07, FAQ-D14."""
    if not form.products and not form.confidential:
        yield Hit("products", proposal=Proposal("products", _NO_PRODUCT, "没有产品：填“无”，数量填“0”"))


def product_incomplete(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, row in enumerate(form.products):
        for name, label in _COLUMNS.items():
            if not getattr(row, name):
                yield Hit(f"products.{at}.{name}", {"line": at + 1, "label": label})


def none_with_output(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, row in enumerate(form.products):
        if row.product == NONE and row.amount:
            field = f"products.{at}.output"
            yield Hit(field, {"output": row.output}, Proposal(field, "0", "数量改为 0"))


def none_beside_products(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if len(form.products) > 1:
        for at, row in enumerate(form.products):
            if row.product == NONE:
                yield Hit(f"products.{at}.product")


def lab_details(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.tested:
        yield from _blank(form, "test_org", "test_report_no")


def exam_details(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """DECL-08."""
    if form.surveillance_done:
        yield from _blank(form, "exam_org", "exam_report_no")


def untested_rows(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.tested is False and any(row.of or row.some for row in form.tests):
        yield Hit("tests", proposal=Proposal("tests", [], "清空检测点数"))


def unexamined_rows(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.surveillance_done is False and any(row.of or row.some for row in form.exams):
        yield Hit("exams", proposal=Proposal("exams", [], "清空检查人数"))


def lab_rows(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.tested:
        yield from _missing_rows(form, "tests", form.tests, (each.value for each in TestItem))


def exam_rows(form: Filled, _situation: Situation) -> Iterator[Hit]:
    if form.surveillance_done:
        yield from _missing_rows(form, "exams", form.exams, (each.value for each in ExamItem))


def over_above_points(form: Filled, _situation: Situation) -> Iterator[Hit]:
    yield from _above("tests", "over", form.tests)


def done_above_due(form: Filled, _situation: Situation) -> Iterator[Hit]:
    yield from _above("exams", "done", form.exams)


def lab_of_undeclared(form: Filled, _situation: Situation) -> Iterator[Hit]:
    yield from _undeclared(form, "tests", form.tests)


def exam_of_undeclared(form: Filled, _situation: Situation) -> Iterator[Hit]:
    yield from _undeclared(form, "exams", form.exams)


def part_above_whole(form: Filled, _situation: Situation) -> Iterator[Hit]:
    """A factor that is counted by itself is part of its class."""
    whole_rows = {row.item: row for row in form.tests}
    for at, row in enumerate(form.tests):
        whole = whole_rows.get(_WHOLE_OF.get(row.item, ""))
        if whole is None:
            continue
        columns: tuple[tuple[str, str, Callable[[FilledRow], int | None]], ...] = (
            ("measured", "检测点数", lambda each: each.of),
            ("over", "超标点数", lambda each: each.some),
        )
        for name, what, value in columns:
            count, total = value(row), value(whole)
            if count is not None and total is not None and count > total:
                words = {"label": _label(row.item), "what": what, "whole": _label(whole.item), "total": total}
                yield Hit(f"tests.{at}.{name}", {**words, "count": count})


def due_above_exposed(form: Filled, _situation: Situation) -> Iterator[Hit]:
    for at, row in enumerate(form.exams):
        covered = form.covered(row.item)
        exposed = covered[1] if covered else None
        if row.of is not None and exposed is not None and row.of > exposed:
            field = f"exams.{at}.due"
            words = {"label": _label(row.item), "of": row.of, "exposed": exposed}
            yield Hit(field, words, Proposal(field, exposed, f"应检人数改为{exposed}人"))


def _blank(form: Filled, *names: str) -> Iterator[Hit]:
    for name in names:
        if not getattr(form, name):
            yield Hit(name, {"label": LABELS[name]})


def _missing_rows(form: Filled, table: str, rows: tuple[FilledRow, ...], items: Iterator[str]) -> Iterator[Hit]:
    """One for everything that is declared, each with both its numbers; where only 生物 or 其他 is, nobody is examined."""
    present = {row.item: at for at, row in enumerate(rows)}
    for item in items:
        if form.covered(item) is None:
            continue
        at = present.get(item)
        if at is None or rows[at].of is None or rows[at].some is None:
            yield Hit(f"{table}.{at}" if at is not None else table, {"label": _label(item)})


def _above(table: str, column: str, rows: tuple[FilledRow, ...]) -> Iterator[Hit]:
    for at, row in enumerate(rows):
        if row.of is not None and row.some is not None and row.some > row.of:
            yield Hit(f"{table}.{at}.{column}", {"label": _label(row.item), "of": row.of, "some": row.some})


def _undeclared(form: Filled, table: str, rows: tuple[FilledRow, ...]) -> Iterator[Hit]:
    for at, row in enumerate(rows):
        if (row.of or row.some) and form.covered(row.item) is None:
            yield Hit(f"{table}.{at}", {"label": _label(row.item)})


def _label(item: str) -> str:
    return str(ITEMS[item].label)
