"""The dictionaries of the form of a personal file over HTTP (TRN-22): for whoever works with such files or their people."""

from typing import Annotated

from fastapi import Path, Query

from services.training.people.personnel import dictionaries
from services.training.people.personnel.dictionaries import DictionaryEntry
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

Reader = Annotated[
    Actor,
    caller(
        Permission.INSTITUTION_FILING,
        Permission.GROUP_REGISTRATION,
        Permission.PROVINCE_REVIEW,
        Permission.TRAINING_OVERSIGHT,
    ),
]

router = api_router(Service.TRAINING, "personnel-dictionaries", "人员信息")


@router.get("/{name}", summary="人员信息的选项")
async def read_dictionary(
    name: Annotated[str, Path(max_length=40, description="如 professional_titles、physician_categories、departments")],
    session: Session,
    actor: Reader,
    q: Annotated[str, Query(max_length=50, description="名称的任意部分或拼音码")] = "",
) -> list[DictionaryEntry]:
    return await dictionaries.entries(session, name, q)
