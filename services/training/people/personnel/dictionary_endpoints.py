"""The dictionaries of the form of a personal file over HTTP (TRN-22): for whoever works with such files or their people."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import Field, TypeAdapter

from services.training.people.personnel import dictionaries
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller
from shared.web.forms import DictionaryEntry
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
_DICTIONARIES = TypeAdapter(dict[str, list[DictionaryEntry]])


@router.get("", summary="人员信息的几个选项表", response_model=dict[str, list[DictionaryEntry]])
async def read_dictionaries(
    request: Request,
    session: Session,
    _actor: Reader,
    name: Annotated[
        list[Annotated[str, Field(max_length=40)]],
        Query(min_length=1, max_length=20, description="要哪些选项表，可以有多个"),
    ],
) -> Response:
    found = {each: await dictionaries.entries(session, each, "") for each in dict.fromkeys(name)}
    return cacheable(request, _DICTIONARIES.dump_json(found), public=False)


@router.get("/{name}", summary="人员信息的选项")
async def read_dictionary(
    name: Annotated[str, Path(max_length=40, description="如 professional_titles、physician_categories、departments")],
    session: Session,
    actor: Reader,
    q: Annotated[str, Query(max_length=50, description="名称的任意部分或拼音码")] = "",
) -> list[DictionaryEntry]:
    return await dictionaries.entries(session, name, q)
