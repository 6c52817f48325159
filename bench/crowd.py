"""A province full of people: units, people with files, plans, registrations, class sessions with seats and results, written by the database
itself from generated series. The names are drawn from common surnames and characters; numbers and phones are of nobody.
"""

import random
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.types import field_cipher
from shared.reference.pinyin import person_key, person_pieces, person_text, search_text

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌宇晨欣怡子轩涵雨泽浩然思远佳慧"
PLACES = "南京无锡徐州常州苏州南通连云港淮安盐城扬州镇江泰州宿迁"
NAMES = 20_000
CIPHERS = 1_000


@dataclass(frozen=True)
class Size:
    """How many of each; a unit has ``people / units`` files, a plan ``registrations / plans`` registrations."""

    people: int
    registrations: int
    plans: int
    units: int


LARGE = Size(people=1_000_000, registrations=200_000, plans=2_000, units=5_000)
SMALL = Size(people=1_000, registrations=200, plans=20, units=5)


async def fill(session: AsyncSession, size: Size) -> None:
    """Fills an empty, migrated database of training."""
    await _words(session)
    sizes = {"people": size.people, "registrations": size.registrations, "plans": size.plans, "units": size.units}
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    for statement in _STATEMENTS:
        wanted = {name: value for name, value in sizes.items() if f":{name}" in statement}
        await session.execute(text(statement), wanted)


async def settle(session: AsyncSession) -> None:
    """Lets the planner know what came."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    await session.execute(text("ANALYZE"))


async def _words(session: AsyncSession) -> None:
    """Temporary tables of names with what is made of them, and of sealed texts to share."""
    draw = random.Random(20261122)
    names = ["".join((draw.choice(SURNAMES), *draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))) for _ in range(NAMES)]
    await session.execute(text("CREATE TEMP TABLE words (no int, name text, key text, pieces text[], search text)"))
    rows = [
        {"no": no, "name": name, "key": person_key(name), "pieces": person_pieces(name), "search": person_text(name)}
        for no, name in enumerate(names)
    ]
    await session.execute(text("INSERT INTO words VALUES (:no, :name, :key, :pieces, :search)"), rows)
    units = [f"{PLACES[2 * (no % 12) : 2 * (no % 12) + 2]}市第{no}职业病防治医院" for no in range(LARGE.units)]
    await session.execute(text("CREATE TEMP TABLE unit_words (no int, name text, search text)"))
    told = [{"no": no, "name": name, "search": search_text(name)} for no, name in enumerate(units)]
    await session.execute(text("INSERT INTO unit_words VALUES (:no, :name, :search)"), told)
    await session.execute(text("CREATE TEMP TABLE seals (no int, number bytea, phone bytea)"))
    seal = field_cipher().encrypt
    sealed = [
        {"no": no, "number": seal(f"32010219800101{no:04}"), "phone": seal(f"139{no:08}")} for no in range(CIPHERS)
    ]
    await session.execute(text("INSERT INTO seals VALUES (:no, :number, :phone)"), sealed)
    await session.execute(
        text("CREATE INDEX ON words (no); CREATE INDEX ON unit_words (no); CREATE INDEX ON seals (no)")
    )


# A person, a unit and a plan are numbered from 0; temporary columns-by-number tables keep the ids together.
_STATEMENTS = (
    """
CREATE TEMP TABLE u AS SELECT no, uuidv7() AS id, '32' || lpad((no % 13 + 1)::text, 2, '0') || '02' AS region
  FROM generate_series(0, (:units)::int - 1) AS no""",
    """
INSERT INTO institutions (id, name, name_search, credit_code, region_code, active)
SELECT u.id, w.name, w.search, lpad(u.no::text, 18, '0'), u.region, true FROM u JOIN unit_words w ON w.no = u.no""",
    "CREATE TEMP TABLE p AS SELECT no, uuidv7() AS id, uuidv7() AS staff FROM generate_series(0, (:people)::int - 1) AS no",
    """
INSERT INTO people (id, resident_id, id_index)
SELECT p.id, s.number, ARRAY['\\x01'::bytea || sha256(p.no::text::bytea), NULL] FROM p JOIN seals s ON s.no = p.no % 1000""",
    """
INSERT INTO staff_members (id, version, unit_id, person_id, status, name, name_key, name_pieces, name_search, sex, birth_date, mobile,
                           address, education, title, title_level, post, work_years, attributes)
SELECT p.staff, 1, u.id, p.id, CASE WHEN p.no % 20 = 19 THEN 'left' ELSE 'employed' END, w.name, w.key, w.pieces, w.search,
       CASE WHEN p.no % 2 = 0 THEN '男' ELSE '女' END, date '1970-01-01' + (p.no % 10000), s.phone, '江苏省', '11', '073', '2',
       '职业健康检查', 5, ARRAY['执业护士']
  FROM p JOIN u ON u.no = p.no % (:units)::int JOIN words w ON w.no = p.no % 20000 JOIN seals s ON s.no = p.no % 1000""",
    """
INSERT INTO qualifications (id, person_id, category, number, issued_on, expires_on, scope, known_to)
SELECT uuidv7(), p.id, '职业病诊断医师', 'Z' || p.no, CURRENT_DATE - 1500, CURRENT_DATE - 400 + p.no / 5 % 1460,
       ARRAY['职业性皮肤病'], ARRAY[u.id]
  FROM p JOIN u ON u.no = p.no % (:units)::int WHERE p.no % 5 = 0""",
    """
CREATE TEMP TABLE l AS SELECT no, uuidv7() AS id, CURRENT_DATE - 300 + (no % 400) AS deadline
  FROM generate_series(0, (:plans)::int - 1) AS no""",
    """
INSERT INTO plans (id, version, status, type_code, name, name_search, audience, content, other_matters, notice, registration_deadline,
                   hours, contact_name, contact_phone, created_by, published_at, pass_mark)
SELECT l.id, 1, 'published', (SELECT code FROM plan_types ORDER BY position LIMIT 1), '2026年第' || l.no || '期职业病诊断医师培训班',
       '2026年第' || l.no || '期职业病诊断医师培训班' || chr(10) || '2026nd' || l.no || 'qzybzdyspxb',
       '诊断医师', '培训内容', '', '', l.deadline, 40, '张老师', '025-83759999', uuidv7(), now(), 60
  FROM l""",
    """
INSERT INTO plan_specialties (plan_id, specialty_code)
SELECT l.id, s.specialty_code FROM l CROSS JOIN plan_type_specialties s
 WHERE s.type_code = (SELECT code FROM plan_types ORDER BY position LIMIT 1)""",
    """
CREATE TEMP TABLE r AS SELECT no, uuidv7() AS id, no % (:plans)::int AS plan,
       CASE no % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'returned' WHEN 2 THEN 'submitted' WHEN 3 THEN 'submitted' ELSE 'approved' END AS status
  FROM generate_series(0, (:registrations)::int - 1) AS no""",
    """
INSERT INTO registrations (id, version, plan_id, unit_id, unit_name, region_code, staff_id, person_id, status, training_kind,
                           needs_credit, lodging, recipient_name, recipient_phone, recipient_address, submitted_at, return_fields)
SELECT r.id, 1, l.id, u.id, i.name, u.region, p.staff, p.id, r.status, 'initial', false, 'none', w.name, s.phone, '江苏省',
       CASE WHEN r.status <> 'draft' THEN now() - make_interval(mins => r.no % 100000) END, '{}'
  FROM r JOIN l ON l.no = r.plan JOIN p ON p.no = r.no JOIN u ON u.no = p.no % (:units)::int JOIN institutions i ON i.id = u.id
  JOIN words w ON w.no = p.no % 20000 JOIN seals s ON s.no = p.no % 1000""",
    """
INSERT INTO registration_specialties (registration_id, specialty_code)
SELECT r.id, (SELECT specialty_code FROM plan_type_specialties
               WHERE type_code = (SELECT code FROM plan_types ORDER BY position LIMIT 1) ORDER BY 1 LIMIT 1) FROM r""",
    """
INSERT INTO schedules (id, version, plan_id, status, opened_at)
SELECT uuidv7(), 1, l.id, 'open', now() FROM l WHERE l.no % 2 = 0""",
    """
CREATE TEMP TABLE c AS SELECT s.plan_id, s.id AS schedule_id, uuidv7() AS id, n AS session_no,
       CURRENT_DATE - 200 + (n * 30) AS starts FROM schedules s CROSS JOIN generate_series(1, 4) AS n""",
    """
INSERT INTO class_sessions (id, version, schedule_id, plan_id, session_no, training_kind, capacity, taken, location, start_date, end_date,
                            days, selection_deadline)
SELECT c.id, 1, c.schedule_id, c.plan_id, c.session_no, 'initial', 100, 0, '南京', c.starts, c.starts + 2, 3, c.starts FROM c""",
    """
INSERT INTO session_specialties (class_session_id, specialty_code, taken)
SELECT c.id, s.specialty_code, 0 FROM c CROSS JOIN plan_type_specialties s
 WHERE s.type_code = (SELECT code FROM plan_types ORDER BY position LIMIT 1)""",
    """
INSERT INTO seats (id, class_session_id, person_id, registration_id, unit_id, during)
SELECT uuidv7(), c.id, g.person_id, g.id, g.unit_id, daterange(c.starts, c.starts + 2, '[]')
  FROM registrations g JOIN c ON c.plan_id = g.plan_id AND c.session_no = 1 + (('x' || right(g.id::text, 4))::bit(16)::int % 4)
 WHERE g.status = 'approved'""",
    """
INSERT INTO placements (registration_id, specialty_code, class_session_id, seat_id, unit_id)
SELECT s.registration_id, rs.specialty_code, s.class_session_id, s.id, s.unit_id
  FROM seats s JOIN registration_specialties rs ON rs.registration_id = s.registration_id""",
    """
UPDATE class_sessions SET taken = t.n FROM (SELECT class_session_id, count(*) AS n FROM seats GROUP BY 1) t
 WHERE t.class_session_id = class_sessions.id""",
)
