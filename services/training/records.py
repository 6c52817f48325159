"""The records of which training keeps a history, as 操作记录 calls them and what is done with them."""

from services.training.bindings import WORKFLOWS
from services.training.classes.class_sessions.workflow import SCHEDULE
from services.training.classes.selection.workflow import SELECTION
from services.training.classes.waiting.workflow import WAITING
from services.training.enrolment.registrations.service import OPEN_LATE
from services.training.enrolment.registrations.workflow import EXPORTED, REGISTRATION
from services.training.enrolment.review.desk import PHRASE
from services.training.people.personnel.dictionary_service import DEPARTMENTS, DUTIES
from services.training.people.personnel.reading import DONE as PERSONNEL_DONE
from services.training.people.personnel.workflow import EMPLOYMENT, PERSON
from services.training.plans.dictionary_repository import SPECIALTY, TYPE
from services.training.plans.service import code_names
from services.training.results.attendance.service import RECORD as ATTENDANCE
from services.training.results.rosters.sign_in import RECORD as SIGN_IN_SHEET
from services.training.results.scores.printing import RECORD as SCORE_PAGE
from services.training.results.scores.workflow import SCORE_SHEET
from shared.web.audit import Kept
from shared.web.dictionaries import DONE as DICTIONARIES_DONE

# What is done with them beside the actions of their tables.
_DONE = {
    EMPLOYMENT.name: PERSONNEL_DONE,
    REGISTRATION.name: {
        "create": "添加",
        OPEN_LATE: "同意补报",
        "transfer": "人员调动",
        EXPORTED: "导出名册（含完整号码）",
    },
    "transfer": {"create": "发起", "move": "转移档案"},
    "filing": {"attach": "更新附件"},
    "identity_correction": {"create": "提出"},
    SCHEDULE.name: {"opening_lapsed": "到时没有开放选班"},
    SELECTION.name: {"place": "选班", "release": "班次调整，退出班次"},
    SCORE_SHEET.name: {"correct": "成绩更正", "drop": "随选班移出名单"},
    WAITING.name: {"transfer": "人员调动"},
}
_PREPARED = {"prepare": "生成"}

RECORDS = (
    *(Kept(each, done=_DONE.get(each.name, {}), names=code_names) for each in WORKFLOWS),
    Kept(PERSON, "人员", {**PERSONNEL_DONE, "earn": "取得证书", "renew": "证书换发", "lose": "证书撤销"}),
    Kept(TYPE, "培训班类型", DICTIONARIES_DONE, code_names),
    Kept(SPECIALTY, "专业类别", DICTIONARIES_DONE, code_names),
    *(Kept(each.dictionary.kind, each.dictionary.label, DICTIONARIES_DONE) for each in (DEPARTMENTS, DUTIES)),
    Kept(
        ATTENDANCE, "出勤", {"mark": "签到", "unmark": "取消签到", "correct": "更正", "wrong_check_in": "签到信息不符"}
    ),
    Kept(SIGN_IN_SHEET, "签到表", _PREPARED),
    Kept(SCORE_PAGE, "成绩单", _PREPARED),
    Kept(PHRASE, "退回用语"),
)
