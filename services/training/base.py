"""The declarative base of training's own tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.base import TYPES, new_metadata


class TrainingBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES
