"""What may stand in no log and no trace, whoever wrote it: a last line behind ``Sealed`` (PLAT-05)."""

import re

_SECRET = re.compile(r"(?<![0-9A-Za-z-])(?:[1-9]\d{5}(?:18|19|20)\d{9}[0-9Xx]|1[3-9]\d{9})(?![0-9A-Za-z-])")


def mask_secrets(text: str) -> str:
    """Replaces what looks like a resident id or a mobile number by ``***``."""
    return _SECRET.sub("***", text)
