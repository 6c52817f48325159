"""What strangers read in the OpenAPI document beside the shapes (PLAT-16): a tag's name in English and Chinese, and what each property and
parameter holds. A property says it itself where its meaning is its own; all others are called as ``terms.csv`` says, where
``Schema.property`` stands before ``property``.
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

TERMS = Path(__file__).with_name("terms.csv")
# The Chinese name of a domain, as its router has it: how generated clients call it.
TAGS = {
    "登录": "sign-in",
    "账号": "accounts",
    "机构": "organisations",
    "监管": "oversight",
    "行政区划": "regions",
    "账号激活": "activations",
    "更换手机号": "phone-changes",
    "找回账号和密码": "recovery",
    "解除账号锁定": "unlocks",
    "个人设置": "me",
    "程序令牌": "program-tokens",
    "企业注册": "enterprises",
    "申诉与办理": "cases",
    "账号申请": "applications",
    "账号申请审核": "application-review",
    "导出": "exports",
    "附件": "attachments",
    "资质申报": "filings",
    "人员信息": "personnel",
    "人员调动": "transfers",
    "集体报名": "registrations",
    "证书到期": "expiring-qualifications",
    "培训班类型": "plan-types",
    "专业类别": "specialties",
    "从事科室": "departments",
    "职务": "duties",
    "培训计划": "plans",
    "补报申请": "late-entries",
    "报名审核": "reviews",
    "分班": "class-sessions",
    "分班排课": "schedules",
    "分班测算": "session-planning",
    "选班进度": "selection-progress",
    "签到": "attendance",
    "名册": "rosters",
    "培训日历": "calendar",
    "集体选班": "selections",
    "候补": "waiting-entries",
    "成绩录入": "score-sheets",
    "集体成绩查询": "results",
    "更正姓名、身份证号": "identity-corrections",
    "后台任务": "jobs",
    "看板": "boards",
    "培训合格证书": "certificates",
    "证书编号规则": "number-patterns",
    "证书到期情况": "certificate-expiry",
    "电子签名": "signing-certificate",
    "打包证书": "bundles",
    "文书模板": "templates",
    "证书核验": "certificate-checks",
    "职业病危害项目申报": "declarations",
    "职业病危害因素目录": "hazard-factors",
    "申报审核": "declaration-reviews",
    "逾期与到期": "due-dates",
    "集团申报": "declaration-groups",
    "申报统计": "figures",
    "操作记录": "audit",
    "运行状况": "standing",
    "工作日历": "work-calendar",
    "旧系统数据导入": "legacy-imports",
    "复核指令": "review-orders",
    "代审": "stand-ins",
    "注册信息": "employers",
    "行业分类": "industries",
    "消息": "messages",
    "消息接收设置": "preferences",
    "消息推送": "hooks",
    "日历订阅": "calendar-feed",
    "发送记录": "deliveries",
    "消息模板": "message-templates",
    "群发": "broadcasts",
    "代码表": "vocabulary",
}


@cache
def terms() -> dict[str, str]:
    """What a property is called, by its name or by ``Schema.name``."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["description"] for row in csv.DictReader(file)}


def term_of(schema: str, name: str) -> str | None:
    """What ``name`` of ``schema`` holds; what ends in ``_label`` are the words for the code beside it. None where nobody says it."""
    known = terms()
    if said := known.get(f"{schema}.{name}") or known.get(name):
        return said
    code = next((each for end in ("", "_code") if (each := known.get(name.removesuffix("_label") + end))), None)
    return f"{code.removesuffix('代码')}（文字）" if code and name.endswith("_label") else None


def describe(document: dict[str, Any]) -> None:
    """Every property, parameter and tag of the document with its words."""
    for schema, meant in document["components"]["schemas"].items():
        for name, held in meant.get("properties", {}).items():
            if "description" not in held and (said := term_of(schema, name)):
                held["description"] = said
    used = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if "description" not in parameter and (said := term_of("", parameter["name"])):
                    parameter["description"] = said
            used.update(operation.get("tags", ()))
            operation["tags"] = [TAGS.get(label, label) for label in operation.get("tags", ())]
    # One that has no English name yet fails the contract test by its own.
    document["tags"] = [{"name": TAGS.get(label, label), "description": label} for label in sorted(used)]


def drop_unusable_defaults(schema: Any) -> None:
    """A blank default that its own schema would refuse says only that the value may be left out."""
    if isinstance(schema, list):
        for each in schema:
            drop_unusable_defaults(each)
    elif isinstance(schema, dict):
        is_refused = schema.get("minLength") or not re.search(schema.get("pattern") or "", "")
        if schema.get("default") == "" and is_refused:
            del schema["default"]
        for each in schema.values():
            drop_unusable_defaults(each)
