"""What a list of certificates is narrowed by, as conditions of SQL. Each leads to its rows by an index, so that one among many is found
at once; plans and units are found by the table of their names.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select, union

from services.certificates.issue.filters import CertificateFilters
from services.certificates.issue.models import Certificate, CertificateName, NameKind
from services.certificates.issue.numbering import as_written
from shared.reference.pinyin import like_pattern, query_pieces


def conditions(filters: CertificateFilters) -> list[ColumnElement[bool]]:
    """Those of the filters that are set."""
    found: list[ColumnElement[bool]] = []
    if filters.q:
        found.append(Certificate.id.in_(_anywhere(filters.q)))
    if filters.plan_name:
        found.append(Certificate.plan_name.in_(_named(NameKind.PLAN, filters.plan_name)))
    if filters.unit_name:
        found.append(Certificate.unit_name.in_(_named(NameKind.UNIT, filters.unit_name)))
    if filters.holder_name:
        found.append(Certificate.holder_pieces.contains(query_pieces(filters.holder_name)))
    if filters.number:
        found.append(Certificate.number.startswith(filters.number, autoescape=True))
    if filters.region_code:
        found.append(Certificate.region_code.startswith(filters.region_code, autoescape=True))
    return [*found, *_days(filters), *_same(filters)]


def _days(filters: CertificateFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.year:
        found.append(Certificate.issued_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31)))
    if filters.valid_from:
        found.append(Certificate.valid_until >= filters.valid_from)
    if filters.valid_to:
        found.append(Certificate.valid_until <= filters.valid_to)
    return found


def _same(filters: CertificateFilters) -> list[ColumnElement[bool]]:
    wanted: tuple[tuple[SQLColumnExpression[object], object], ...] = (
        (Certificate.unit_id, filters.unit_id),
        (Certificate.plan_type, filters.plan_type),
        (Certificate.class_session_id, filters.class_session_id),
        (Certificate.registration_id, filters.registration_id),
    )
    found = [column == value for column, value in wanted if value]
    return [*found, Certificate.status.in_(filters.status)] if filters.status else found


def _named(kind: NameKind, part: str) -> Select[str]:
    """The names that a part of one, or its initials, may mean."""
    alike = CertificateName.search.like(like_pattern(part), escape="\\")
    return select(CertificateName.name).where(CertificateName.kind == kind, alike)


def _anywhere(part: str) -> Select[UUID]:
    """By number, holder or plan: three looks into three indexes, which one OR would turn into a look at every row."""
    ways = (
        Certificate.number.startswith(as_written(part), autoescape=True),
        Certificate.holder_pieces.contains(query_pieces(part)),
        Certificate.plan_name.in_(_named(NameKind.PLAN, part)),
    )
    return select(union(*(select(Certificate.id).where(way) for way in ways)).subquery().c.id)
