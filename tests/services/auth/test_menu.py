"""The menu shows what is granted, and nothing else."""

from typing import Any

import pytest

from services.auth.access.jobs import kinds as auth
from services.auth.access.sessions.menu import MENU, menu_for, work_of
from services.certificates.jobs import kinds as certificates
from services.declaration.jobs import kinds as declaration
from services.training.people.jobs import kinds as training
from shared.roles import Grant, Level, Permission, permissions_of
from shared.services import Service
from shared.tasks.jobs import JobTable

UNIT_ENTRIES = [
    "职业健康检查机构资质申报",
    "人员信息",
    "人员调动",
    "集体报名",
    "集体选班",
    "候补",
    "集体成绩查询",
    "证书到期与复训",
    "补报申请",
    "信息更正",
    "证书",
]


def labels(level: Level, *grants: Grant) -> list[str]:
    return [item.label for item in menu_for(permissions_of(grants, level), set(grants))]


@pytest.mark.req("AUTH-17", "AUTH-31")
class TestMenu:
    @pytest.mark.parametrize(
        ("level", "grant", "opened"),
        [
            (
                Level.UNIT,
                Grant.GROUP_REGISTRATION,
                UNIT_ENTRIES,
            ),
            (Level.UNIT, Grant.HEALTH_EXAMINATION, ["职业健康检查机构资质申报", "人员信息", "人员调动", "信息更正"]),
            (Level.UNIT, Grant.DIAGNOSIS, ["职业病诊断机构资质申报", "人员信息", "人员调动", "信息更正"]),
            (Level.UNIT, Grant.TECHNICAL_SERVICE, ["职业卫生技术服务机构资质申报", "人员信息", "人员调动", "信息更正"]),
            (
                Level.PROVINCE,
                Grant.HEALTH_ADMINISTRATION,
                [
                    "申报审核",
                    "各地区审核进度",
                    "申诉 / 更正 / 认领 / 核准审核",
                    "逾期与到期",
                    "复核指令",
                    "工作日历",
                    "代审安排",
                    "审核提示",
                    "旧系统数据",
                    "统计",
                    "群发",
                    "发送记录",
                ],
            ),
            (Level.UNIT, Grant.ARBITRATION, []),
            (Level.UNIT, Grant.PNEUMOCONIOSIS_FOLLOW_UP, []),
            (Level.UNIT, Grant.HAZARD_DECLARATION, ["注册信息", "职业病危害申报", "集团申报", "集团邀请"]),
            (
                Level.PROVINCE,
                Grant.DISEASE_CONTROL,
                [
                    "培训计划",
                    "报名审核",
                    "补报申请",
                    "身份证号核准",
                    "信息更正",
                    "分班",
                    "选班进度",
                    "成绩录入",
                    "证书",
                    "证书编号与模板",
                    "统计",
                    "群发",
                    "发送记录",
                ],
            ),
            (Level.CITY, Grant.DISEASE_CONTROL, ["证书", "统计", "群发", "发送记录"]),
            (
                Level.PROVINCE,
                Grant.PLATFORM_ADMINISTRATION,
                [
                    "证书编号与模板",
                    "培训班类型与专业",
                    "人员字典",
                    "工作日历",
                    "旧系统数据导入",
                    "旧系统数据",
                    "行政区划",
                    "发送记录",
                    "消息模板",
                    "操作记录",
                    "后台任务",
                    "运行状况",
                ],
            ),
            (
                Level.CITY,
                Grant.ACCOUNT_MANAGEMENT,
                ["账号申请审核", "账号", "单位", "无法登录排查", "换号与咨询", "行政区划", "发送记录"],
            ),
            (
                Level.COUNTY,
                Grant.HEALTH_ADMINISTRATION,
                [
                    "申报审核",
                    "申诉 / 更正 / 认领 / 核准审核",
                    "逾期与到期",
                    "集团邀请",
                    "复核指令",
                    "工作日历",
                    "代审安排",
                    "旧系统数据",
                    "统计",
                    "群发",
                    "发送记录",
                ],
            ),
        ],
    )
    def test_each_grant_opens_its_entries(self, level: Level, grant: Grant, opened: list[str]) -> None:
        assert labels(level, grant) == opened

    def test_an_entry_appears_once_whatever_grants_open_it(self) -> None:
        both = labels(Level.UNIT, Grant.GROUP_REGISTRATION, Grant.HEALTH_EXAMINATION, Grant.DIAGNOSIS)
        assert both == UNIT_ENTRIES

    def test_every_permission_opens_something_and_every_key_is_its_own(self) -> None:
        assert frozenset().union(*(by for by, _ in MENU)) == set(Permission)
        assert len({item.key for _, item in MENU}) == len({item.path for _, item in MENU}) == len(MENU)

    def test_what_only_the_administration_opens_stands_under_its_own_heading(self) -> None:
        grants = {Grant.HEALTH_ADMINISTRATION, Grant.PLATFORM_ADMINISTRATION}
        alone, both = (
            {item.group for item in menu_for(permissions_of(each, Level.PROVINCE), each)}
            for each in ({Grant.PLATFORM_ADMINISTRATION}, grants)
        )
        assert (alone, both) == ({"管理"}, {"职业病危害项目申报", "消息", "管理"})

    @pytest.mark.req("X14")
    def test_the_headings_are_the_portals_words(self) -> None:
        only = {Grant.GROUP_REGISTRATION}
        shown = {(item.group, item.label) for item in menu_for(permissions_of(only, Level.UNIT), only)}
        assert shown == {
            ("服务机构资质信息管理", "职业健康检查机构资质申报"),
            ("服务机构资质信息管理", "人员信息"),
            ("服务机构资质信息管理", "人员调动"),
            ("技术人员培训管理", "集体报名"),
            ("技术人员培训管理", "集体选班"),
            ("技术人员培训管理", "候补"),
            ("技术人员培训管理", "集体成绩查询"),
            ("技术人员培训管理", "证书到期与复训"),
            ("技术人员培训管理", "补报申请"),
            ("技术人员培训管理", "信息更正"),
            ("技术人员培训管理", "证书"),
        }

    def test_what_is_stored_and_opens_nothing_opens_no_entry(self) -> None:
        """职业病鉴定 and 尘肺病随访, at every level."""
        for grant in (Grant.ARBITRATION, Grant.PNEUMOCONIOSIS_FOLLOW_UP):
            assert [labels(level, grant) for level in Level] == [[], [], [], []]


@pytest.mark.req("PLAT-09")
class TestLongWork:
    """A page looks for what runs where its account can have begun something, and nowhere else."""

    def test_who_does_not_declare_is_not_looked_for_there(self) -> None:
        unit = permissions_of([Grant.GROUP_REGISTRATION], Level.UNIT)
        assert work_of(menu_for(unit, {Grant.GROUP_REGISTRATION})) == ["certificates", "notifications", "training"]
        employer = permissions_of([Grant.HAZARD_DECLARATION], Level.UNIT)
        assert Service.TRAINING not in work_of(menu_for(employer, {Grant.HAZARD_DECLARATION}))
        assert work_of([]) == [Service.NOTIFICATIONS]

    @pytest.mark.parametrize("table", [training.JOBS, certificates.JOBS, declaration.JOBS, auth.JOBS])
    def test_whoever_may_begin_a_kind_finds_it(self, table: JobTable[Any]) -> None:
        for kind in table.kinds:
            for permission in kind.permissions:
                assert table.service in work_of(menu_for({permission}, set())), (kind.name, permission)
