"""The catalogue of hazard factors for the picker of the form and for who looks at declarations."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.declaration.factors import service
from services.declaration.factors.classes import HazardClass
from services.declaration.factors.schemas import CatalogueRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller

router = api_router(Service.DECLARATION, "hazard-factors", "职业病危害因素目录")
Reader = Annotated[
    Actor,
    caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT),
]


@router.get("", summary="按名称、别名、CAS 号、拼音首字母或类别查危害因素", response_model=CatalogueRead)
async def find_hazard_factors(
    request: Request,
    _actor: Reader,
    q: Annotated[str, Query(max_length=50, description="名称、别名、CAS 号的任一部分，或拼音首字母、代码")] = "",
    class_code: Annotated[HazardClass | None, Query(description="危害因素类别")] = None,
    separately: Annotated[bool | None, Query(description="只看申报表单列人数的因素")] = None,
    edition: Annotated[str, Query(max_length=10, description="目录版本，留空为现行版本")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="最多几条")] = 1000,
) -> Response:
    found = service.find(q, class_code, separately=separately, edition=edition, limit=limit)
    return cacheable(request, found.model_dump_json().encode(), public=False)
