"""The files of this checkout: those that git knows or would take. Where there is no git, or nothing for it to know (an unpacked archive),
all but what is installed, built or stored here.
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_MADE = {".git", ".venv", ".env", "node_modules", "dist", "__pycache__", "var", ".ci"}


def git(*words: str) -> str | None:
    """What git says of the checkout, whoever owns it; None where it says nothing."""
    try:
        command = ["git", "-c", "safe.directory=*", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def files() -> list[Path]:
    """Absolute paths, of what is there."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    if listed is not None:
        return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]
    return [path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _is_made(path)]


def _is_made(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return (
        bool(_MADE & set(parts))
        or any(part.startswith(".") and part.endswith("_cache") for part in parts)
        or ".hypothesis" in parts
    )
