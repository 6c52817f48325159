"""What a program's token may do (PLAT-15): each scope is a few routes, by method and path, and what stands in no row is closed to every
token. Nothing stands here that shows a resident id or a phone in clear, changes an account, a password or a phone, or makes a token; a
contract test compares with the tables of those. What the account behind the token may not do, no scope brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shared.roles import Permission


class Scope(StrEnum):
    PLANS_READ = "plans.read"
    PLANS_WRITE = "plans.write"
    FILINGS_READ = "filings.read"
    FILINGS_WRITE = "filings.write"
    PERSONNEL_READ = "personnel.read"
    PERSONNEL_WRITE = "personnel.write"
    REGISTRATIONS_READ = "registrations.read"
    REGISTRATIONS_WRITE = "registrations.write"
    SELECTIONS_READ = "selections.read"
    SELECTIONS_WRITE = "selections.write"
    REVIEWS_READ = "reviews.read"
    ATTENDANCE_READ = "attendance.read"
    ATTENDANCE_WRITE = "attendance.write"
    SCORES_READ = "scores.read"
    SCORES_WRITE = "scores.write"
    RESULTS_READ = "results.read"
    DECLARATIONS_READ = "declarations.read"
    DECLARATIONS_WRITE = "declarations.write"
    GROUPS_READ = "groups.read"
    GROUPS_WRITE = "groups.write"
    MESSAGES_READ = "messages.read"
    JOBS = "jobs.follow"


@dataclass(frozen=True)
class ScopeRow:
    """``label`` says it to whoever makes a token; ``routes`` are ``METHOD path`` as the OpenAPI document has them, which who has one of the
    permissions ``by`` may call, and anybody signed in where there are none."""

    scope: Scope
    label: str
    by: frozenset[Permission]
    routes: tuple[str, ...]

    def is_open_to(self, permissions: frozenset[Permission]) -> bool:
        """Whether who has these may do anything of it."""
        return not self.by or not self.by.isdisjoint(permissions)


_T, _C, _D, _N = "/api/training", "/api/certificates", "/api/declaration", "/api/notifications"
_S, _P = Scope, Permission

SCOPES = (
    ScopeRow(
        _S.PLANS_READ,
        "查看培训计划、班次和培训日历",
        frozenset(
            {
                _P.ADMINISTRATION,
                _P.CLASS_SCHEDULING,
                _P.GROUP_REGISTRATION,
                _P.PLAN_MANAGEMENT,
                _P.PROVINCE_REVIEW,
                _P.SCORE_ENTRY,
                _P.TRAINING_OVERSIGHT,
            }
        ),
        (
            f"GET {_T}/plan-types",
            f"GET {_T}/plans",
            f"GET {_T}/plans/{{plan_id}}",
            f"GET {_T}/class-sessions",
            f"GET {_T}/class-sessions/{{class_session_id}}",
            f"GET {_T}/schedules",
            f"GET {_T}/calendar",
            f"GET {_T}/exports/plans.xlsx",
            f"GET {_T}/exports/class-sessions.xlsx",
        ),
    ),
    ScopeRow(
        _S.PLANS_WRITE,
        "新建、修改培训计划草稿和班次",
        frozenset({_P.CLASS_SCHEDULING, _P.PLAN_MANAGEMENT}),
        (
            f"POST {_T}/plans",
            f"PATCH {_T}/plans/{{plan_id}}",
            f"POST {_T}/class-sessions",
            f"PATCH {_T}/class-sessions/{{class_session_id}}",
        ),
    ),
    ScopeRow(
        _S.FILINGS_READ,
        "查看本单位资质申报",
        frozenset({_P.INSTITUTION_FILING, _P.PROVINCE_REVIEW, _P.TRAINING_OVERSIGHT}),
        (f"GET {_T}/filings", f"GET {_T}/filings/form-definition", f"GET {_T}/filings/{{filing_id}}"),
    ),
    ScopeRow(
        _S.FILINGS_WRITE,
        "填写、修改本单位资质申报（不含提交和撤销）",
        frozenset({_P.INSTITUTION_FILING}),
        (f"POST {_T}/filings", f"POST {_T}/filings/check", f"PATCH {_T}/filings/{{filing_id}}"),
    ),
    ScopeRow(
        _S.PERSONNEL_READ,
        "查看本单位人员列表和证书到期情况（身份证号、手机号打码）",
        frozenset({_P.GROUP_REGISTRATION, _P.INSTITUTION_FILING, _P.PROVINCE_REVIEW, _P.TRAINING_OVERSIGHT}),
        (
            f"GET {_T}/personnel",
            f"GET {_T}/personnel/form-definition",
            f"GET {_T}/personnel-dictionaries",
            f"GET {_T}/personnel-dictionaries/{{name}}",
            f"GET {_T}/personnel/{{staff_id}}/record",
            f"GET {_T}/expiring-qualifications",
            f"GET {_T}/exports/personnel.xlsx",
            f"GET {_T}/exports/expiring-qualifications.xlsx",
        ),
    ),
    ScopeRow(
        _S.PERSONNEL_WRITE,
        "导入本单位人员，维护资质",
        frozenset({_P.INSTITUTION_FILING}),
        (
            f"POST {_T}/personnel/check",
            f"GET {_T}/personnel-import/template",
            f"POST {_T}/personnel-import",
            f"POST {_T}/personnel/{{staff_id}}/qualifications",
            f"PATCH {_T}/personnel/{{staff_id}}/qualifications/{{qualification_id}}",
        ),
    ),
    ScopeRow(
        _S.REGISTRATIONS_READ,
        "查看本单位集体报名",
        frozenset({_P.GROUP_REGISTRATION, _P.PROVINCE_REVIEW, _P.TRAINING_OVERSIGHT}),
        (
            f"GET {_T}/group-registrations",
            f"GET {_T}/group-registrations/{{plan_id}}",
            f"GET {_T}/group-registrations/{{plan_id}}/form-definition",
            f"GET {_T}/group-registrations/{{plan_id}}/candidates",
            f"GET {_T}/plans/{{plan_id}}/needs",
            f"GET {_T}/late-entries",
            f"GET {_T}/exports/group-registrations.xlsx",
            f"GET {_T}/exports/registrations.xlsx",
        ),
    ),
    ScopeRow(
        _S.REGISTRATIONS_WRITE,
        "为本单位人员报名",
        frozenset({_P.GROUP_REGISTRATION}),
        (
            f"POST {_T}/registrations",
            f"POST {_T}/registrations/submissions",
            f"POST {_T}/registrations/{{registration_id}}/check",
            f"POST {_T}/registrations/{{registration_id}}/copies",
            f"DELETE {_T}/registrations/{{registration_id}}",
        ),
    ),
    ScopeRow(
        _S.SELECTIONS_READ,
        "查看集体选班和候补",
        frozenset({_P.CLASS_SCHEDULING, _P.GROUP_REGISTRATION}),
        (
            f"GET {_T}/selections",
            f"GET {_T}/selections/{{plan_id}}",
            f"GET {_T}/selections/{{plan_id}}/candidates",
            f"GET {_T}/selections/{{plan_id}}/placements",
            f"GET {_T}/waiting-entries",
            f"GET {_T}/waiting-entries/{{entry_id}}",
            f"GET {_T}/exports/selections.xlsx",
            f"GET {_T}/exports/waiting-entries.xlsx",
        ),
    ),
    ScopeRow(
        _S.SELECTIONS_WRITE,
        "集体选班，加入和答复候补",
        frozenset({_P.GROUP_REGISTRATION}),
        (
            f"PUT {_T}/selections/{{plan_id}}/placements",
            f"POST {_T}/selections/{{record_id}}/submit",
            f"POST {_T}/selections/{{record_id}}/withdraw",
            f"POST {_T}/waiting-entries",
            *(f"POST {_T}/waiting-entries/{{record_id}}/{action}" for action in ("accept", "decline", "leave")),
        ),
    ),
    ScopeRow(
        _S.REVIEWS_READ,
        "查看报名审核列表和统计（身份证号、手机号打码）",
        frozenset({_P.PROVINCE_REVIEW, _P.TRAINING_OVERSIGHT}),
        (f"GET {_T}/reviews", f"GET {_T}/boards/province", f"GET {_T}/exports/reviews.xlsx"),
    ),
    ScopeRow(
        _S.ATTENDANCE_READ,
        "查看名册和签到",
        frozenset({_P.CLASS_SCHEDULING, _P.SCORE_ENTRY, _P.TRAINING_OVERSIGHT}),
        (
            f"GET {_T}/class-sessions/{{class_session_id}}/roster",
            f"GET {_T}/class-sessions/{{class_session_id}}/attendance",
            f"GET {_T}/exports/attendance.xlsx",
        ),
    ),
    ScopeRow(
        _S.ATTENDANCE_WRITE,
        "登记签到",
        frozenset({_P.CLASS_SCHEDULING}),
        (f"PUT {_T}/class-sessions/{{class_session_id}}/attendance/{{day}}",),
    ),
    ScopeRow(
        _S.SCORES_READ,
        "查看成绩表",
        frozenset({_P.SCORE_ENTRY}),
        (
            f"GET {_T}/score-sheets",
            f"GET {_T}/score-sheets/{{sheet_id}}",
            f"GET {_T}/score-sheets/{{sheet_id}}/publication",
            f"GET {_T}/score-sheets/{{sheet_id}}/template",
            f"GET {_T}/exports/score-sheets.xlsx",
            f"GET {_T}/exports/scores.xlsx",
        ),
    ),
    ScopeRow(
        _S.SCORES_WRITE,
        "录入、导入成绩（不含发布和更正）",
        frozenset({_P.SCORE_ENTRY}),
        (f"PATCH {_T}/score-sheets/{{sheet_id}}/results", f"POST {_T}/score-sheets/{{sheet_id}}/import"),
    ),
    ScopeRow(
        _S.RESULTS_READ,
        "查看成绩和证书列表",
        frozenset({_P.CERTIFICATE_MANAGEMENT, _P.GROUP_REGISTRATION, _P.TRAINING_OVERSIGHT}),
        (
            f"GET {_T}/results",
            f"GET {_T}/results/{{class_session_id}}",
            f"GET {_T}/exports/results.xlsx",
            f"GET {_T}/exports/session-results.xlsx",
            f"GET {_C}/certificates",
            f"GET {_C}/exports/certificates.xlsx",
        ),
    ),
    ScopeRow(
        _S.DECLARATIONS_READ,
        "查看职业病危害项目申报",
        frozenset({_P.DECLARATION_OVERSIGHT, _P.DECLARATION_REVIEW, _P.HAZARD_DECLARATION}),
        (
            f"GET {_D}/declarations",
            f"GET {_D}/declarations/{{declaration_id}}",
            f"GET {_D}/employers/current",
            f"GET {_D}/industries",
        ),
    ),
    ScopeRow(
        _S.DECLARATIONS_WRITE,
        "填写、修改职业病危害项目申报（不含提交和撤回）",
        frozenset({_P.HAZARD_DECLARATION}),
        (f"POST {_D}/declarations", f"PATCH {_D}/declarations/{{declaration_id}}"),
    ),
    ScopeRow(
        _S.GROUPS_READ,
        "查看本集团成员及其申报（联系人手机号码打码，涉密产品不显示）",
        frozenset({_P.HAZARD_DECLARATION}),
        (
            f"GET {_D}/groups/current",
            f"GET {_D}/group-members",
            f"GET {_D}/group-members/{{member_id}}/declaration",
        ),
    ),
    ScopeRow(
        _S.GROUPS_WRITE,
        "填写、检查、提交本集团成员的职业病危害项目申报",
        frozenset({_P.HAZARD_DECLARATION}),
        (
            f"POST {_D}/group-members/submissions",
            f"POST {_D}/group-members/{{member_id}}/declaration",
            f"PATCH {_D}/group-members/{{member_id}}/declaration",
            f"POST {_D}/group-members/{{member_id}}/declaration/check",
            f"POST {_D}/group-members/{{member_id}}/declaration/submit",
        ),
    ),
    ScopeRow(
        _S.MESSAGES_READ,
        "查看消息",
        frozenset(),
        (f"GET {_N}/messages", f"GET {_N}/messages/summary"),
    ),
    ScopeRow(
        _S.JOBS,
        "查看和取消本账号的后台任务（如导入）",
        frozenset(),
        (f"GET {_T}/jobs/{{job_id}}", f"POST {_T}/jobs/{{job_id}}/cancel"),
    ),
)
LABELS: Mapping[Scope, str] = MappingProxyType({row.scope: row.label for row in SCOPES})
SCOPE_OF: Mapping[str, Scope] = MappingProxyType({route: row.scope for row in SCOPES for route in row.routes})
