"""Every table of auth, and whoever binds what they name. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.auth.access.accounts import service as accounts
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.activations import service as activations
from services.auth.access.sessions import second_factor
from services.auth.access.sessions import service as sessions
from services.auth.desks.applications import deciding as applications
from services.auth.desks.applications.workflow import APPLICATION
from services.auth.desks.cases import number_outcomes
from services.auth.desks.cases import service as cases
from services.auth.desks.cases.workflow import CASE
from services.auth.desks.oversight import service as oversight
from services.auth.desks.oversight import signing_out as oversight_signing_out
from services.auth.desks.oversight import switching as oversight_switching
from services.auth.directory.organisations.workflow import ORGANISATION

WORKFLOWS = (
    ACCOUNT,
    APPLICATION,
    CASE,
    ORGANISATION,
)
BINDERS = (
    accounts,
    activations,
    applications,
    cases,
    number_outcomes,
    oversight,
    oversight_signing_out,
    oversight_switching,
    second_factor,
    sessions,
)
