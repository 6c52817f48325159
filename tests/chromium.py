"""Debian's Chromium. Tests take the one that has no screen at all where it is there: it opens a page with two thirds of the processor time
of the whole one, which hides its screen. It shows no PDF."""

import os
from pathlib import Path

_WITHOUT_SCREEN, _WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")

# `make old-kernel` names another one, for everything.
_NAMED = os.environ.get("CHROMIUM")
# What people have: for what is measured, and for papers within a page.
PEOPLES_CHROMIUM = Path(_NAMED) if _NAMED else _WHOLE
CHROMIUM = _WITHOUT_SCREEN if _WITHOUT_SCREEN.exists() and not _NAMED else PEOPLES_CHROMIUM
