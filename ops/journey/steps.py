"""The steps of the main job, in order: plan, people, registration, review, class sessions, selection, scores, certificates. Each does what
a person does through the API and looks at what that person would see.
"""

from datetime import timedelta

from ops.client import Json
from ops.journey.filing import save_filing
from ops.journey.importing import XLSX, import_people
from ops.journey.people import LEFT
from ops.journey.play import Play, all_items, body_of, expect, refusal_of, until
from ops.journey.portrait import add_photos
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from shared.sheets import Column, write_sheet

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" + (
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SPECIALTIES = ["pneumoconiosis", "poisoning", "physical"]


def plan_name(year: int, *, is_first: bool) -> str:
    """As an organiser would call it; a further one on the same platform is told apart, also of two that are played at once."""
    return f"{year}年度职业病诊断医师培训" + ("" if is_first else f"（{new_id().hex[-6:]}）")


async def publish_plan(play: Play) -> str:
    file = {"file": ("报名通知.pdf", PDF, "application/pdf")}
    attachment = body_of(await play.province.post("/api/training/attachments", files=file), 201)
    plans = body_of(await play.province.get("/api/training/plans", params={"limit": 1}))
    name = plan_name(beijing_today(now_utc()).year, is_first=not plans["items"])
    plan = {
        "type_code": "diagnosis_physician",
        "name": name,
        "audience": "职业病诊断机构的临床医师",
        "content": "职业病防治法规、诊断标准与案例",
        "other_matters": "请携带身份证和医师资格证原件",
        "notice": "需要学分证的人员请如实选择；住宿费用自理",
        "registration_deadline": str(beijing_today(now_utc()) + timedelta(days=14)),
        "age_limit": 60,
        "minimum_title_level": "3",
        "specialties": SPECIALTIES,
        "hours": 40,
        "validity_years": 4,
        "pass_mark": 60,
        "contact_name": "李老师",
        "contact_phone": "025-83759999",
        "attachment_ids": [attachment["id"]],
    }
    made = body_of(await play.province.post("/api/training/plans", json=plan), 201)
    drafts = body_of(await play.unit.get("/api/training/group-registrations", params={"name": name}))
    expect(drafts["items"] == [], "a draft plan is not shown to units", drafts)
    body_of(await play.province.post(f"/api/training/plans/{made['id']}/publish"))
    shown = body_of(await play.unit.get("/api/training/group-registrations", params={"name": name}))
    expect([row["plan_id"] for row in shown["items"]] == [made["id"]], "the unit sees the published plan", shown)
    play.facts |= {"plan_id": made["id"], "plan_name": name}
    return f"“{name}”，三个专业类别，附通知"


async def register_ten(play: Play) -> str:
    plan = play.facts["plan_id"]
    listed = await all_items(play.unit, f"/api/training/group-registrations/{plan}/candidates")
    mine = {person["name"]: person for person in listed if person["name"] in {p.name for p in play.people}}
    new = [person for person in listed if person["name"] == LEFT and not person["selectable"]]
    expect(new and "在职" in new[0]["next_step"], "the person who left cannot be picked, why, and what to do", new[:1])
    numbers = {p.resident_id[:6] + p.resident_id[-4:]: p.name for p in play.people}
    body = {"plan_id": plan, "staff_ids": [new[0]["staff_id"]]}
    refused = body_of(await play.unit.post("/api/training/registrations", json=body))
    expect(refused["added"] == 0, "adding that person all the same is refused", refused)
    names = [p.name for p in play.people if p.employed][:10]
    expect(len(numbers) == 12 and set(names) <= set(mine), "ten people can be picked", sorted(mine))
    added = body_of(
        await play.unit.post(
            "/api/training/registrations", json={"plan_id": plan, "staff_ids": [_latest(listed, n) for n in names]}
        )
    )
    expect(added["added"] == 10, "ten drafts", added)
    play.facts["registrations"] = {}
    for at, result in enumerate(added["results"]):
        await _fill_and_submit(play, result["registration_id"], at)
    return f"{LEFT}不能选择：{new[0]['reason']}，{new[0]['next_step']}；10 人已报名"


def _latest(listed: Json, name: str) -> str:
    """The file of that name that this play made: it is the newest, and ids are ordered by time."""
    return str(max(person["staff_id"] for person in listed if person["name"] == name and person["selectable"]))


async def _fill_and_submit(play: Play, registration_id: str, at: int) -> None:
    address = f"/api/training/registrations/{registration_id}"
    read = await play.unit.get(address)
    form = {
        "needs_credit": at % 2 == 0,
        "training_kind": "initial",
        "lodging": ("none", "single", "double")[at % 3],
        "specialties": SPECIALTIES[:2] if at < 6 else ["physical"],
    }
    body_of(await play.unit.patch(address, json=form, headers={"If-Match": read.headers["ETag"]}))
    sent = body_of(await play.unit.post(f"{address}/submit"))
    expect(sent["status"] == "submitted", "已报名", sent)
    play.facts["registrations"][registration_id] = sent["name"]


async def review(play: Play) -> str:
    ids = list(play.facts["registrations"])
    queue = body_of(await play.province.get("/api/training/reviews", params={"plan_id": play.facts["plan_id"]}))
    expect(queue["total"] == 10, "ten wait for review", queue["total"])
    batch = {"registration_ids": ids[:8], "action": "approve"}
    approved = body_of(await play.province.post("/api/training/reviews/batch", json=batch))
    expect(approved["done"] == 8, "eight approved", approved)
    for registration_id in ids[8:]:
        body = {"reason": "专业类别与执业范围不符，请修改", "kind": "wrong", "fields": ["specialties"]}
        address = f"/api/training/registrations/{registration_id}/return"
        expect(body_of(await play.province.post(address, json=body))["status"] == "returned", "已退回")
    address = f"/api/training/registrations/{ids[8]}"
    read = await play.unit.get(address)
    expect("专业类别" in (body_of(read)["return_reason"] or ""), "the unit reads why", read.text[:400])
    change = {"specialties": ["pneumoconiosis"]}
    body_of(await play.unit.patch(address, json=change, headers={"If-Match": read.headers["ETag"]}))
    body_of(await play.unit.post(f"{address}/submit"))
    body_of(await play.province.post(f"{address}/approve"))
    play.facts["approved"] = ids[:9]
    late = await play.unit.post(f"/api/training/registrations/{ids[0]}/cancel")
    problem = refusal_of(late, 409, "status_is_approved")
    return f"8 人通过，2 人退回，1 人改正后通过；通过后取消：{problem['detail']}"


async def open_selection(play: Play) -> str:
    plan, day = play.facts["plan_id"], beijing_today(now_utc())
    sessions = []
    for number, (capacity, places) in enumerate(((5, 4), (4, None)), start=1):
        start = day + timedelta(days=20 + 10 * number)
        body = {
            "plan_id": plan,
            "session_no": number,
            "training_kind": "initial",
            "capacity": capacity,
            "location": "南京市职业病防治院 3 楼",
            "start_date": str(start),
            "end_date": str(start + timedelta(days=4)),
            "selection_deadline": str(day + timedelta(days=18)),
            "specialties": [
                {"specialty_code": "pneumoconiosis", "places": places},
                {"specialty_code": "poisoning", "places": None},
                {"specialty_code": "physical", "places": None},
            ],
        }
        sessions.append(body_of(await play.province.post("/api/training/class-sessions", json=body), 201))
    schedule = body_of(await play.province.get("/api/training/schedules", params={"plan_id": plan}))["items"][0]
    body_of(await play.province.post(f"/api/training/schedules/{schedule['id']}/open"))
    play.facts["class_sessions"] = [session["id"] for session in sessions]

    async def told() -> Json:
        inbox = body_of(await play.unit.get("/api/notifications/messages"))["items"]
        return [
            m for m in inbox if m["kind"] == "selection_opened" and play.facts["plan_name"] in m["title"] + m["body"]
        ]

    message = (await until(told, "the unit's message about the opening"))[0]
    return f"两期（5 人、4 人，第 1 期尘肺限 4 人）；单位收到：{message['title']}"


async def place_people(play: Play) -> str:
    plan, (first, second) = play.facts["plan_id"], play.facts["class_sessions"]
    approved = play.facts["approved"]
    with_dust, physical = [*approved[:6], approved[8]], approved[6:8]
    address = f"/api/training/selections/{plan}/placements"

    def row(session: str, specialty: str, ids: list[str]) -> dict[str, Json]:
        return {"class_session_id": session, "specialty_code": specialty, "registration_ids": ids}

    too_many = await play.unit.put(address, json=row(first, "pneumoconiosis", with_dust[:5]))
    problem = refusal_of(too_many, 409, "class_is_full")
    expect("第2期" in problem["detail"].replace(" ", ""), "the refusal names what else is free", problem)
    body_of(await play.unit.put(address, json=row(first, "pneumoconiosis", with_dust[:4])))
    body_of(await play.unit.put(address, json=row(first, "poisoning", with_dust[:4])))
    body_of(await play.unit.put(address, json=row(first, "physical", physical[:1])))
    body_of(await play.unit.put(address, json=row(second, "pneumoconiosis", with_dust[4:])))
    body_of(await play.unit.put(address, json=row(second, "poisoning", with_dust[4:6])))
    full = await play.unit.put(address, json=row(first, "physical", physical))
    refusal_of(full, 409, "class_is_full")
    body_of(await play.unit.put(address, json=row(second, "physical", physical[1:])))
    body = {"leave_unplaced": False}
    done = body_of(await play.unit.post(f"/api/training/selections/{plan}/submit", json=body))
    expect(done["status"] == "submitted", "已选班", done)
    return f"多出的一人被拒：{problem['detail']}；9 人全部安排并提交"


async def publish_scores(play: Play) -> str:
    sheets = body_of(await play.province.get("/api/training/score-sheets", params={"plan_id": play.facts["plan_id"]}))
    named = ""
    for number, sheet in enumerate(sheets["items"]):
        address = f"/api/training/score-sheets/{sheet['id']}"
        grid = body_of(await play.province.get(address))["results"]
        if number == 0:
            named = await _scores_with_a_bad_row(play, address, grid)
        report = await _send_scores(play, address, grid, bad=False)
        expect(report["applied"], "the corrected scores are taken", report)
        too_early = await play.province.post(f"{address}/publish")
        refusal_of(too_early, 409, "class_session_not_over")
        body_of(await play.province.post(f"{address}/publish", json={"reason": "演示：培训日期在将来"}))
    return f"坏行被指出（{named}）；两期成绩已发布"


async def _scores_with_a_bad_row(play: Play, address: str, grid: Json) -> str:
    report = await _send_scores(play, address, grid, bad=True)
    expect(not report["applied"] and len(report["errors"]) == 1, "one bad row is named", report)
    error = report["errors"][0]
    expect(error["row"] == 3 and "成绩" in error["column"], "by row and column", error)
    early = await play.province.post(f"{address}/publish")
    refusal_of(early, 409, "results_missing")
    return f"第 {error['row']} 行 {error['column']}：{error['reason']}"


async def _send_scores(play: Play, address: str, grid: Json, *, bad: bool) -> Json:
    template = await play.province.get(f"{address}/template")
    expect(template.status_code == 200, "a template", template.status_code)
    columns = [Column(title, title) for title in ("报名编号", "姓名", "单位", "专业类别", "成绩", "结论")]
    rows = [
        {
            "报名编号": row["registration_no"],
            "姓名": row["name"],
            "单位": row["unit_name"],
            "专业类别": row["specialty_label"],
            "成绩": "一百二" if bad and at == 1 else str(70 + at % 20),
            "结论": "",
        }
        for at, row in enumerate(grid)
    ]
    file = {"file": ("成绩.xlsx", write_sheet("成绩", columns, rows), XLSX)}
    return body_of(await play.province.post(f"{address}/import", params={"mode": "all"}, files=file))


async def receive_certificates(play: Play) -> str:
    query = {"plan_name": play.facts["plan_name"], "limit": 50}

    async def all_there() -> Json:
        found = body_of(await play.unit.get("/api/certificates/certificates", params=query))["items"]
        return found if len(found) == 9 and all(item["status"] == "valid" for item in found) else None

    certificates = await until(all_there, "nine valid certificates")
    serials = sorted(int(item["number"].rsplit("-", 1)[1]) for item in certificates)
    by_series: dict[str, list[int]] = {}
    for item in certificates:
        series, _, serial = item["number"].rpartition("-")
        by_series.setdefault(series, []).append(int(serial))
    for series, found in by_series.items():
        expect(max(found) - min(found) + 1 == len(found), f"no gap in {series}", sorted(found))
    pdf = await play.unit.get(f"/api/certificates/certificates/{certificates[0]['id']}/pdf")
    expect(pdf.status_code == 200 and pdf.content.startswith(b"%PDF"), "the PDF through the gateway", pdf.status_code)
    play.facts |= {"certificates": certificates, "serials": serials}
    return f"9 张证书，编号连续：{certificates[0]['number']} …"


async def look_at_the_file(play: Play) -> str:
    holder = play.facts["certificates"][0]

    async def gained() -> Json:
        query = {"name": holder["holder_name"], "limit": 200}
        people = body_of(await play.unit.get("/api/training/personnel", params=query))
        return any(holder["number"] in str(person) for person in people["items"])

    await until(gained, "the certificate in the person's file")
    wanted = {item["number"] for item in play.facts["certificates"]}

    async def shown() -> bool:
        pages = [body_of(await play.unit.get(f"/api/training/results/{one}")) for one in play.facts["class_sessions"]]
        return {row["certificate_number"] for page in pages for row in page["results"]} == wanted

    await until(shown, "every number on the unit's score page")
    return f"{holder['holder_name']} 的人员信息已增加 {holder['number']}"


STEPS = (
    ("省疾控发布培训计划", publish_plan),
    ("单位保存资质申报", save_filing),
    ("单位导入 12 人", import_people),
    ("单位上传证件照", add_photos),
    ("单位集体报名 10 人", register_ten),
    ("省疾控审核", review),
    ("分班并开放选班", open_selection),
    ("单位选班并提交", place_people),
    ("导入并发布成绩", publish_scores),
    ("证书生成", receive_certificates),
    ("个人档案增加证书", look_at_the_file),
)
