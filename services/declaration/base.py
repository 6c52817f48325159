"""The declarative base of the declaration service's own tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.base import TYPES, new_metadata


class DeclarationBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES
