"""What the operator reads instead of a stack trace when the folder of a stack does not take what is written to it."""

import errno
import os
import shutil
from pathlib import Path

ROOM_BYTES = 20 * 1024 * 1024
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}


def in_words(error: OSError, var: Path) -> str:
    """One sentence in Chinese and one in English, with what to do."""
    if error.errno == errno.ENOSPC or without_room(var):
        return _full(var)
    if error.errno in _NO_RIGHT:
        where = error.filename or var
        return (
            f"当前用户无权写入 {where}，请换一个目录：make run VAR_DIR=$HOME/platform\n"
            f"This user may not write to {where}. Choose another folder: make run VAR_DIR=$HOME/platform"
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return (
            f"{error.filename or var} 不是目录，请换一个目录：make run VAR_DIR=var2\n"
            f"{error.filename or var} is not a folder. Choose another one: make run VAR_DIR=var2"
        )
    return f"系统拒绝了操作 · The system refused: {error}"


def explained(problem: str, var: Path) -> str:
    """The words of a program that could not go on; a full disk, which it tells in its own way, is told in ours."""
    if os.strerror(errno.ENOSPC) in problem or without_room(var):
        return _full(var)
    return problem


def without_room(var: Path) -> bool:
    """Whether the disk of ``var`` takes no more."""
    try:
        return shutil.disk_usage(var).free < ROOM_BYTES
    except OSError:
        return False


def _full(var: Path) -> str:
    disk = next((str(each) for each in (var, *var.parents) if os.path.ismount(each)), "/")
    return (
        f"{disk} 所在磁盘已满，{var} 无法写入；请腾出至少 500 MB，再次执行 make run\n"
        f"The disk of {disk} is full, and {var} takes nothing more. Free at least 500 MB and say make run again"
    )
