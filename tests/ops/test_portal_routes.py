"""The embedded stack's front door answers strays as the gateway of compose does."""

import httpx
import pytest
from starlette.applications import Starlette

from ops.up.portal import portal_routes


@pytest.mark.req("PLAT-01")
class TestStrays:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    @pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/deeper", "/internal/nothing"])
    async def test_an_address_of_no_service_is_a_problem_and_not_the_portal(self, method: str, path: str) -> None:
        transport = httpx.ASGITransport(app=Starlette(routes=portal_routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
            answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["content-type"] == "application/problem+json"
