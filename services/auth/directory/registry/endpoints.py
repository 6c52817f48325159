"""Looking companies up while a form is filled in. Not a unit of work: another server may have to be asked meanwhile."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.auth.directory.registry import service
from services.auth.directory.registry.limits import count_lookup
from services.auth.directory.registry.schemas import CompaniesFound
from services.auth.visitors import Address
from shared.fields import CleanText
from shared.web.route import RuntimeOf

router = APIRouter(prefix="/api/auth/companies", tags=["企业注册"])


@router.get("", summary="按名称或信用代码查询工商登记")
async def find_companies(
    runtime: RuntimeOf,
    address: Address,
    q: Annotated[str, CleanText(100), Query(description="单位名称的任一部分、拼音首字母，或完整的统一社会信用代码")],
) -> CompaniesFound:
    await count_lookup(runtime.redis, address)
    return await service.find_companies(runtime, q)
