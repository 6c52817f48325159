"""The dictionaries behind the form of a personal file, one shape for all: found by part of the name or by pinyin initials (TRN-22).
``code`` is what the form sends; where own words are allowed, or people read it as it stands, it is the label itself. Those of the state's
standards are shipped; 从事科室 and 职务 are the administration's to keep (ADR 37).
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import choices, dictionary_repository, repository
from services.training.people.personnel.dictionary_models import Department, Duty
from services.training.people.personnel.qualifications import categories
from services.training.people.personnel.workflow import EmploymentStatus
from shared.errors import NotFound
from shared.reference import tables
from shared.reference.pinyin import folded, initials
from shared.web.forms import DictionaryEntry

_TABLES = {
    "ethnic_groups": choices.ETHNIC_GROUP,
    "education_levels": choices.EDUCATION,
    "degrees": choices.DEGREE,
    "professional_titles": choices.TITLE,
    "professional_title_levels": choices.TITLE_LEVEL,
    "physician_categories": choices.PHYSICIAN_CATEGORY,
    "physician_levels": choices.PHYSICIAN_LEVEL,
    "practice_categories": choices.PRACTICE_CATEGORY,
}
_DEPARTMENTS, _DUTIES = "departments", "duties"
_ATTRIBUTES, _KINDS, _STATUSES = "attributes", "attachment_kinds", "employment_statuses"
_CATEGORIES, _SCOPES, _SKILLS = "qualification_categories", "qualification_scopes", "qualification_skills"
NAMES = (*_TABLES, _DEPARTMENTS, _DUTIES, _ATTRIBUTES, _KINDS, _STATUSES, _CATEGORIES, _SCOPES, _SKILLS)


def name_of(table: str) -> str | None:
    """By which name the entries of a table are had here."""
    kept = {choices.DEPARTMENT: _DEPARTMENTS, choices.DUTY: _DUTIES}
    return kept.get(table) or next((name for name, each in _TABLES.items() if each == table), None)


async def entries(session: AsyncSession, name: str, q: str) -> list[DictionaryEntry]:
    """The entries of one of ``NAMES``, in its own order; all of them for a blank ``q``. Raises ``NotFound``."""
    wanted = folded(q)
    return [each for each in await _all(session, name) if wanted in folded(each.label) or wanted in each.pinyin.lower()]


async def _all(session: AsyncSession, name: str) -> Sequence[DictionaryEntry]:
    if name in _TABLES:
        return _of_table(_TABLES[name])
    if name == _DEPARTMENTS:
        return list(_departments(await dictionary_repository.entries_of(session, Department)))
    if name == _DUTIES:
        duties = await dictionary_repository.entries_of(session, Duty)
        return _plain((each.label, each.label) for each in duties if each.active)
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


def _of_table(table: str) -> list[DictionaryEntry]:
    labels = {row.code: row.name for row in tables.table(table)}
    return [
        DictionaryEntry(
            code=row.code,
            label=row.name,
            pinyin=row.pinyin,
            parent=row.parent if row.parent in labels else None,
            group=labels.get(row.parent),
            selectable=True,
        )
        for row in tables.table(table)
    ]


def _departments(rows: Sequence[Department]) -> Iterator[DictionaryEntry]:
    for heading in choices.headings(choices.DEPARTMENT):
        yield _entry(heading, heading).model_copy(update={"selectable": False})
        of = (each.label for each in rows if each.active and each.group == heading)
        yield from (_entry(label, label, parent=heading, group=heading) for label in of)


def _plain(pairs: Iterable[tuple[str, str]]) -> list[DictionaryEntry]:
    return [_entry(code, label) for code, label in pairs]


def _entry(code: str, label: str, *, parent: str | None = None, group: str | None = None) -> DictionaryEntry:
    return DictionaryEntry(
        code=code, label=label, pinyin=initials(label).upper(), parent=parent, group=group, selectable=True
    )
