"""Who is asked first, and whose templates are whose: order, shares and the file of templates as data (BEY-12)."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.identifiers import new_id
from shared.settings import PlatformSettings, platform_settings
from shared.sms.routes import Route, sms_route
from shared.sms.templates import Templates, TemplatesWrong, check_templates, read_templates

pytestmark = [pytest.mark.req("BEY-12"), pytest.mark.usefixtures("platform")]
ROW = {"code": "SMS_1", "fields": {"name": "person_name"}}
TEMPLATES = Templates.model_validate({"auth": {"code": {"aliyun": ROW, "tencent": ROW}, "link": {"tencent": ROW}}})


def settings(providers: str, **changes: Any) -> PlatformSettings:
    return PlatformSettings(**{**platform_settings().model_dump(), "sms_providers": providers, **changes})


def route(providers: str) -> Route:
    return sms_route(settings(providers), "auth", TEMPLATES)


def chosen(
    asked: Route, kind: str = "code", *, resting: tuple[str, ...] = (), passed: str | None = None
) -> Counter[str | None]:
    return Counter(asked.choose(UUID(int=number), kind, resting=resting, passed=passed) for number in range(100))


class TestOrderAndShare:
    def test_without_shares_the_first_has_all(self) -> None:
        assert chosen(route("aliyun,tencent")) == {"aliyun": 100}

    def test_shares_are_kept_and_a_message_keeps_its_provider(self) -> None:
        shared = route("aliyun=70,tencent=30")
        assert chosen(shared) == {"aliyun": 70, "tencent": 30}
        one = new_id()
        assert len({shared.choose(one, "code", resting=(), passed=None) for _ in range(5)}) == 1

    def test_who_rests_or_has_passed_it_on_is_passed_over(self) -> None:
        shared = route("aliyun,tencent")
        assert chosen(shared, resting=("aliyun",)) == {"tencent": 100}
        assert chosen(shared, passed="aliyun") == {"tencent": 100}

    def test_when_all_rest_somebody_is_asked(self) -> None:
        shared = route("aliyun,tencent")
        assert chosen(shared, resting=("aliyun", "tencent")) == {"aliyun": 100}
        assert chosen(shared, resting=("aliyun", "tencent"), passed="aliyun") == {"tencent": 100}
        assert chosen(route("aliyun"), resting=("aliyun",), passed="aliyun") == {"aliyun": 100}

    def test_only_who_has_words_for_the_kind(self) -> None:
        assert chosen(route("aliyun,tencent"), "link") == {"tencent": 100}
        assert chosen(route("aliyun,tencent"), "unknown") == {None: 100}
        assert chosen(route("aliyun,http"), "unknown") == {"http": 100}

    @pytest.mark.parametrize("wrong", ["sina", "aliyun,aliyun", "aliyun=-1", "aliyun=0", "aliyun=many", "aliyun=101"])
    def test_what_makes_no_sense_is_refused_at_the_start(self, wrong: str) -> None:
        with pytest.raises(ValidationError):
            settings(wrong)


class TestTemplates:
    def _file(self, folder: Path, content: Any) -> Path:
        path = folder / f"{new_id().hex}.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    def test_they_are_read_once_and_found(self, tmp_path: Path) -> None:
        read = read_templates(self._file(tmp_path, {"auth": {"code": {"aliyun": ROW}}}))
        assert read.of("auth", "aliyun")["code"].filled({"person_name": "王" * 40}) == {"name": "王" * 34 + "…"}
        assert read.of("auth", "tencent") == read.of("notifications", "aliyun") == {}

    @pytest.mark.parametrize(
        "wrong",
        ["", "[]", "{", '{"auth": {"code": {"aliyun": {}}}}', '{"auth": {"code": {"aliyun": {"code": "x", "more": 1}}}}',
         '{"auth": {"code": {"aliyun": {"code": 7}}}}', '{"auth": {"code": {"aliyun": {"code": "x", "longest": 0}}}}'],
    )  # fmt: skip
    def test_a_file_that_is_none_says_where(self, tmp_path: Path, wrong: str) -> None:
        path = self._file(tmp_path, wrong)
        with pytest.raises(TemplatesWrong, match=path.name):
            read_templates(path)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(TemplatesWrong, match="No such file"):
            read_templates(tmp_path / "nowhere.json")

    @pytest.mark.parametrize(("kind", "ours"), [("nothing", "person_name"), ("code", "nothing"), ("*", "person_name")])
    def test_kinds_and_fields_that_do_not_exist_are_refused(self, kind: str, ours: str) -> None:
        wrong = Templates.model_validate({"auth": {kind: {"aliyun": {"code": "x", "fields": {"a": ours}}}}})
        with pytest.raises(TemplatesWrong):
            check_templates(wrong, "auth", {"code": ("person_name", "title"), "link": ("title",)})

    def test_those_that_exist_are_right(self) -> None:
        every = {"code": "x", "fields": {"a": "title", "b": "text"}}  # what all kinds have
        right = Templates.model_validate(
            {"auth": {"code": {"aliyun": ROW}, "*": {"aliyun": every}}, "other": {"x": {}}}
        )
        check_templates(right, "auth", {"code": ("person_name", "title"), "link": ("title",)})
