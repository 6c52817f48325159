"""[获取] on 身份证号 (TRN-08, X9): what the number says, and the rest only from the unit's own file. Of other units nothing is told."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import require_accepted
from services.training.people.personnel import repository
from services.training.people.personnel.reading import whole
from services.training.people.personnel.schemas import StaffMemberRead
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.clock import age_on, beijing_today, now_utc
from shared.fields import PersonName, StatedResidentId
from shared.identifiers import birth_date_of, sex_of
from shared.identity import Actor

_UNKNOWN = (
    "本单位人员信息中没有此人，请填写后保存；如此人的资料在其他单位，可通过“人员调动”申请转入，经双方确认后带入原有资料"
)
_KNOWN = "此人已在本单位人员信息中，请直接修改，不必重复添加"
_LEFT = "此人在本单位人员信息中，状态为离职；如已回到本单位，请点击“在职”恢复"


class LookUp(BaseModel):
    """The number comes in the body: an address stands in logs (PLAT-05)."""

    model_config = ConfigDict(extra="forbid")

    resident_id: StatedResidentId
    name: PersonName | None = Field(default=None, description="已填写的姓名，校验位不符的号码须与姓名一同核准")


class LookUpRead(BaseModel):
    """``sex``, ``birth_date`` and ``age`` are what the number says; ``staff`` is the unit's own file of the person, to fill the form."""

    sex: str
    birth_date: date
    age: int
    in_file: bool
    staff: StaffMemberRead | None
    advice: str


async def look_up(session: AsyncSession, *, actor: Actor, body: LookUp) -> LookUpRead:
    """What the unit may know of the person with this number. Raises ``InvalidInput`` for one that misses its check digit, unless the unit
    has the person or the number is accepted; a file that is shown is remembered as looked at (PLAT-05)."""
    now, born = now_utc(), birth_date_of(body.resident_id)
    staff_id, staff, advice = await repository.find_own(session, actor, body.resident_id), None, _UNKNOWN
    if staff_id is None:
        await require_accepted(session, body.resident_id, body.name or "")
    else:
        found = await repository.require_staff(session, actor, staff_id)
        EMPLOYMENT.note_view(session, staff_id, "look_up", actor=actor)
        staff = await whole(session, actor, found, now)
        advice = _KNOWN if found.status is EMPLOYMENT.initial else _LEFT
    return LookUpRead(
        sex=sex_of(body.resident_id),
        birth_date=born,
        age=age_on(born, beijing_today(now)),
        in_file=staff is not None,
        staff=staff,
        advice=advice,
    )
