"""The records of which certificates keeps a history, as 操作记录 calls them and what is done with them."""

from services.certificates.issue.service import DONE as CERTIFICATES_DONE
from services.certificates.issue.workflow import CERTIFICATE
from services.certificates.patterns.repository import RECORD as PATTERN
from shared.web.audit import Kept

RECORDS = (Kept(CERTIFICATE, done=CERTIFICATES_DONE), Kept(PATTERN, "证书编号规则"))
