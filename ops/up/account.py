"""Under whom the embedded PostgreSQL runs. It refuses root, wants an account that the system knows by a name, and must reach its binaries
and its data, which may lie where only root enters. Nothing is added to the system, and nobody's folders are opened to others.
"""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ops.up.processes import CannotStart

NOBODY = 65534
_NSS_WRAPPER = "libnss_wrapper.so"
# Root's right to enter and read anything goes along, into access(2) too, which asks the real user; every other right is given up.
_REACHES_ALL = ("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--securebits=+no_setuid_fixup")


@dataclass(frozen=True)
class Account:
    """A prefix of PostgreSQL's command, and the user id that must own its files, as seen from here."""

    prefix: tuple[str, ...]
    uid: int


@cache
def account(binaries: Path, var: Path) -> Account:
    """The first way that really starts PostgreSQL's binaries and enters ``var``. Raises CannotStart when none does."""
    failures = []
    for each in _ways(os.geteuid(), _known_users(), var):
        tried = _try(each, binaries, var)
        if tried is None:
            return each
        failures.append(f"  {' '.join(each.prefix) or '(as it is)'}: {tried}")
    raise CannotStart(
        "PostgreSQL 不能以当前用户运行，请换用普通用户执行 make run，或将 VAR_DIR 设在其他用户可进入的目录。\n"
        "PostgreSQL cannot run under this user: run make run as an ordinary user, or set VAR_DIR to a folder that others may enter.\n"
        "已尝试 · Tried:\n" + "\n".join(failures)
    )


def _known_users() -> list[pwd.struct_passwd]:
    """Everybody but root, the account that owns nothing first."""
    others = [user for user in pwd.getpwall() if user.pw_uid != 0]
    return sorted(others, key=lambda user: user.pw_uid != NOBODY)


def _ways(uid: int, known: Sequence[pwd.struct_passwd], var: Path) -> Iterator[Account]:
    """From the least to the most unusual. In a user namespace root's files look like the mapped user's own, and stay reachable."""
    if uid != 0 and uid in {user.pw_uid for user in known}:
        yield Account((), uid)
    for user in known[:2]:
        yield Account(("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"), uid)
    if uid == 0:
        for user in known[:2]:
            yield Account((*_as(user.pw_uid, user.pw_gid), *_REACHES_ALL), user.pw_uid)
            yield Account(_as(user.pw_uid, user.pw_gid), user.pw_uid)
    if not known and _has(_NSS_WRAPPER):
        named = _wrapped_names(var)
        yield Account((*named, "unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"), uid)
        if uid == 0:
            yield Account((*named, *_as(NOBODY, NOBODY), *_REACHES_ALL), NOBODY)


def _as(uid: int, gid: int) -> tuple[str, ...]:
    return ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups")


def _has(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _wrapped_names(var: Path) -> tuple[str, ...]:
    """Where the system knows nobody but root, the processes of PostgreSQL alone are told of ``nobody``."""
    folder = var / "names"
    folder.mkdir(exist_ok=True)
    (folder / "passwd").write_text(f"nobody:x:{NOBODY}:{NOBODY}:nobody:/nonexistent:/usr/sbin/nologin\n")
    (folder / "group").write_text(f"nogroup:x:{NOBODY}:\n")
    names = (f"NSS_WRAPPER_PASSWD={folder / 'passwd'}", f"NSS_WRAPPER_GROUP={folder / 'group'}")
    return ("env", f"LD_PRELOAD={_NSS_WRAPPER}", *names)


def _try(way: Account, binaries: Path, var: Path) -> str | None:
    """None when it works, else what it said. The same questions that initdb asks: may I enter, may I run, what is my name."""
    script = 'cd "$1" && "$2" --version >/dev/null && id -un >/dev/null && test -x "$3"'
    words = (*way.prefix, "sh", "-c", script, "sh", str(var), str(binaries / "initdb"), str(binaries / "postgres"))
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"exit {done.returncode}"
