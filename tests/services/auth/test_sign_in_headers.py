"""What every answer at the door says to a browser: keep nothing, guess no type, show it in no frame."""

import re
from pathlib import Path

from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account

WRONG = "Wrong#20x"
GATEWAY = Path(__file__).resolve().parents[3] / "gateway"


class TestHeaders:
    async def test_every_answer_of_the_api_is_private_plain_and_frameless(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        answers = [
            await person.me(),
            await person.sign_in(account.login_name, WRONG),
            await person.sign_in(account.login_name),
            await person.me(),
            await person.client.get("/api/auth/challenge"),
            await person.client.get("/api/auth/nothing"),
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 201, 200, 200, 404]
        for answer in answers:
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "server" not in answer.headers

    def test_the_gateway_says_as_much_of_what_is_its_own(self) -> None:
        said = (GATEWAY / "headers.conf").read_text("utf-8")
        policy = re.search(r"\"(default-src [^\"]+)\"", said)
        assert policy
        directives = dict(part.strip().split(" ", 1) for part in policy[1].split(";"))
        assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
        assert directives["default-src"] == directives["form-action"] == "'self'"
        assert "script-src" not in directives  # default-src: no inline script
        for header in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Strict-Transport-Security"):
            assert re.search(rf"^add_header {header} \S+ always;$", said, re.M), header
        assert "server_tokens off;" in (GATEWAY / "nginx.conf").read_text("utf-8")
