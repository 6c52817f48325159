"""The people of the play as a sheet: the unit fills in the template, is told its two mistakes, and sends it again corrected (BEY-07)."""

from ops.client import Json
from ops.journey.people import sheet_of, with_two_mistakes
from ops.journey.play import Play, body_of, expect

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _import(play: Play, people: Json, mode: str) -> Json:
    template = await play.unit.get("/api/training/personnel-import/template")
    expect(template.status_code == 200, "the unit has the template of the sheet", template.status_code)
    file = {"file": ("人员信息.xlsx", sheet_of(people, template.content), XLSX)}
    return body_of(await play.unit.post("/api/training/personnel-import", params={"mode": mode}, files=file))


async def import_people(play: Play) -> str:
    preview = await _import(play, with_two_mistakes(play.people), "preview")
    errors = [(error["row"], error["column"]) for error in preview["errors"]]
    expect([row for row, _ in errors] == [5, 8], "the bad rows 5 and 8 are named", preview["errors"])
    expect("身份证号" in errors[0][1] and "手机号码" in errors[1][1], "each with its column", errors)
    expect(all(error["reason"] for error in preview["errors"]), "each with its reason", preview["errors"])
    refused = await _import(play, with_two_mistakes(play.people), "all")
    expect(refused["applied"] is False, "nothing is taken while a row is bad", refused)
    done = await _import(play, play.people, "all")
    expect(done["applied"] and done["created"] == 12, "twelve people are taken", done)
    again = await _import(play, play.people, "all")
    expect(again["created"] == 0 and again["unchanged"] == 12, "a second import doubles nobody", again)
    return "第 5、8 行被指出；改正后 12 人入库，重复导入不重复"
