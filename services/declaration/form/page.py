"""docs/declaration-form.md: the form and its rules as people read them, made of the same tables."""

from collections.abc import Iterator

from services.declaration.form.definition import choices_in_words, condition_words, form_definition
from services.declaration.form.flags import FLAGS
from services.declaration.form.rules import RULES
from services.declaration.form.table import LABELS
from services.declaration.form.versions import VERSIONS, changes_between
from shared.web.forms import RecordFormField


def form_page() -> str:
    """The whole page."""
    form = form_definition()
    lines = [
        "<!-- Made by `make write` from services/declaration/form: do not edit. -->",
        "# 职业病危害项目申报表",
        "",
        f"第 {form.version} 版；危害因素目录 {form.catalogue} 版。带 * 的须填写。",
        "",
    ]
    for section in form.sections:
        lines += [f"## {section.title}", ""]
        if section.fields:
            lines += [*_table(section.fields), ""]
        for table in section.tables:
            lines += [f"### {table.label}（最多 {table.maximum} 行）", "", *([table.help, ""] if table.help else [])]
            lines += [*_table([*table.fields, *table.inner]), ""]
    return "\n".join([*lines, *_rules(), *_flags(), *_versions()]) + "\n"


def _table(fields: list[RecordFormField]) -> Iterator[str]:
    yield "| 栏目 | 名称 | 填写 | 何时 | 说明 |"
    yield "|---|---|---|---|---|"
    for each in fields:
        star = "*" if each.required else ""
        cells = (f"`{each.name}`", star + each.label, _limits(each), condition_words(each.shown_when), each.help)
        yield "| " + " | ".join(cells) + " |"


def _limits(field: RecordFormField) -> str:
    if field.choices:
        return choices_in_words(field.choices)
    if field.maximum is not None:
        return f"{field.minimum}–{field.maximum}"
    if field.max_length:
        return f"最多 {field.max_length} 字"
    return {"mobile": "手机号码", "past_date": "日期", "switch": "勾选"}.get(field.kind, "文字")


def _rules() -> Iterator[str]:
    yield from ("## 提交前须满足", "", "| 代码 | 看哪些栏目 | 说明 |", "|---|---|---|")
    for rule in RULES:
        fields = "、".join(LABELS[name] for name in rule.fields)
        yield f"| `{rule.code}` | {fields} | {rule.words} |"
    yield ""


def _flags() -> Iterator[str]:
    yield from ("## 提示审核人员留意", "", "| 代码 | 名称 | 说明 |", "|---|---|---|")
    for flag in FLAGS:
        yield f"| `{flag.code}` | {flag.label} | {flag.words} |"
    yield ""


def _versions() -> Iterator[str]:
    yield from ("## 各版的变化", "")
    known = sorted(VERSIONS)
    for old, new in zip(known, known[1:], strict=False):
        yield f"第 {new} 版：" + "；".join(each.words for each in changes_between(VERSIONS[old], VERSIONS[new])) + "。"
