"""What every table has: named constraints, a UUIDv7 key, times in UTC, a version that two editors cannot both take (PLAT-03).
Each service has a ``Base`` of its own; the kit's tables (log, bookmarks, history …) stand on ``KitBase`` and are in every database.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Uuid, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared.identifiers import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES = {datetime: DateTime(timezone=True), UUID: Uuid()}


def new_metadata() -> MetaData:
    """An empty collection of tables whose constraints get predictable names."""
    return MetaData(naming_convention=NAMING)


class KitBase(DeclarativeBase):
    """Tables that every service's database has."""

    metadata = new_metadata()
    type_annotation_map = {**TYPES, int: BigInteger()}


class Keyed:
    """A UUIDv7 primary key made in Python: ordered by time, known before the insert."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Timed:
    """When the row came and when it last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Versioned:
    """``version`` goes up by one with each change; an update of an older version changes nothing (PLAT-03)."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.version}
