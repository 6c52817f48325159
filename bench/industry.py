"""A province full of employers: each with its last declaration whole and four earlier ones as headers, written by the database itself from
generated series. The names are made of places and trades, and are of nobody.
"""

import json
import random
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.types import field_cipher
from shared.reference.pinyin import folded, initials, search_pieces
from shared.reference.regions import region
from tests.services.declaration.records import COMPLETE

LARGE: Final = 300_000
NAMES: Final = 20_000
PLACES = "玄武秦淮建邺鼓楼浦口栖霞雨花江宁六合溧水高淳锡山惠山滨湖梁溪新吴江阴宜兴云龙贾汪铜山天宁钟楼武进金坛溧阳虎丘吴中相城姑苏吴江常熟"
TRADES = ("精密机械", "木业", "家具制造", "电镀", "印刷", "汽车配件", "石材", "涂料", "纺织", "铸造", "化工", "电子")
GIVEN = "华盛鑫隆金源恒泰瑞丰宏达永兴新锐嘉和天成大同三友正大东方明珠长江"
FLAG: Final = {
    "code": "count_jump",
    "section": "basics",
    "field": "staff_count",
    "words": "在册职工由上次的10人变为100人",
    "figures": {"label": "在册职工", "before": 10, "after": 100},
}


async def fill(session: AsyncSession, employers: int) -> None:
    """Fills an empty, migrated database of declaration. Of a hundred last declarations 3 are 暂存, 10 待审核, 2 已驳回, 85 已审核."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    await _words(session)
    values = {
        "employers": employers,
        "phone": field_cipher().encrypt("13812345678"),
        "flags": json.dumps([FLAG], ensure_ascii=False),
        **{name: json.dumps(COMPLETE[name], ensure_ascii=False) for name in ("sites", "products", "tests", "exams")},
    }
    for statement in _STATEMENTS:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        await session.execute(text(statement), wanted)


async def settle(session: AsyncSession) -> None:
    """Lets the planner know what came."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    await session.execute(text("ANALYZE"))


async def _words(session: AsyncSession) -> None:
    """Temporary tables of names with what is made of them, and of the counties where they sit."""
    draw = random.Random(20261129)
    await session.execute(
        text("CREATE TEMP TABLE words (no int, name text, folded text, initials text, pieces text[])")
    )
    await session.execute(text("INSERT INTO words VALUES (:no, :name, :folded, :initials, :pieces)"), _names(draw))
    counties = [code for number in range(320100, 321400) if (code := str(number)) and _is_county(code)]
    await session.execute(text("CREATE TEMP TABLE places (no int, code text)"))
    rows = [{"no": no, "code": code} for no, code in enumerate(counties)]
    await session.execute(text("INSERT INTO places VALUES (:no, :code)"), rows)
    await session.execute(text("CREATE INDEX ON words (no)"))


def _names(draw: random.Random) -> list[dict[str, Any]]:
    rows = []
    for no in range(NAMES):
        at = 2 * draw.randrange(len(PLACES) // 2)
        name = f"江苏{PLACES[at : at + 2]}{''.join(draw.choices(GIVEN, k=2))}{draw.choice(TRADES)}有限公司"
        spoken = {"folded": folded(name), "initials": initials(name), "pieces": search_pieces(name)}
        rows.append({"no": no, "name": name, **spoken})
    return rows


def _is_county(code: str) -> bool:
    return not code.endswith("00") and region(code) is not None


# An employer is numbered from 0; a temporary table keeps its facts together.
_STATEMENTS = (
    """
CREATE TEMP TABLE e AS
SELECT s.no, uuidv7() AS id, uuidv7() AS last, w.name, w.folded, w.initials, w.pieces, p.code AS region,
       '91320' || lpad(s.no::text, 13, '0') AS credit_code
  FROM generate_series(0, (:employers)::int - 1) AS s (no)
  JOIN words w ON w.no = s.no % (SELECT count(*) FROM words) JOIN places p ON p.no = s.no % (SELECT count(*) FROM places)""",
    """
INSERT INTO employers (id, name, name_folded, name_initials, name_pieces, credit_code, region_code, review_level, active)
SELECT id, name, folded, initials, pieces, credit_code, region, 'county', true FROM e""",
    """
INSERT INTO declarations (id, version, employer_id, employer_name, credit_code, region_code, review_level, kind, status, declared_on,
                          reviewed_at)
SELECT uuidv7(), 3, e.id, e.name, e.credit_code, e.region, 'county', CASE WHEN years = 4 THEN 'initial' ELSE 'annual' END, 'approved',
       CURRENT_DATE - years * 365 - e.no % 28, now() - make_interval(years => years)
  FROM e CROSS JOIN generate_series(1, 4) AS years""",
    """
INSERT INTO declarations (id, version, employer_id, employer_name, credit_code, region_code, review_level, kind, change_reason, status,
                          address, legal_representative, contact_name, contact_phone, staff_count, outsourced_count, exposed_count,
                          disease_count, leader_trained, manager_trained, trained_count, surveillance_done, form_version, catalogue,
                          size, industry, economic_type, tested, test_org, test_report_no, exam_org, exam_report_no, sites, products,
                          tests, exams, declared_on, pending_since, flags, flag_codes)
SELECT e.last, 2, e.id, e.name, e.credit_code, e.region, 'county', 'change', 'process',
       CASE WHEN e.no % 100 < 3 THEN 'draft' WHEN e.no % 100 < 13 THEN 'pending' WHEN e.no % 100 < 15 THEN 'rejected' ELSE 'approved' END,
       '南京市玄武区龙蟠路1号', '王志远', '王芳', :phone, 100, 20, 60, 0, true, false, 55, true, 2, '2015', '3', 'C35', '150', true,
       '江苏某检测有限公司', 'JC-2026-018', '南京某职业健康检查中心', '2026-0018', (:sites)::jsonb, (:products)::jsonb, (:tests)::jsonb,
       (:exams)::jsonb, CURRENT_DATE - e.no % 300,
       CASE WHEN e.no % 100 BETWEEN 3 AND 12 THEN now() - make_interval(hours => e.no % 240) END,
       CASE WHEN e.no % 7 = 0 THEN (:flags)::jsonb ELSE '[]'::jsonb END, CASE WHEN e.no % 7 = 0 THEN ARRAY['count_jump'] ELSE '{}' END
  FROM e""",
    """
INSERT INTO declared_classes (declaration_id, class_code, position, exposed_count)
SELECT e.last, each.code, each.at, each.persons FROM e CROSS JOIN (VALUES ('dust', 0, 40), ('phys', 1, 50)) AS each (code, at, persons)""",
    """
INSERT INTO declared_factors (declaration_id, class_code, factor_code, exposed_count)
SELECT e.last, each.class, each.code, each.persons
  FROM e CROSS JOIN (VALUES ('dust', 'A001', 30), ('dust', 'A003', NULL), ('phys', 'C001', 50)) AS each (class, code, persons)""",
)
