"""A client that openapi-python-client generates from the document signs in, lists, creates and changes (PLAT-16)."""

import importlib
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData

from ops.client import solve
from ops.docs import openapi
from services.auth.main import app as auth
from services.training.main import app as training
from shared.runtime import Runtime
from tests.services.auth.records import PASSWORD, add_account

pytestmark = pytest.mark.req("PLAT-16")
TAGS = {"sign-in", "filings"}
PACKAGE = "generated_client"
# What it does not know by itself.
FILES = {
    "application/pdf": "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "application/octet-stream",
}


def config(document: Path, to: Path) -> Config:
    return Config.from_sources(
        ConfigFile(content_type_overrides=FILES, post_hooks=[]), MetaType.NONE, document, "utf-8", True, to
    )


def part_of(document: dict[str, Any]) -> dict[str, Any]:
    """The operations that are called here; all schemas."""
    paths = {
        path: {method: each for method, each in operations.items() if TAGS & set(each["tags"])}
        for path, operations in document["paths"].items()
    }
    return {**document, "paths": {path: operations for path, operations in paths.items() if operations}}


@pytest.fixture(scope="module")
def client_code(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("client")
    document = folder / "openapi.json"
    document.write_text(json.dumps(part_of(openapi())), "utf-8")
    assert not generate(config=config(document, folder / PACKAGE))
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def called(tag: str, name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.api.{tag}.{name}")


class Both(httpx.AsyncBaseTransport):
    """The gateway: each service's addresses to its app."""

    def __init__(self, *apps: FastAPI) -> None:
        self._apps = {str(app.state.service): httpx.ASGITransport(app=app) for app in apps}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._apps[request.url.path.split("/")[2]].handle_async_request(request)


@pytest.fixture
async def transport(runtime: Runtime, open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Both:
    await open_app(training)
    return Both(auth, training)


async def test_it_signs_in_lists_creates_and_changes(client_code: Any, runtime: Runtime, transport: Both) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    account = await add_account(runtime)
    nobody = client_code.Client(base_url="http://platform", httpx_args={"transport": transport})
    challenge = await called("sign_in", "get_challenge").asyncio(client=nobody)
    body = models.SignInRequest(account=account.login_name, password=PASSWORD, proof=solve(challenge.to_dict()))
    opened = await called("sign_in", "create_session").asyncio(client=nobody, body=body)
    unit = client_code.AuthenticatedClient(
        base_url="http://platform", token=opened.token, httpx_args={"transport": transport}
    )
    me = await called("sign_in", "get_me").asyncio(client=unit)
    assert me.account.login_name == account.login_name

    kinds = await called("filings", "list_filings").asyncio(client=unit)
    assert len(kinds) == 3
    filing = models.FilingCreate(
        kind=models.FilingKind.EXAMINATION, name="体检中心", contact_name="周晓慧", contact_mobile="13851420617"
    )
    made = await called("filings", "create_filing").asyncio_detailed(client=unit, body=filing, idempotency_key="once")
    again = await called("filings", "create_filing").asyncio_detailed(client=unit, body=filing, idempotency_key="once")
    assert (made.status_code, made.headers["ETag"], again.parsed.id) == (201, '"1"', made.parsed.id)

    change = models.FilingUpdate(name="体检中心（新）")
    update = called("filings", "save_filing").asyncio_detailed
    saved = await update(made.parsed.id, client=unit, body=change, if_match=made.headers["ETag"])
    assert saved.parsed.name == "体检中心（新）"
    late = await update(made.parsed.id, client=unit, body=change, if_match=made.headers["ETag"])
    assert (late.status_code, late.parsed.code) == (412, "version_mismatch")


def test_nothing_of_the_whole_document_is_beyond_it(tmp_path: Path) -> None:
    read = GeneratorData.from_dict(openapi(), config=config(tmp_path / "openapi.json", tmp_path))
    assert isinstance(read, GeneratorData)
    assert [error.detail for error in read.errors] == []
    told = {
        tag: [error.detail for error in each.parse_errors] for tag, each in read.endpoint_collections_by_tag.items()
    }
    assert {tag: errors for tag, errors in told.items() if errors} == {}
