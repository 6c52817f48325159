"""资质申报 (ORG-01…06, ORG-14): 未提交 or 已提交. 撤销 changes the shown state and nothing else."""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.people.filings.models import Filing


class FilingKind(Labelled):
    EXAMINATION = "examination", "职业健康检查机构资质申报"
    DIAGNOSIS = "diagnosis", "职业病诊断机构资质申报"
    TECHNICAL_SERVICE = "technical_service", "职业卫生技术服务机构资质申报"


class ServiceItem(Labelled):
    """服务项目 (ORG-03)."""

    DUST = "dust", "接触粉尘作业劳动者健康检查"
    CHEMICAL = "chemical", "接触化学作业劳动者健康检查"
    RADIATION = "radiation", "放射性作业劳动者健康检查"
    PHYSICAL = "physical", "接触物理因素作业劳动者健康检查"
    BIOLOGICAL = "biological", "接触生物因素作业劳动者健康检查"
    SPECIAL = "special", "从事电工、压力容器、高处作业以及机动车驾驶等劳动者健康检查"


class FilingStatus(Labelled):
    UNSUBMITTED = "unsubmitted", "未提交", Colour.WAITING
    SUBMITTED = "submitted", "已提交", Colour.GOOD


class FileKind(Labelled):
    """资质附件 by kind; the source names the tab alone, the kinds are ours (ORG-02)."""

    RECORD = "record", "备案回执"
    LICENCE = "licence", "医疗机构执业许可证"
    REGISTRATION = "registration", "营业执照或事业单位法人证书"
    QUALIFICATION = "qualification", "资质证书"
    OTHER = "other", "其他材料"


class Tab(Labelled):
    """In the order of the form (ORG-02)."""

    BASICS = "basics", "基本信息"
    PEOPLE = "people", "人员信息"
    INSTRUMENTS = "instruments", "仪器信息"
    ITEMS = "items", "检查项目"
    ATTACHMENTS = "attachments", "资质附件"


class FilingAction(Labelled):
    SUBMIT = "submit", "提交"
    REVOKE = "revoke", "撤销"


def may_be_submitted(filing: "Filing", _actor: Actor, _now: datetime) -> Refusal | None:
    """A unit without a record number saves only (ORG-06)."""
    if filing.unfiled:
        return Refusal("unfiled", "未备案的机构只需保存，无需提交；取得备案编号后请关闭“未备案”并填写")
    missing = [label for label, value in (("备案编号", filing.number), ("备案日期", filing.filed_on)) if not value]
    if missing:
        return Refusal("incomplete", f"请先填写{'、'.join(missing)}，没有备案的请打开“未备案”")
    return None


_S, _A = FilingStatus, FilingAction
_UNIT = {Permission.INSTITUTION_FILING}

FILING: "Workflow[Filing, FilingAction]" = Workflow(
    name="filing",
    label="资质申报",
    statuses=FilingStatus,
    initial=_S.UNSUBMITTED,
    consequences={
        _A.SUBMIT: "申报状态变为已提交，内容不能再改；需要修改时可撤销。",
        _A.REVOKE: "只改变申报状态，不删除任何数据；修改后请再次提交。",
    },
    transitions=(
        Transition(_A.SUBMIT, {_S.UNSUBMITTED}, _S.SUBMITTED, by=_UNIT, guard=may_be_submitted),
        Transition(_A.REVOKE, {_S.SUBMITTED}, _S.UNSUBMITTED, by=_UNIT),
    ),
    hints={
        (_A.REVOKE, _S.UNSUBMITTED): "资质申报尚未提交，可直接修改",
        (_A.SUBMIT, _S.SUBMITTED): "资质申报已提交；如需修改请先撤销，撤销不会删除任何数据",
    },
)
