"""The built portal stays small, and split by its routes; times are measured in ``bench/portal.py``."""

import subprocess

import pytest

from bench import built

pytestmark = pytest.mark.req("PLAT-08")


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    """The portal as its sources are; nothing to do when it is."""
    subprocess.run(["sh", "ops/build_web.sh"], cwd=built.ROOT, check=True)
    built.sent_bytes.cache_clear()
    built.needed.cache_clear()


def test_the_first_page_is_small() -> None:
    assert built.started_with()
    assert 50 < built.first_page_kb() < built.FIRST_PAGE_KB


def test_each_route_has_a_script_of_its_own_and_that_is_small() -> None:
    assert {"HomePage", "GroupRegistrationList", "ReviewDesk", "SignUpPage"} <= built.routes().keys()
    assert {page: size for page, size in built.own_kb().items() if size > built.ROUTE_KB} == {}


def test_charts_and_forms_do_not_come_with_the_first_page() -> None:
    first = built.started_with()
    assert not {name for page, name in built.routes().items() if name in first and page not in {"SignInPage"}}
