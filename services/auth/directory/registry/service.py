"""Looking a company up while its name is typed (ORG-07, FAQ-D3), and matching an account of the old system (AUTH-23). Where companies are
looked up is a function: the table of known ones, or an HTTP registry. No connection is held while another server is asked.
"""

from collections.abc import Awaitable, Callable

from httpx import HTTPError
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.registry import repository
from services.auth.directory.registry.models import LegacyAccount
from services.auth.directory.registry.schemas import CompaniesFound, CompanyRead
from services.auth.settings import auth_settings
from shared.errors import FieldError, InvalidInput
from shared.identifiers import normalise_uscc, uscc_problem
from shared.logging import get_logger
from shared.reference.pinyin import folded
from shared.runtime import Runtime

SHOWN = 10
SHORTEST = 2
TIMEOUT_SECONDS = 3.0
AWAY = "工商登记查询暂时不可用，可直接填写"
# What companies match a query, at most ``SHOWN``; raises RegistryAway.
Lookup = Callable[[Runtime, str], Awaitable[list[CompanyRead]]]
_ENTRIES = TypeAdapter(list[dict[str, object]])
log = get_logger(__name__)


class RegistryAway(Exception):
    """The registry does not answer, or not in its format."""


async def look_up_in_table(runtime: Runtime, query: str) -> list[CompanyRead]:
    """The embedded registry: a whole credit code, or a part of the name, or its pinyin initials."""
    code = normalise_uscc(query)
    async with runtime.database.unit_of_work() as session:
        if uscc_problem(code) != "format":
            company = await repository.get_company(session, code)
            found = [company] if company else []
        else:
            found = list(await repository.find_companies(session, query, SHOWN))
    return [CompanyRead.model_validate(each) for each in found]


async def look_up_by_http(runtime: Runtime, query: str) -> list[CompanyRead]:
    """The registry at ``AUTH_REGISTRY_URL``: ``GET {url}?q=…`` answers a JSON list. Raises RegistryAway."""
    settings = auth_settings()
    headers = {"Authorization": f"Bearer {settings.registry_token}"} if settings.registry_token else {}
    try:
        answer = await runtime.http.get(
            settings.registry_url, params={"q": query}, headers=headers, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        entries = _ENTRIES.validate_json(answer.content)
    except (HTTPError, ValidationError) as error:
        log.warning("registry_away", error=type(error).__name__)  # its text may repeat what was asked
        raise RegistryAway from error
    return [company for entry in entries if (company := _company(entry))][:SHOWN]


def _company(entry: dict[str, object]) -> CompanyRead | None:
    """The entry, unless it cannot be taken over as it is, such as one that still has a code of before 2015."""
    try:
        return CompanyRead.model_validate(entry)
    except ValidationError:
        return None


def configured_lookup() -> Lookup:
    """The look-up that this platform's settings name."""
    return look_up_by_http if auth_settings().registry_url else look_up_in_table


async def find_companies(runtime: Runtime, query: str) -> CompaniesFound:
    """The companies that match, for the magnifier beside the name (ORG-07). Raises InvalidInput for less than two characters; a registry
    that is away is no error, because the form can be filled in by hand."""
    if len(folded(query)) < SHORTEST:
        raise InvalidInput(errors=[FieldError("q", "too_short", "请至少输入 2 个字，或完整的统一社会信用代码")])
    try:
        return CompaniesFound(companies=await configured_lookup()(runtime, query))
    except RegistryAway:
        return CompaniesFound(companies=[], available=False, message=AWAY)


async def registered_name(runtime: Runtime, credit_code: str) -> str | None:
    """What the registry calls the company with this code; None when it does not know it or cannot be asked."""
    try:
        found = await configured_lookup()(runtime, credit_code)
    except RegistryAway:
        return None
    return next((company.name for company in found if company.credit_code == credit_code), None)


async def match_legacy_account(session: AsyncSession, *, name: str, credit_code: str) -> LegacyAccount | None:
    """The old system's account with this name, in any case of letters, if it was the account of this company (AUTH-23)."""
    return await repository.get_legacy_account(session, name.strip().lower(), credit_code)
