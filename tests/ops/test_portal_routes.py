"""The embedded stack's front door answers as the gateway of compose does: the same headers, the same strays, and nothing of the inside."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.up import portal
from ops.up.asgi import Dispatcher
from shared.settings import platform_settings
from shared.web.documents import pdf_answer
from shared.web.downloads import temporary_file
from shared.web.headers import FRAMED, HTTPS_ONLY, SECURITY, UNKEPT
from shared.web.requests import RequestScope

ROOT = Path(__file__).resolve().parents[2]
HERE, STRANGER = ("127.0.0.1", 4711), ("192.0.2.7", 4711)


@asynccontextmanager
async def nothing(_: object) -> AsyncIterator[None]:
    yield


@pytest.fixture
def front(platform: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    """The door before a portal of two files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html></html>")
    (tmp_path / "assets" / "a-1.js").write_text("//")
    monkeypatch.setattr(portal, "DIST", tmp_path)
    return Dispatcher(portal.portal_app(nothing))


async def ask(
    app: Any, path: str, method: str = "GET", client: tuple[str, int] = HERE, **headers: str
) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=client, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as door:
        return await door.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


@pytest.mark.req("PLAT-01")
class TestStrays:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    @pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/deeper", "/internal/nothing"])
    async def test_an_address_of_no_service_is_a_problem_and_not_the_portal(
        self, front: Dispatcher, method: str, path: str
    ) -> None:
        answer = await ask(front, path, method)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("path", "method", "code"),
        [
            ("/assets/b.js", "GET", "not_found"),
            ("/any/page", "POST", "method_not_allowed"),
            ("/assets/../x", "GET", ""),
        ],
    )
    async def test_the_portals_own_refusals_are_problems(
        self, front: Dispatcher, path: str, method: str, code: str
    ) -> None:
        answer = await ask(front, path, method)
        assert answer.status_code == 200 if not code else answer.json()["code"] == code


@pytest.mark.req("PLAT-16")
class TestDocumentation:
    async def test_the_page_needs_nothing_from_elsewhere(self, front: Dispatcher) -> None:
        """No script, and no style but its own: what the policy of content lets through."""
        answer = await ask(front, "/api/docs")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert not re.findall(r"<(?:script|link|img|iframe)|url\(|@import| on\w+=", answer.text)
        assert 'id="create_session"' in answer.text


@pytest.mark.req("PLAT-09")
class TestCompression:
    async def test_files_of_the_portal_come_compressed_to_who_can_read_that_and_small_ones_as_they_are(
        self, front: Dispatcher
    ) -> None:
        script = "const said = '申报';\n" * 200
        (portal.DIST / "assets" / "b-2.js").write_text(script)
        compressed = await ask(front, "/assets/b-2.js", accept_encoding="gzip")
        assert compressed.headers["content-encoding"] == "gzip"
        assert int(compressed.headers["content-length"]) < 500
        assert (compressed.text, compressed.headers["vary"]) == (script, "Accept-Encoding")
        assert "content-encoding" not in (await ask(front, "/assets/b-2.js", accept_encoding="identity")).headers
        assert "content-encoding" not in (await ask(front, "/assets/a-1.js", accept_encoding="gzip")).headers

    async def test_what_a_service_answers_does_not(self, front: Dispatcher) -> None:
        """A secret beside what somebody chose could be told from the length (BREACH)."""
        assert "content-encoding" not in (await ask(front, "/api/auth/nothing", accept_encoding="gzip")).headers


@pytest.mark.req("PLAT-04", "PLAT-07")
class TestHeaders:
    @pytest.mark.parametrize(
        ("path", "kept"),
        [
            ("/", "no-cache"),
            ("/any/page", "no-cache"),
            ("/assets/a-1.js", "public, max-age=31536000, immutable"),
            ("/assets/none.js", "no-store"),
            ("/api/openapi.json", "no-cache"),
            ("/api/docs", "no-cache"),
            ("/api/nothing", "no-store"),
            ("/api/auth/nothing", "no-store"),
            ("/api/auth/healthz", "no-store"),
            ("/api/training/openapi.json", "no-store"),
            ("/internal/auth/metrics", "no-store"),
            ("/dev/nothing", "no-store"),
            ("/?" + "&" * 200, "no-store"),
        ],
    )
    async def test_each_answer_says_each_once(self, front: Dispatcher, path: str, kept: str) -> None:
        answer = await ask(front, path)
        for name, value in SECURITY.items():
            assert answer.headers.get_list(name) == [value]
        assert answer.headers.get_list("Cache-Control") == [kept]
        assert "Strict-Transport-Security" not in answer.headers

    async def test_a_document_too(self, platform: object) -> None:
        answer = await ask(RequestScope(pdf_answer(b"%PDF", "表.pdf"), "sample"), "/x.pdf")
        assert {name: answer.headers[name] for name in SECURITY} == SECURITY | FRAMED
        assert answer.headers["Content-Type"] == "application/pdf"

    @pytest.mark.req("PLAT-07", "PLAT-16")
    @pytest.mark.parametrize(
        ("name", "frames"), [("证书.pdf", "'self'"), ("名单.xlsx", "'none'"), ("证书.zip", "'none'")]
    )
    async def test_the_portal_alone_may_show_a_document_within_a_page_and_nothing_else(
        self, platform: object, name: str, frames: str
    ) -> None:
        answer = await ask(RequestScope(temporary_file(io.BytesIO(b"%PDF"), name), "sample"), "/x")
        assert f"frame-ancestors {frames};" in answer.headers["Content-Security-Policy"]
        assert answer.headers.get_list("X-Frame-Options") == ["SAMEORIGIN" if frames == "'self'" else "DENY"]

    @pytest.mark.parametrize("path", ["/", "/api/nothing", "/api/auth/healthz"])
    async def test_browsers_keep_to_https_where_it_is(
        self, front: Dispatcher, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        monkeypatch.setenv("PLATFORM_PUBLIC_URL", "https://platform.example.cn")
        platform_settings.cache_clear()
        answer = await ask(front, path)
        platform_settings.cache_clear()
        assert {name: answer.headers[name] for name in HTTPS_ONLY} == HTTPS_ONLY

    def test_the_gateway_says_the_same(self) -> None:
        """Each header has its value from a map of its own, which is empty where a service has said it already."""
        text = (ROOT / "gateway" / "headers.conf").read_text("utf-8")
        added = dict(re.findall(r"(?m)^add_header (\S+) (\$\w+) always;", text))
        for name, value in (SECURITY | UNKEPT | HTTPS_ONLY).items():
            choices = re.search(rf"(?ms)^map [^{{]* {re.escape(added[name])} \{{(.*?)\}}$", text)
            assert choices, name
            assert re.search(rf"""['" ]{re.escape(value)}["; ]""", choices[1]), name


@pytest.mark.req("PLAT-10")
class TestInside:
    @pytest.mark.parametrize("path", ["/internal/auth/metrics", "/internal/training/metrics"])
    async def test_figures_are_for_this_machine_alone(self, front: Dispatcher, path: str) -> None:
        assert "http_requests_total" in (await ask(front, path)).text
        for answer in (
            await ask(front, path, client=STRANGER),
            await ask(front, path, X_Forwarded_For="192.0.2.7"),
            await ask(front, path, Forwarded="for=192.0.2.7"),
            await ask(front, path, client=STRANGER, X_Forwarded_For="127.0.0.1"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize("path", ["/internal/training/events", "/internal/auth/sessions/" + "0" * 64])
    async def test_so_is_what_services_ask_each_other(self, front: Dispatcher, path: str) -> None:
        credential = f"Bearer {platform_settings().internal_secret}"
        answer = await ask(front, path, client=STRANGER, Authorization=credential)
        assert answer.json()["detail"] == "没有找到该地址"
