"""Whether the index from which pip installs can be reached, asked as pip is set up here. Read by every Python 3, also without pip."""

from __future__ import annotations

import importlib.util
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

SECONDS = 3.0
_WHEELS = ("/usr/share/python-wheels", "/usr/share/python3-wheels")


def index_answers() -> str:
    """Empty when something listens there, or when pip is not to ask any index; else its address."""
    address = _index_url()
    where = urlsplit(address)
    if not where.hostname or where.scheme not in {"http", "https"}:
        return ""
    proxy = urlsplit("" if proxy_bypass(where.hostname) else getproxies().get(where.scheme, ""))
    target = proxy if proxy.hostname else where
    try:
        port = target.port or (443 if target.scheme == "https" else 80)
        socket.create_connection((target.hostname, port), SECONDS).close()
    except OSError:
        return f"{where.scheme}://{where.hostname}"
    return ""


def _index_url() -> str:
    """pip's own answer: its settings, its environment, else its default. Empty when it cannot be asked, or is told to use none."""
    _let_pip_be_found()
    try:
        from pip._internal.configuration import Configuration  # noqa: PLC0415
        from pip._internal.models.index import PyPI  # noqa: PLC0415

        settings = Configuration(isolated=False)
        settings.load()
        known = _flat(settings.items())
    except Exception:  # pip's inside is not promised to anybody; then it will say itself what is wrong
        return ""
    words = {name.rpartition(".")[2]: value for name, value in known.items()}
    if str(words.get("no-index", "")).lower() in {"1", "true", "yes", "on"}:
        return ""
    return str(words.get("index-url", PyPI.simple_url))


def _flat(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Newer ones keep their settings by the file that they come from, the strongest last."""
    found: dict[str, object] = {}
    for name, value in items:
        found.update(value if isinstance(value, dict) else {name: value})
    return found


def _let_pip_be_found() -> None:
    """Debian's Python has pip only as the wheel that ``venv`` installs."""
    if importlib.util.find_spec("pip"):
        return
    folders = [Path(each) for each in _WHEELS]
    bundled = importlib.util.find_spec("ensurepip")
    if bundled and bundled.origin:
        folders.append(Path(bundled.origin).parent / "_bundled")
    wheels = [str(wheel) for folder in folders for wheel in folder.glob("pip-*.whl")]
    sys.path.extend(wheels[:1])


if __name__ == "__main__":
    sys.exit(1 if index_answers() else 0)
