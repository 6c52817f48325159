"""The session's cookie where people come by https: it goes by nothing else, and by no other name."""

from collections.abc import Iterator

import pytest

from shared.runtime import Runtime
from shared.settings import platform_settings
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account

pytestmark = pytest.mark.req("AUTH-10")
SESSIONS, ME = "/api/auth/sessions", "/api/auth/me"


@pytest.fixture
def https(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLATFORM_SECURE_COOKIE", "true")
    platform_settings.cache_clear()
    yield
    monkeypatch.undo()
    platform_settings.cache_clear()


@pytest.mark.usefixtures("https")
class TestByHttps:
    async def test_it_does_not_leave_with_other_sites_requests_nor_in_clear(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        answer = await visitor().sign_in((await add_account(runtime)).login_name)
        old, new = answer.headers.get_list("set-cookie")
        assert old.startswith('session="";')
        assert new.startswith("__Host-session=")
        attributes = {part.strip().lower() for part in new.split(";")[1:]}
        assert {"httponly", "secure", "samesite=strict", "path=/", "max-age=43200"} == attributes

    async def test_signing_out_takes_both_names_back(self, runtime: Runtime, visitor: NewVisitor) -> None:
        answer = await visitor().sign_in((await add_account(runtime)).login_name)
        by_token = {"Authorization": f"Bearer {answer.json()['token']}"}
        signed_out = await visitor().client.delete(f"{SESSIONS}/current", headers=by_token)
        gone = sorted(each.partition("=")[0] for each in signed_out.headers.get_list("set-cookie"))
        assert gone == ["__Host-session", "session"]

    async def test_the_plain_name_opens_nothing(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """Whoever can put a cookie there without https, from another host of the domain, puts one of that name."""
        answer = await visitor().sign_in((await add_account(runtime)).login_name)
        statuses = [
            (await visitor().client.get(ME, headers={"Cookie": f"{name}={answer.json()['token']}"})).status_code
            for name in ("session", "__Host-session")
        ]
        assert statuses == [401, 200]
