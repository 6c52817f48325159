"""What the fields of messages are called, with a value to try words with: whoever edits a template sees no event."""

from collections.abc import Mapping
from typing import NamedTuple


class FieldWord(NamedTuple):
    label: str
    example: str


_ROWS = {
    "after": ("调整后", "2026-09-14 至 2026-09-18"),
    "answer": ("答复", "同意"),
    "answered_by": ("答复的机构", "南京市玄武区卫生健康委"),
    "before": ("调整前", "第1期（2026-09-07 至 2026-09-11）"),
    "began": ("开始时间", "2026-09-01 08:00"),
    "changed": ("修改的内容", "学分证"),
    "changes": ("调整的内容", "地点改为南京市中山路1号"),
    "content": ("通知的内容", "请于本月底前核对本单位人员信息。"),
    "contact": ("联系谁", "南京市疾控中心账号管理人员"),
    "contact_name": ("联系人", "张老师"),
    "count": ("数量", "3"),
    "deadline_before": ("原截止日期", "2026-08-25"),
    "days": ("天数或日期", "7"),
    "days_left": ("剩余天数", "30"),
    "direction": ("调动方向", "调入"),
    "due_on": ("办理期限", "2026-09-10"),
    "employer_name": ("用人单位", "南京某机械制造有限公司"),
    "first_deadline": ("最早的截止日期", "2026-09-01"),
    "group_name": ("集团", "江苏某某集团"),
    "head_name": ("集团总部", "江苏某某公司"),
    "hours_left": ("剩余小时数", "24"),
    "kind_label": ("类型", "年度更新"),
    "label": ("问题", "没有送达的短信、邮件"),
    "last_day": ("最后一天", "2026-09-30"),
    "late": ("逾期情况", "已逾期 3 天"),
    "left": ("剩余时间", "还有 7 天"),
    "location": ("地点", "南京市中山路1号"),
    "login_name": ("登录账号", "njceshi"),
    "name": ("消息推送的名称", "本院信息系统"),
    "next": ("接下来", "请修改后在报名截止前重新报名"),
    "number": ("编号", "ZH-2026-0001"),
    "office": ("发送机构", "南京市疾控中心"),
    "organisation_name": ("机构", "南京市卫生健康委"),
    "outcome": ("结果", "已同意"),
    "people": ("人员或人数", "王医生、李医生"),
    "person_name": ("姓名", "王医生"),
    "placed": ("已选班人数", "5"),
    "plan_name": ("培训班", "2026年第一期职业病诊断医师培训班"),
    "plans": ("可报名的培训班", "现可报名“2026年第一期职业病诊断医师培训班”，"),
    "proposed_by_name": ("申请单位", "南京某医院"),
    "reason": ("理由", "学历证书不清晰"),
    "registration_deadline": ("报名截止日期", "2026-08-31"),
    "seats": ("名额", "贵单位 2 人保留名额"),
    "selection_deadline": ("选班截止日期", "2026-09-05"),
    "service": ("服务", "notifications"),
    "session_no": ("期次", "1"),
    "settled_by": ("代为答复的机构", "南京市玄武区卫生健康委"),
    "subject": ("通知的标题", "请核对人员信息"),
    "title": ("标题", "报名退回：王医生"),
    "undone_label": ("撤销的结果", "审核通过"),
    "unit_name": ("单位", "南京某医院"),
    "unplaced": ("未选班人数", "1"),
    "until": ("截止时间", "2026-09-03 18:00"),
    "urged_by": ("催报的机构", "南京市玄武区卫生健康委"),
    "valid_until": ("有效期至", "2026-12-31"),
    "what": ("内容", "年度更新"),
    "who": ("哪些人", "王医生（诊断，2026-10-01）"),
    "why": ("原因", "已超过确认时间"),
}
FIELD_WORDS: Mapping[str, FieldWord] = {name: FieldWord(*row) for name, row in _ROWS.items()}
