import asyncio, httpx
from services.auth.main import app
from shared.web.requests import MAX_BODY
async def test_x(client_for):
    c=await client_for(app,None)
    async def gen():
        for _ in range(13): yield b" "*1024*1024
    r=await c.post("/api/auth/sessions",content=gen(),headers={"content-type":"application/json"})
    assert r.status_code==413 and r.json()["code"]=="body_too_large", r.text
