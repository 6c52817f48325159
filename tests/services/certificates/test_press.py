"""A page that does not come to its end is ended, and the process that met it prints the next one as before (STAFF-10)."""

import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from services.certificates.issue.service import act_on_certificate
from services.certificates.issue.workflow import CertificateAction, CertificateStatus, Remake
from services.certificates.printing.tasks import render_due
from services.certificates.rendering import catalogue, packages, press
from services.certificates.rendering.errors import TemplateBroken
from services.certificates.rendering.fonts import Fonts
from services.certificates.rendering.press import RenderingBroke, RenderingTookTooLong
from services.certificates.rendering.render import render
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.certificates.pages import CACHE
from tests.services.certificates.records import issued, rendered, stored

pytestmark = pytest.mark.req("STAFF-10")
HANGS = "没完没了"
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
TOO_MANY = "{% for i in range(10**9) %}{% endfor %}"
TOO_DEEP = "{% macro deeper() %}{{ deeper() }}{% endmacro %}{{ deeper() }}"
# Each level is laid out several times by the one around it.
EXPLODES = "<div style='display: flex'>" * 25 + "字" + "</div>" * 25


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far above what a page takes even here and now."""
    monkeypatch.setattr(press, "RENDER_SECONDS", 3)


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """``hanging(source)``: the certificate of somebody named ``HANGS`` is printed with a template that also has ``source``."""
    folder = tmp_path / "templates"
    shutil.copytree(catalogue.TEMPLATES, folder)
    monkeypatch.setattr(catalogue, "TEMPLATES", folder)
    page = folder / catalogue.current("certificate") / "template.html"

    def put(source: str) -> None:
        plain = page.read_text(encoding="utf-8")
        condition = f"{{% if document.holder_name == '{HANGS}' %}}{source}{{% endif %}}"
        page.write_text(plain.replace("</body>", condition + "</body>"), encoding="utf-8")

    yield put
    packages.forget()


def printed(name: str = "张三丰") -> bytes:
    template = catalogue.current("certificate")
    document = catalogue.sample(template).model_copy(update={"holder_name": name})
    return press.press(CACHE, partial(render, template, document))


def endless() -> bytes:
    while True:
        signal.pause()


class TestAPageWithoutEnd:
    @pytest.mark.parametrize("source", [ENDLESS, EXPLODES], ids=["template", "layout"])
    def test_it_is_ended_and_the_next_page_is_the_same_as_before(
        self, hanging: Callable[[str], None], source: str
    ) -> None:
        hanging(source)
        before, held = printed(), press.process_fonts(CACHE)
        with pytest.raises(RenderingTookTooLong, match="排版超时"):
            printed(HANGS)
        assert press.process_fonts(CACHE) is not held
        assert printed() == before

    @pytest.mark.parametrize(("source", "error"), [(TOO_MANY, TemplateBroken), (TOO_DEEP, RenderingBroke)])
    def test_one_that_asks_for_too_much_is_refused(
        self, hanging: Callable[[str], None], source: str, error: type[Exception]
    ) -> None:
        hanging(source)
        with pytest.raises(error):
            printed(HANGS)
        assert printed()

    def test_what_swallows_one_interruption_meets_the_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(press, "AGAIN_SECONDS", 0.05)
        swallowed = []

        def stubborn(_: Fonts) -> bytes:
            while True:
                try:
                    signal.pause()
                except BaseException as error:
                    swallowed.append(error)
                    if len(swallowed) == 3:
                        raise

        with pytest.raises(RenderingTookTooLong):
            press.press(CACHE, stubborn)

    def test_the_clock_is_stopped_after_each_page(self) -> None:
        before = signal.getsignal(signal.SIGALRM)
        printed()
        with pytest.raises(RenderingTookTooLong):
            press.press(CACHE, lambda _: endless())
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        assert signal.getsignal(signal.SIGALRM) == before


class TestACertificateWithoutEnd:
    async def test_it_fails_with_its_reason_and_the_others_are_made(
        self, runtime: Runtime, hanging: Callable[[str], None]
    ) -> None:
        hanging(ENDLESS)
        first, bad, last = [await issued(runtime, person_name=name) for name in ("张三", HANGS, "李四")]
        await render_due(runtime)
        assert [(await stored(runtime, each)).status for each in (first, last)] == [CertificateStatus.VALID] * 2
        failed = await stored(runtime, bad)
        assert (failed.status, failed.failure) == (CertificateStatus.FAILED, RenderingTookTooLong.detail)

    async def test_it_can_be_made_again_once_the_template_is_right(
        self, runtime: Runtime, hanging: Callable[[str], None], make_actor: Callable[..., Actor]
    ) -> None:
        hanging(TOO_DEEP)
        failed = await rendered(runtime, person_name=HANGS)
        assert (failed.status, "RecursionError" in (failed.failure or "")) == (CertificateStatus.FAILED, True)
        folder = catalogue.TEMPLATES / catalogue.current("certificate")
        page = folder / "template.html"
        page.write_text(page.read_text(encoding="utf-8").replace(TOO_DEEP, ""), encoding="utf-8")
        packages.forget()
        staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
        async with runtime.database.unit_of_work() as session:
            await act_on_certificate(
                session, actor=staff, certificate_id=failed.id, action=CertificateAction.RETRY, body=Remake()
            )
        await render_due(runtime)
        assert (await stored(runtime, failed)).status is CertificateStatus.VALID
