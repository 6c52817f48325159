"""The tables of all five services' workers, for the processes that the embedded stack runs: one worker a lane, and beat. In compose each
service has its own (``services.<service>.worker``).
"""

from services.auth.worker import WORKER as AUTH
from services.certificates.worker import WORKER as CERTIFICATES
from services.declaration.worker import WORKER as DECLARATION
from services.notifications.worker import WORKER as NOTIFICATIONS
from services.training.worker import WORKER as TRAINING

SPECS = (AUTH, TRAINING, CERTIFICATES, DECLARATION, NOTIFICATIONS)
