"""Small disks that can be filled: one for all of a platform's folder, another for its files. They are mounted, which takes root; elsewhere
runs go without them, and say so.
"""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHOLE_MB, FILES_MB = 1536, 256
_BALLAST = "ballast"
_PIECE = bytes(1024 * 1024)


@contextmanager
def small_disks(var: Path) -> Iterator[bool]:
    """Whether ``var`` and ``var/files`` are such disks in the block."""
    mounted = [folder for folder, size in ((var, WHOLE_MB), (var / "files", FILES_MB)) if _mount(folder, size)]
    try:
        yield len(mounted) > 1
    finally:
        for folder in reversed(mounted):
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def _mount(folder: Path, megabytes: int) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    how = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "faults", str(folder)]
    try:
        return os.geteuid() == 0 and subprocess.run(how, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Nothing more can be written to the disk of ``folder`` in the block."""
    ballast = folder / _BALLAST
    try:
        with ballast.open("wb", buffering=0) as file:
            _fill(file.fileno())
        yield
    finally:
        ballast.unlink(missing_ok=True)


def _fill(file: int) -> None:
    for piece in (_PIECE, _PIECE[:4096], _PIECE[:1]):
        try:
            while True:
                os.write(file, piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
