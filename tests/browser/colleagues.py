"""A second official of the province's disease-control centre, because one account is signed in once."""

import re
from datetime import UTC, datetime, timedelta

from services.auth.demo import DEMO_PASSWORD
from shared.clock import beijing_today, now_utc
from tests.browser.steps import read_text, unused_mobile
from tests.sessions import resumed
from tests.stack import Stack

CENTRE = "江苏省疾病预防控制中心"


async def second_reviewer(stack: Stack) -> str:
    """Opens and activates an account over the API, as the province's account manager; its login name, with the demo's password."""
    phone, asked_at = unused_mobile(), datetime.now(UTC)
    async with resumed(stack.base_url, "province02") as manager:
        found = await manager.get("/api/auth/organisations", params={"name": CENTRE})
        today = beijing_today(now_utc())
        body = {
            "organisation_id": found["items"][0]["id"],
            "login_name": f"cdc{phone[3:]}",
            "person_name": "赵文静",
            "phone": phone,
            "grants": ["disease_control"],
            "valid_from": str(today),
            "valid_until": str(today + timedelta(days=300)),
        }
        await manager.post("/api/auth/accounts", json=body)
        text = await read_text(stack.base_url, phone, "/activate#", asked_at)
        token = re.search(r"/activate#(\S+?)(?=[\s，。；]|$)", text)
        assert token, text
        await manager.post("/api/auth/activations", json={"token": token[1], "password": DEMO_PASSWORD})
    return str(body["login_name"])
