"""The table of certificates, and whoever binds what it names. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.certificates.issue import following
from services.certificates.issue import service as issue
from services.certificates.issue.workflow import CERTIFICATE

WORKFLOWS = (CERTIFICATE,)
BINDERS = (following, issue)
