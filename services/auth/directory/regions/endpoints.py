"""Regions over HTTP: read by anybody and kept by browsers for a while, written by the province's account managers (ORG-13, FAQ-D20)."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import TypeAdapter

from services.auth.directory.regions import importing, service
from services.auth.directory.regions.schemas import RegionCreate, RegionImport, RegionRead, RegionUpdate
from services.auth.directory.regions.sheet import RegionSheet, read_regions
from shared.app import api_router
from shared.days import Day
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session
from shared.web.uploads import uploaded
from shared.workflow.buttons import AllowedAction

router = api_router(Service.AUTH, "regions", "行政区划")
Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT, Permission.ADMINISTRATION)]
CodePath = Annotated[str, Path(pattern="^[0-9]{6}$", max_length=6, description="六位行政区划代码")]
OnDay = Annotated[Day | None, Query(description="在该日有效的；不填为今天")]
_REGIONS = TypeAdapter(list[RegionRead])


def _cacheable(request: Request, regions: list[RegionRead]) -> Response:
    return cacheable(request, _REGIONS.dump_json(regions), public=True)


@router.get("", summary="下级行政区划", response_model=list[RegionRead])
async def list_regions(
    request: Request,
    session: Session,
    parent: Annotated[str, Query(pattern="^([0-9]{6})?$", max_length=6, description="上级代码；不填为省级")] = "",
    on: OnDay = None,
) -> Response:
    return _cacheable(request, await service.list_regions(session, parent, on))


@router.get("/search", summary="按名称或拼音首字母查找行政区划", response_model=list[RegionRead])
async def search_regions(
    request: Request,
    session: Session,
    q: Annotated[str, Query(min_length=1, max_length=50, description="名称的任意部分或拼音首字母")],
    on: OnDay = None,
) -> Response:
    return _cacheable(request, await service.search_regions(session, q, on))


@router.get("/{code}", summary="一个行政区划")
async def get_region(code: CodePath, session: Session, response: Response) -> RegionRead:
    return tagged(response, await service.read_region(session, code))


@router.get("/{code}/history", summary="行政区划的变更记录")
async def region_history(code: CodePath, session: Session, actor: Manager) -> list[HistoryEntry]:
    return await service.region_history(session, actor, code)


@router.get("/{code}/actions", summary="可以对行政区划进行的操作")
async def region_actions(code: CodePath, session: Session, actor: Manager) -> list[AllowedAction]:
    return await service.region_actions(session, actor, code)


@router.post("", status_code=201, summary="增设行政区划")
async def create_region(body: RegionCreate, session: Session, response: Response, actor: Manager) -> RegionRead:
    created = await service.create_region(session, actor=actor, body=body)
    return tagged(response, created, at=f"/api/auth/regions/{created.code}")


@router.patch("/{code}", summary="更名或关闭行政区划")
async def update_region(
    code: CodePath,
    body: RegionUpdate,
    session: Session,
    response: Response,
    actor: Manager,
    expected: ExpectedVersion,
) -> RegionRead:
    return tagged(response, await service.update_region(session, actor=actor, code=code, expected=expected, body=body))


@router.post("/imports", summary="从表格导入行政区划")
async def import_regions(
    file: Annotated[RegionSheet, uploaded(read_regions)],
    session: Session,
    actor: Manager,
    dry_run: Annotated[bool, Query(description="只检查，不导入")] = False,
) -> RegionImport:
    return await importing.import_regions(session, actor=actor, sheet=file, dry_run=dry_run)
