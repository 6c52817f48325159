"""A worker that a test runs finds that test's work alone, whatever earlier tests have left."""

from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app
from services.certificates.printing.tasks import render_due
from tests.leftovers import Leftovers
from tests.services.certificates.records import issued, stored
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp


async def test_what_was_left_is_nobodys_work(open_app: OpenApp, leftovers: Leftovers) -> None:
    runtime = await open_app(app)
    left = await issued(runtime)
    leftovers.set_aside()
    own = await issued(runtime)
    await render_due(runtime)
    assert (await stored(runtime, left)).status is CertificateStatus.PREPARING
    assert (await stored(runtime, own)).status is CertificateStatus.VALID
