"""What a list of certificates is narrowed by, and as conditions of SQL. Each leads to its rows by an index, so that one among many is found
at once; plans and units are found by the table of their names.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select, union

from services.certificates.issue.models import Certificate, CertificateName, NameKind
from services.certificates.issue.numbering import as_written
from services.certificates.issue.workflow import CertificateStatus
from shared.days import Day
from shared.db.paging import Filter
from shared.fields import CleanText, Copied
from shared.reference.pinyin import like_pattern, query_pieces

Part = Annotated[str, CleanText(100)] | None
Written = Annotated[str, CleanText(100), AfterValidator(as_written)] | None
Region = Annotated[str, Field(pattern=r"^\d{0,6}$", max_length=6)]


class CertificateFilters(Filter):
    """``plan_name``, ``unit_name`` and ``holder_name`` match any part, ``number`` its beginning, ``q`` any of number, name and plan."""

    q: Part = Field(default=None, description="证书编号、姓名或培训班名称，可填一部分")
    plan_name: Part = Field(default=None, description="培训班名称，可填一部分")
    holder_name: Part = Field(default=None, description="姓名，可填一部分或拼音首字母")
    number: Written = Field(default=None, description="证书编号，可填前一部分")
    unit_name: Part = Field(default=None, description="单位名称，可填一部分")
    unit_id: UUID | None = None
    region_code: Region = Field(default="", description="行政区划代码，可只填前几位")
    plan_type: Annotated[str, Copied(40)] = Field(default="", description="培训班类型代码")
    year: int | None = Field(default=None, ge=2000, le=2100, description="发证年份")
    valid_from: Day | None = Field(default=None, description="有效期至，不早于")
    valid_to: Day | None = Field(default=None, description="有效期至，不晚于")
    class_session_id: UUID | None = None
    registration_id: UUID | None = None
    status: list[CertificateStatus] = Field(default=[], max_length=20, description="状态，可重复")


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
