"""The people of the main job: twelve with real-format ids, one ending in X, one with a rare character, one 离职; all 检查医生, with the
licences that these need (X5). And the sheet in which a unit sends them, first with two bad rows, then corrected. New people at each play,
so that it can be played again and again.
"""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from python_calamine import CalamineWorkbook

from shared.identifiers import new_id
from shared.sheets import Column, write_sheet

NAMES = ("王建国", "李秀英", "张䶮", "刘洋", "陈静", "杨帆", "赵敏", "黄磊", "周婷", "吴昊", "徐丽娟", "孙志强")
LEFT = "孙志强"
WITH_PHOTO = ("王建国", "李秀英", "张䶮")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    name: str
    resident_id: str
    mobile: str
    employed: bool = True

    @property
    def sex(self) -> str:
        return "男" if int(self.resident_id[16]) % 2 else "女"


def _resident_id(chance: random.Random, serial: int, *, ends_in_x: bool) -> str:
    while True:
        born = date(1970, 1, 1) + timedelta(days=chance.randrange(9000))
        first = f"320102{born:%Y%m%d}{serial:03}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]
        if (check == "X") == ends_in_x:
            return first + check


def twelve_people() -> list[Person]:
    """Twelve people nobody has seen before, no two of whom look the same when their numbers are masked."""
    chance = random.Random(new_id().int)  # noqa: S311  # names of a play, not a secret
    serials = chance.sample(range(1000), len(NAMES))
    return [
        Person(
            name,
            _resident_id(chance, serials[at], ends_in_x=at == 0),
            f"139{chance.randrange(10**8):08}",
            employed=name != LEFT,
        )
        for at, name in enumerate(NAMES)
    ]


def with_two_mistakes(people: Sequence[Person]) -> list[Person]:
    """The check digit of the fourth and the phone of the seventh are wrong."""
    wrong = list(people)
    last = wrong[3].resident_id[-1]
    wrong[3] = replace(wrong[3], resident_id=wrong[3].resident_id[:-1] + ("1" if last == "0" else "0"))
    wrong[6] = replace(wrong[6], mobile="1380013800")
    return wrong


def sheet_of(people: Sequence[Person], template: bytes) -> bytes:
    """The xlsx that the unit uploads: the template's columns, of which these people fill in some."""
    head = CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(0).to_python()[0]
    titles = [str(title).rstrip("*") for title in head]
    rows = [
        {
            "身份证号": person.resident_id,
            "姓名": person.name,
            "性别": person.sex,
            "手机号码": person.mobile,
            "电子邮箱": "",
            "邮政编码": "210009",
            "通讯地址": "南京市玄武区珠江路1号",
            "学历": "大学本科毕业",
            "职称": "主治医师",
            "职称级别": "中级",
            "从事专业(岗位)": "职业健康检查",
            "工作年限": "8",
            "人员属性": "检查医生、质控负责人",
            "在岗状态": "在职" if person.employed else "离职",
            "民族": "汉族",
            "医师资格证编号": f"2013321{at:08}",
            "医师资格证发证日期": "2013-12-01",
            "医师资格类别": "公共卫生",
            "医师资格级别": "执业医师",
            "医师执业证书编号": f"2103200{at:08}",
            "医师执业证发证日期": "2014-05-20",
            "医师执业类别": "公共卫生",
            "主执业地点": "南京市职业病防治院",
            "从事科室": "职业健康检查科",
        }
        for at, person in enumerate(people, start=1)
    ]
    return write_sheet("人员信息", [Column(title, title) for title in titles], rows)
