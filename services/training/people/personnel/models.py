"""People: one ``Person`` per resident id on the whole platform, one ``StaffMember`` per unit that keeps a file of that person, and the
qualifications that follow the person from unit to unit.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, Uuid, and_, any_, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, validates
from sqlalchemy.orm.util import AliasedClass

from services.training.base import TrainingBase
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentStatus
from shared.clock import age_on
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import BlindIndex, EncryptedText, Source, blind_index, code_of, place_indexes
from shared.identifiers import birth_date_of
from shared.reference.pinyin import person_key, person_pieces, person_text
from shared.reference.tables import label


class Person(Keyed, Timed, TrainingBase):
    """``id_index`` is the blind index of the resident id: the same number is the same person, everywhere (TRN-08)."""

    __tablename__ = "people"

    resident_id: Mapped[str] = mapped_column(EncryptedText)
    id_index: Mapped[bytes] = mapped_column(BlindIndex(Source("resident_id", blind_index)))

    qualifications: Mapped[list["Qualification"]] = relationship(order_by="Qualification.issued_on.desc()")

    def age_on(self, day: date) -> int:
        """Whole years on ``day`` by the resident id, whatever birth date a unit's file has: nobody has two ages (X19)."""
        return age_on(birth_date_of(self.resident_id), day)


place_indexes("uq_people_id_index", Person.id_index, unique=True)


class StaffMember(Keyed, Timed, Versioned, TrainingBase):
    """A person in one unit's file (人员信息). ``physician_…`` is 医师资格, ``practice_…`` 医师执业, ``duty`` 职务,
    ``departments`` 从事科室;
    ``qualifications`` are those of the person that this unit may see: earned here, or written into this file. What is made of the name
    follows it: ``name_key`` sorts by pinyin, ``name_pieces`` finds any part of it and of its initials by index, ``name_search`` (both,
    one a line) drops what has the pieces but not side by side."""

    __tablename__ = "staff_members"
    __table_args__ = (
        UniqueConstraint("unit_id", "person_id"),
        Index("ix_staff_members_name_pieces", "name_pieces", postgresql_using="gin"),
        Index(None, "unit_id", "name_key", "id"),
        Index(None, "name_key", "id"),
    )

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[EmploymentStatus] = mapped_column(code_of(EmploymentStatus), default=EMPLOYMENT.initial)
    name: Mapped[str]
    name_key: Mapped[str]
    name_pieces: Mapped[list[str]] = mapped_column(ARRAY(String))
    name_search: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date | None]
    mobile: Mapped[str] = mapped_column(EncryptedText)
    email: Mapped[str | None]
    landline: Mapped[str | None] = mapped_column(EncryptedText)
    postcode: Mapped[str | None]
    address: Mapped[str]
    nationality: Mapped[str | None]
    ethnic_group: Mapped[str | None]
    education: Mapped[str]
    diploma_number: Mapped[str | None]
    degree: Mapped[str | None]
    degree_number: Mapped[str | None]
    title: Mapped[str]
    title_level: Mapped[str | None]
    title_number: Mapped[str | None]
    duty: Mapped[str | None]
    post: Mapped[str]
    work_years: Mapped[int]
    attributes: Mapped[list[str]] = mapped_column(ARRAY(String))
    physician_number: Mapped[str | None]
    physician_issued_on: Mapped[date | None]
    physician_category: Mapped[str | None]
    physician_level: Mapped[str | None]
    practice_number: Mapped[str | None]
    practice_issued_on: Mapped[date | None]
    practice_category: Mapped[str | None]
    practice_place: Mapped[str | None]
    other_practice_places: Mapped[str | None]
    departments: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    qualifications: Mapped[list["Qualification"]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Qualification.person_id) == StaffMember.person_id, in_file(Qualification, StaffMember)
        ),
        order_by=lambda: (Qualification.issued_on.desc(), Qualification.id),
        viewonly=True,
        lazy="raise",
    )

    @property
    def resident_id(self) -> str:
        return self.person.resident_id

    @property
    def title_level_label(self) -> str:
        """For lists, which show nothing where there is no level."""
        return label("professional_title_levels", self.title_level) if self.title_level else ""

    @validates("name")
    def _index_name(self, _: str, name: str) -> str:
        self.name_key, self.name_pieces = person_key(name), person_pieces(name)
        self.name_search = person_text(name)
        return name


class Qualification(Keyed, Timed, TrainingBase):
    """A certificate of a person (TRN-25…27). ``certificate_id`` is set when it was earned here (TRN-05), and then it is there once, for the
    units ``known_to``: the one that had registered the person, and those to which the person moved with it (BEY-14). ``staff_id`` is set
    when a unit wrote it into its own file, where alone it is seen; ``revoked_at`` when one earned here was revoked (STAFF-10)."""

    __tablename__ = "qualifications"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"), index=True)
    category: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    scope: Mapped[list[str]] = mapped_column(ARRAY(String))
    certificate_id: Mapped[UUID | None] = mapped_column(unique=True)
    known_to: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    revoked_at: Mapped[datetime | None]


class PeopleGuesses(Timed, TrainingBase):
    """How often an account has given the number of somebody whom other units have on file, on ``day`` (Beijing): what is answered then
    can be guessed by trying (PLAT-06)."""

    __tablename__ = "people_guesses"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    taken: Mapped[int]


def in_file(
    qualification: type[Qualification] | AliasedClass[Qualification],
    staff: type[StaffMember] | AliasedClass[StaffMember],
) -> ColumnElement[bool]:
    """Whether the certificate, which is this person's, stands in this file. What a person earned elsewhere comes with a move alone."""
    return or_(qualification.staff_id == staff.id, staff.unit_id == any_(qualification.known_to))
