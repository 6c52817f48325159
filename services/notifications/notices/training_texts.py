"""What is said about training: rows of ``texts``."""

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.summaries import ending_certificates, put_off, returned
from services.notifications.notices.wording import (
    Fold,
    Text,
    Texts,
    about,
    asked_unit,
    both_units,
    everyone,
    reviewers,
    staff_office,
    unit,
    units,
)
from shared.addresses import pattern
from shared.events import training, training_people, training_selection

_TRAINING = (
    about(  # NOTE-01
        training.PlanPublished,
        Text(
            MessageKind.PLAN_PUBLISHED,
            "培训通知：{plan_name}",
            "“{plan_name}”已开始报名，{registration_deadline} 截止。报名须知和培训附件见培训计划，咨询联系人：{contact_name}。",
            pattern("registration-plan"),
            everyone,
        ),
    ),
    about(  # FAQ-M8, BEY-03
        training.PlanDeadlineChanged,
        Text(
            MessageKind.PLAN_DEADLINE_CHANGED,
            "报名截止日期变更：{plan_name}",
            "“{plan_name}”的报名截止日期由 {deadline_before} 改为 {registration_deadline}，请按新的日期办理报名。",
            pattern("registration-plan"),
            everyone,
        ),
    ),
    about(  # NOTE-03
        training.RegistrationApproved,
        Text(
            MessageKind.REGISTRATION_APPROVED,
            "报名审核通过：{person_name}",
            "{person_name}报名“{plan_name}”已审核通过。选班开放后请在集体选班中选择班次。",
            pattern("registration-plan", person="registration_id"),
            unit,
            fold=Fold("{plan_id}", "{count} 人报名审核通过：{plan_name}", pattern("registration-plan")),
        ),
    ),
    about(  # NOTE-03
        training.RegistrationReturned,
        Text(
            MessageKind.REGISTRATION_RETURNED,
            "报名退回：{person_name}",
            "{person_name}报名“{plan_name}”被退回，原因：{reason}。{next}。",
            pattern("registration-plan", person="registration_id"),
            unit,
            words=returned,
            fold=Fold("{plan_id}", "{count} 人报名退回：{plan_name}", pattern("registration-plan")),
        ),
    ),
    about(  # NOTE-02, STAFF-06
        training_selection.SelectionOpened,
        Text(
            MessageKind.SELECTION_OPENED,
            "选班开放：{plan_name}",
            "“{plan_name}”已开放选班，请为审核通过的人员选择班次并提交，最早的班次 {first_deadline} 截止。",
            pattern("selection"),
            units,
        ),
    ),
    about(  # BEY-11
        training.RegistrationReviewUndone,
        Text(
            MessageKind.REVIEW_UNDONE,
            "审核结果撤销：{person_name}",
            "{person_name}报名“{plan_name}”的{undone_label}已被省疾控撤销，正在重新审核，请以新的审核结果为准。",
            pattern("registration-plan", person="registration_id"),
            unit,
            channels=(Channel.EMAIL,),
        ),
    ),
    about(  # FAQ-M5
        training.ReturnRequested,
        Text(
            MessageKind.RETURN_REQUESTED,
            "申请退回：{person_name}",
            "{unit_name}申请退回{person_name}在“{plan_name}”中的报名，理由：{reason}。请在报名审核中处理。",
            pattern("review"),
            reviewers,
            channels=(),
            fold=Fold("{plan_id}", "{count} 人申请退回：{plan_name}", pattern("reviews")),
        ),
    ),
    about(  # FAQ-M5
        training.ReturnRequestDeclined,
        Text(
            MessageKind.RETURN_DECLINED,
            "未同意退回：{person_name}",
            "{person_name}报名“{plan_name}”的退回申请未被同意，原因：{reason}。报名仍为审核通过。",
            pattern("registration-plan", person="registration_id"),
            unit,
        ),
    ),
    about(  # STAFF-13
        training.CorrectionGranted,
        Text(
            MessageKind.CORRECTION_GRANTED,
            "允许补正：{person_name}",
            "“{plan_name}”报名已截止，省疾控允许{person_name}在 {until} 前按退回原因修改并重新报名。",
            pattern("registration-plan", person="registration_id"),
            unit,
        ),
    ),
    about(  # FAQ-M6
        training.RegistrationDetailsChanged,
        Text(
            MessageKind.DETAILS_CHANGED,
            "报名信息变更：{person_name}",
            "{unit_name}修改了{person_name}在“{plan_name}”中的{changed}，报名仍为审核通过。",
            pattern("review"),
            reviewers,
            channels=(),
            fold=Fold("{plan_id}", "{count} 项报名信息变更：{plan_name}", pattern("reviews")),
        ),
    ),
    about(  # FAQ-M8
        training.LateEntryRequested,
        Text(
            MessageKind.LATE_ENTRY_REQUESTED,
            "补报申请：{unit_name}",
            "{unit_name}申请补报“{plan_name}”，理由：{reason}。请在报名审核的补报申请中处理。",
            pattern("late-entry"),
            reviewers,
            channels=(),
            fold=Fold("{plan_id}", "{count} 家单位申请补报：{plan_name}", pattern("late_entries")),
        ),
    ),
    about(  # FAQ-M8
        training.LateEntryDecided,
        Text(
            MessageKind.LATE_ENTRY_DECIDED,
            "补报申请结果：{plan_name}",
            "贵单位对“{plan_name}”的补报申请：{answer}。",
            pattern("registration-plan"),
            unit,
        ),
    ),
    about(  # FAQ-M8, BEY-03
        training.RegistrationClosing,
        Text(
            MessageKind.REGISTRATION_CLOSING,
            "报名即将截止：{plan_name}",
            "“{plan_name}”报名还有 {hours_left} 小时截止（{registration_deadline}），贵单位还有人员未报名或被退回，请尽快处理。",
            pattern("registration-plan"),
            units,
        ),
    ),
    about(  # BEY-06
        training.QualificationsExpiring,
        Text(
            MessageKind.CERTIFICATES_EXPIRING,
            "证书将在 {days_left} 天内到期：{people} 人",
            "本单位 {people} 名人员的证书将在 {days_left} 天内到期：{who}。{plans}请及时安排复训。",
            pattern("expiring_qualifications", days="days_left"),
            staff_office,
            words=ending_certificates,
        ),
    ),
    about(  # STAFF-06, FAQ-M7
        training_selection.SelectionClosing,
        Text(
            MessageKind.SELECTION_CLOSING,
            "选班即将截止：{plan_name}第{session_no}期",
            "“{plan_name}”第{session_no}期选班 {selection_deadline} 截止，贵单位尚未提交。到期后已占的名额自动生效。",
            pattern("selection"),
            units,
        ),
    ),
    about(  # STAFF-16
        training_selection.SelectionReminded,
        Text(
            MessageKind.SELECTION_REMINDED,
            "请尽快选班：{plan_name}",
            "贵单位在“{plan_name}”中还有人员没有选班，{selection_deadline} 截止，请尽快选班并提交。",
            pattern("selection"),
            units,
        ),
    ),
    about(  # STAFF-06
        training_selection.SelectionFinished,
        Text(
            MessageKind.SELECTION_FINISHED,
            "选班已截止：{plan_name}",
            "“{plan_name}”选班已全部截止，贵单位视为已提交：已选班 {placed} 人，未选班 {unplaced} 人。",
            pattern("selection"),
            unit,
            channels=(Channel.EMAIL,),
        ),
    ),
    about(  # STAFF-14
        training_selection.ClassSessionChanged,
        Text(
            MessageKind.CLASS_SESSION_CHANGED,
            "班次调整：{plan_name}第{session_no}期",
            "“{plan_name}”第{session_no}期有调整：{changes}。已选班次不变。",
            pattern("selection"),
            units,
        ),
    ),
    about(  # STAFF-14
        training_selection.ClassSessionPutOff,
        Text(
            MessageKind.CLASS_SESSION_PUT_OFF,
            "班次改期：{plan_name}第{session_no}期",
            "“{plan_name}”{before}改为 {after}，地点：{location}，原因：{reason}。{seats}。",
            pattern("selection"),
            unit,
            words=put_off,
        ),
    ),
    about(  # STAFF-14
        training_selection.ClassSessionCalledOff,
        Text(
            MessageKind.CLASS_SESSION_CALLED_OFF,
            "班次停办：{plan_name}第{session_no}期",
            "“{plan_name}”第{session_no}期（{days}）停办，原因：{reason}。{people}退回待选班，请选择其他班次；满员时可加入候补，排在前面。",
            pattern("selection"),
            unit,
        ),
    ),
    about(  # BEY-02
        training_selection.SeatOffered,
        Text(
            MessageKind.SEAT_OFFERED,
            "候补名额待确认：{plan_name}第{session_no}期",
            "“{plan_name}”第{session_no}期有名额，已为{people}保留到 {until}，请登录确认；逾期将转给后面排队的人员。",
            pattern("selection"),
            unit,
        ),
    ),
    about(  # BEY-02
        training_selection.WaitingEnded,
        Text(
            MessageKind.WAITING_ENDED,
            "候补结束：{plan_name}第{session_no}期",
            "{people}在“{plan_name}”第{session_no}期的候补已结束，原因：{why}。",
            pattern("selection"),
            unit,
        ),
    ),
    about(  # BEY-14
        training_people.TransferProposed,
        Text(
            MessageKind.TRANSFER_PROPOSED,
            "人员调动待确认：{person_name}",
            "{proposed_by_name}申请将{person_name}{direction}，请核实后同意或不同意。",
            pattern("transfer"),
            asked_unit,
        ),
    ),
    about(  # BEY-14
        training_people.TransferDecided,
        Text(
            MessageKind.TRANSFER_DECIDED,
            "人员调动：{person_name}",
            "{person_name}的调动结果：{outcome}。{reason}",
            pattern("transfer"),
            both_units,
        ),
    ),
)

TRAINING_TEXTS: Texts = dict(_TRAINING)
