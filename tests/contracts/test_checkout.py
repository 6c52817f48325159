"""The checks of the code run wherever the project was unpacked, with git or without (PLAT-14)."""

import pytest

from tests import checkout


@pytest.mark.req("PLAT-14")
def test_the_files_are_the_same_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {path for path in checkout.files() if path.suffix == ".py"}
    monkeypatch.setattr(checkout, "git", lambda *_: None)
    assert {path for path in checkout.files() if path.suffix == ".py"} == known


@pytest.mark.req("PLAT-14")
def test_where_there_is_no_git_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert checkout.git("ls-files") is None
