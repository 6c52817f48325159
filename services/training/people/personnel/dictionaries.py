"""The dictionaries behind the form of a personal file, one shape for all: found by part of the name or by pinyin initials (TRN-22).
``code`` is what the form sends; where own words are allowed, or people read it as it stands, it is the label itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import choices, repository
from services.training.people.personnel.qualifications import categories
from services.training.people.personnel.workflow import EmploymentStatus
from shared.errors import NotFound
from shared.reference import tables
from shared.reference.pinyin import folded, initials
from shared.web.forms import DictionaryEntry


@dataclass(frozen=True)
class _Table:
    """A shipped table. With ``by_label`` own words are allowed, and headings only divide it."""

    name: str
    by_label: bool = False


_TABLES = {
    "ethnic_groups": _Table(choices.ETHNIC_GROUP),
    "education_levels": _Table(choices.EDUCATION),
    "degrees": _Table(choices.DEGREE),
    "professional_titles": _Table(choices.TITLE),
    "professional_title_levels": _Table(choices.TITLE_LEVEL),
    "physician_categories": _Table(choices.PHYSICIAN_CATEGORY),
    "physician_levels": _Table(choices.PHYSICIAN_LEVEL),
    "practice_categories": _Table(choices.PRACTICE_CATEGORY),
    "departments": _Table(choices.DEPARTMENT, by_label=True),
    "duties": _Table(choices.DUTY, by_label=True),
}
_ATTRIBUTES, _KINDS, _STATUSES = "attributes", "attachment_kinds", "employment_statuses"
_CATEGORIES, _SCOPES, _SKILLS = "qualification_categories", "qualification_scopes", "qualification_skills"
NAMES = (*_TABLES, _ATTRIBUTES, _KINDS, _STATUSES, _CATEGORIES, _SCOPES, _SKILLS)


def name_of(table: str) -> str | None:
    """By which name the entries of a shipped table are had here."""
    return next((name for name, each in _TABLES.items() if each.name == table), None)


async def entries(session: AsyncSession, name: str, q: str) -> list[DictionaryEntry]:
    """The entries of one of ``NAMES``, in its own order; all of them for a blank ``q``. Raises ``NotFound``."""
    wanted = folded(q)
    return [each for each in await _all(session, name) if wanted in folded(each.label) or wanted in each.pinyin.lower()]


async def _all(session: AsyncSession, name: str) -> Sequence[DictionaryEntry]:
    if name in _TABLES:
        return _of_table(_TABLES[name])
    if name == _ATTRIBUTES:
        return _plain((each, each) for each in choices.ATTRIBUTES)
    if name == _KINDS:
        return _plain((each.value, each.label) for each in choices.AttachmentKind)
    if name == _STATUSES:
        return _plain((each.value, each.label) for each in EmploymentStatus)
    if name == _CATEGORIES:
        return _plain((each, each) for each in await categories(session))
    if name in {_SCOPES, _SKILLS}:
        asked, told = choices.SCOPED_CATEGORIES, await categories(session)
        of = asked if name == _SCOPES else [each for each in told if each not in asked]
        rows = await repository.scopes_of(session, of)
        return [_entry(scope, scope, parent=category, group=category) for category, scope in rows]
    raise NotFound(f"没有该字典，可用：{'、'.join(NAMES)}")


def _of_table(table: _Table) -> list[DictionaryEntry]:
    rows = tables.table(table.name)
    labels = {row.code: row.name for row in rows}

    def code_of(row_code: str) -> str:
        return labels[row_code] if table.by_label else row_code

    return [
        DictionaryEntry(
            code=code_of(row.code),
            label=row.name,
            pinyin=row.pinyin,
            parent=code_of(row.parent) if row.parent in labels else None,
            group=labels.get(row.parent),
            selectable=not (table.by_label and choices.is_heading(table.name, row.name)),
        )
        for row in rows
    ]


def _plain(pairs: Iterable[tuple[str, str]]) -> list[DictionaryEntry]:
    return [_entry(code, label) for code, label in pairs]


def _entry(code: str, label: str, *, parent: str | None = None, group: str | None = None) -> DictionaryEntry:
    return DictionaryEntry(
        code=code, label=label, pinyin=initials(label).upper(), parent=parent, group=group, selectable=True
    )
