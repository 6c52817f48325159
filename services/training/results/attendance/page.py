"""The check-in as a page for a phone (BEY-15): one file of HTML, its style and a line of script inside, nothing loaded from anywhere, for
the old browsers inside chat programs too. The code stands behind the # of its address, where no server's log sees it; the script puts it
into the form, and an answer that asks again carries it on.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.training.people.personnel.form import LABELS
from services.training.results.attendance.schemas import CheckInRead
from shared.errors import AppError, FieldError

TITLE = "培训签到"
# Written for any browser that has a location.
SCRIPT = (
    "(function(){var t=document.getElementById('token'),u=document.getElementById('unscanned'),h=location.hash.slice(1);"
    "if(t&&h&&h!=='name'&&h!=='id_tail'){t.value=h;"
    "if(window.history&&history.replaceState)history.replaceState(null,'',location.pathname);}"
    "if(u&&t&&t.value)u.hidden=true;"
    "var w=document.getElementById('wrong');if(w)w.focus();})()"
)
_HASH = b64encode(sha256(SCRIPT.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
NOTHING_TYPED = {"token": "", "name": "", "id_tail": ""}
_INPUTS = (
    ("name", LABELS["name"], "与报名时填写的姓名一致", Markup('maxlength="50" autocomplete="name"')),
    ("id_tail", "身份证号后六位", "末位是 X 的也请填写", Markup('maxlength="12" autocomplete="off" inputmode="text"')),
)
_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("check_in.html")


def page_of_form(*, public_url: str) -> str:
    """The form as the code on the wall leads to it."""
    return _page(TITLE, public_url)


def page_of_success(done: CheckInRead, *, public_url: str) -> str:
    return _page(f"签到成功 · {TITLE}", public_url, done=done)


def page_of_refusal(error: AppError, *, public_url: str, typed: Mapping[str, str]) -> str:
    """Why not, each field by name, and what was typed still there, but for the end of the number."""
    wait = f"（请等待 {error.retry_after} 秒）" if error.retry_after else ""
    errors = error.errors or (FieldError("", error.code, error.detail + wait),)
    return _page(f"未能签到 · {TITLE}", public_url, errors=errors, typed={**typed, "id_tail": ""})


def _page(
    title: str,
    public_url: str,
    *,
    done: CheckInRead | None = None,
    errors: Sequence[FieldError] = (),
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> str:
    return _PAGE.render(
        title=title,
        host=urlsplit(public_url).netloc,
        done=done,
        errors=errors,
        fields=[each[0] for each in _INPUTS],
        wrong={each.field for each in errors},
        typed=typed,
        inputs=_INPUTS,
        script=Markup(SCRIPT),  # noqa: S704  # ours, and named by its hash
    )
