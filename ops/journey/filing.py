"""The unit's 资质申报: saved once, before it keeps people (ORG-04); a unit that has one goes on with it."""

from ops.journey.play import Play, body_of, expect


async def save_filing(play: Play) -> str:
    kinds = body_of(await play.unit.get("/api/training/filings"))
    begun = next((each for each in kinds if each["id"]), None)
    if begun is None:
        body = {
            "kind": "examination",
            "name": "南京市玄武区职业病防治院",
            "contact_name": "周晓慧",
            "contact_mobile": "13851420617",
            "number": "苏职检备〔2026〕第 0102 号",
            "filed_on": "2026-01-15",
            "services": ["dust", "chemical", "physical"],
        }
        begun = body_of(await play.unit.post("/api/training/filings", json=body), 201)
    steps = {step["key"]: step["done"] for step in body_of(await play.unit.get("/api/training/first-steps"))}
    expect(steps["filing"], "the checklist knows that the filing is saved", steps)
    return f"{begun['kind_label']}已保存"
