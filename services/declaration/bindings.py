"""The table of declaration, and whoever binds what it names. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.declaration.declarations import service as declarations
from services.declaration.declarations.workflow import DECLARATION

WORKFLOWS = (DECLARATION,)
BINDERS = (declarations,)
