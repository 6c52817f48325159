"""The dictionaries of 人员信息 that are the platform's own: from 从事科室 and 职务 people choose, or write their own words (TRN-28). A file
keeps the words that were chosen, so that what becomes of an entry changes no file.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from services.training.base import TrainingBase
from shared.db.dictionaries import InDictionary


class Department(InDictionary, TrainingBase):
    """从事科室; ``group`` is the heading under which it stands."""

    __tablename__ = "departments"
    __table_args__ = (Index("uq_departments_label", "label", unique=True),)

    group: Mapped[str]


class Duty(InDictionary, TrainingBase):
    """职务."""

    __tablename__ = "duties"
    __table_args__ = (Index("uq_duties_label", "label", unique=True),)
