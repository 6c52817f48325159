"""The tables of declaration, and whoever binds what they name. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.declaration.declarations import steps
from services.declaration.declarations.workflow import DECLARATION
from services.declaration.groups import service as groups
from services.declaration.groups.workflow import MEMBERSHIP
from services.declaration.orders import service as orders
from services.declaration.orders.workflow import ORDER

WORKFLOWS = (DECLARATION, ORDER, MEMBERSHIP)
BINDERS = (steps, orders, groups)
