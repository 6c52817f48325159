"""``python3 -m ops.preflight run|use|test``: what this machine lacks, said before anything is downloaded, each in a sentence of Chinese and
English with the command that mends it. It is read by whatever Python 3 is here, needs nothing installed, and changes nothing.

Standard output names the Debian packages that are missing and may be installed from here; everything else is said on standard error.
Ends with 1 when something stands in the way.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator, NamedTuple  # noqa: UP035  # read by older Pythons, too

from ops.registry import index_answers
from ops.up.ports import LOOPBACK, why_not_given

ROOT = Path(__file__).resolve().parents[1]
OLDEST, NEWEST = (3, 11), (3, 14)
MB = 1024 * 1024
# What an installation takes: packages, the portal's tools, the first data; and what it takes to start again.
ROOM_FOR = {True: 1500 * MB, False: 200 * MB}
MEMORY = 1500 * MB
RARE_FONT = Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf")  # as shared.glyphs has it


class Finding(NamedTuple):
    """One thing that is amiss. ``mend`` is a command; ``packages`` are Debian's, which mend it; without ``stops`` it is only a note."""

    chinese: str
    english: str
    mend: str = ""
    packages: tuple[str, ...] = ()
    stops: bool = True


class Asked(NamedTuple):
    """What is to be done: ``kind`` is run, use (something beside a platform that runs) or test; ``anew`` says whether packages have to be
    downloaded first."""

    kind: str
    anew: bool
    may_install: bool


def python_release(_: Asked) -> Iterator[Finding]:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        seen = ".".join(map(str, sys.version_info[:3]))
        yield Finding(
            f"需要 Python 3.11–3.14，这里是 {seen}（Debian 12、13 自带的版本可用）",
            f"Python 3.11 to 3.14 is needed, here is {seen} (that of Debian 12 or 13 will do)",
            "make run PYTHON=/path/to/python3.12",
        )


def virtual_environments(asked: Asked) -> Iterator[Finding]:
    if asked.anew and not importlib.util.find_spec("ensurepip"):
        name = "python3-venv" if sys.executable in {"/usr/bin/python3", ""} else f"python3.{sys.version_info[1]}-venv"
        yield Finding("缺少 Python 的 venv 模块", "Python's venv module is missing", packages=(name,))


def _loads(*libraries: str) -> bool:
    try:
        return all(ctypes.CDLL(each) for each in libraries)
    except OSError:
        return False


def libraries(_: Asked) -> Iterator[Finding]:
    if not _loads("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
        yield Finding(
            "缺少 Pango，生成 PDF 需要它",
            "Pango is missing; PDF files need it",
            packages=("libpango-1.0-0", "libpangoft2-1.0-0"),
        )
    if not _loads("libharfbuzz-subset.so.0"):
        yield Finding(
            "缺少 harfbuzz-subset，生成 PDF 会慢一些",
            "harfbuzz-subset is missing; PDF files are made more slowly",
            packages=("libharfbuzz-subset0",),
            stops=False,
        )


def rare_names(_: Asked) -> Iterator[Finding]:
    if not RARE_FONT.is_file():
        yield Finding(
            "缺少 fonts-babelstone-han，部分生僻字姓名不能打印，填写时会提示",
            "fonts-babelstone-han is missing; some rare names cannot be printed, and are refused while they are typed",
            packages=("fonts-babelstone-han",),
            stops=False,
        )


def names(_: Asked) -> Iterator[Finding]:
    if os.geteuid() == 0 and not any(user.pw_uid for user in pwd.getpwall()) and not _loads("libnss_wrapper.so"):
        yield Finding(
            "/etc/passwd 中只有 root，PostgreSQL 需要另一个账号名",
            "/etc/passwd knows nobody but root, and PostgreSQL wants another name",
            packages=("libnss-wrapper",),
        )


def tools(asked: Asked) -> Iterator[Finding]:
    if asked.kind != "test":
        return
    for program, package, chinese, english in (
        (
            "git",
            "git",
            "代码检查将把目录中的所有文件视为项目文件",
            "the checks of the code take every file here for the project's",
        ),
        ("chromium", "chromium", "浏览器测试将跳过", "tests in a browser are skipped"),
        ("chromium-headless-shell", "chromium-headless-shell", "浏览器测试慢一些", "tests in a browser take longer"),
        ("pdfsig", "poppler-utils", "第三方验签测试将跳过", "what another make says of our signatures is not tried"),
        ("certutil", "libnss3-tools", "第三方验签测试将跳过", "what another make says of our signatures is not tried"),
    ):
        if not shutil.which(program):
            yield Finding(
                f"缺少 {program}：{chinese}", f"{program} is missing: {english}", packages=(package,), stops=False
            )


def folder() -> Path:
    """Where the data goes: ``VAR_DIR``."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


def _standing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def rights(asked: Asked) -> Iterator[Finding]:
    if asked.anew and not os.access(ROOT, os.W_OK | os.X_OK):
        yield Finding(
            f"当前用户无权写入 {ROOT}，软件包装不进来",
            f"This user may not write to {ROOT}, where the packages go",
            f'sudo chown -R "$(id -u)" "{ROOT}"',
        )
    place = _standing(folder())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield Finding(
            f"数据目录 {folder()} 无法写入",
            f"Nothing can be written to {folder()}, where the data goes",
            f'make {asked.kind} VAR_DIR="$HOME/platform"',
        )


def disk(asked: Asked) -> Iterator[Finding]:
    for place, needed in {_standing(folder()): ROOM_FOR[False], ROOT: ROOM_FOR[asked.anew]}.items():
        free = shutil.disk_usage(place).free
        if free < needed:
            yield Finding(
                f"{place} 所在磁盘只剩 {free // MB} MB，需要 {needed // MB} MB",
                f"{free // MB} MB are free on the disk of {place}; {needed // MB} MB are needed",
                f'df -h "{place}"',
            )


def memory(_: Asked) -> Iterator[Finding]:
    sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and limit.read_text().strip().isdigit():
        sizes.append(int(limit.read_text()))
    if min(sizes) < MEMORY:
        yield Finding(
            f"内存只有 {min(sizes) // MB} MB，平台约需 {MEMORY // MB} MB，可能很慢或被系统终止",
            f"{min(sizes) // MB} MB of memory; the platform takes about {MEMORY // MB} MB and may be slow or be ended",
            stops=False,
        )


def port(asked: Asked) -> Iterator[Finding]:
    reason = why_not_given(os.environ.get("PORT", ""), os.environ.get("HOST") or LOOPBACK)
    if asked.kind == "run" and reason:
        chinese, _, english = reason.partition(" · ")
        yield Finding(chinese, english)


def registries(asked: Asked) -> Iterator[Finding]:
    if asked.anew:
        address = index_answers()
        if address:
            yield Finding(
                f"软件包索引 {address} 连不上：首次安装需要网络，或设为可用的镜像",
                f"The package index {address} does not answer: the first installation needs a network, or a mirror",
                "python3 -m pip config set global.index-url https://MIRROR/simple",
            )


CHECKS: tuple[Callable[[Asked], Iterator[Finding]], ...] = (
    python_release,
    virtual_environments,
    libraries,
    rare_names,
    names,
    tools,
    rights,
    disk,
    memory,
    port,
    registries,
)


def may_install() -> bool:
    """Whether Debian packages can be installed without asking anybody."""
    if not shutil.which("apt-get") or os.environ.get("INSTALL_NOTHING"):
        return False
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def mended_by(finding: Finding) -> str:
    """The command that a person would type."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y {' '.join(finding.packages)}" if finding.packages else finding.mend


def merged(findings: list[Finding]) -> list[Finding]:
    """Everything that packages mend and that stands in the way names one and the same command."""
    packages = tuple(name for each in findings if each.stops for name in each.packages)
    return [each._replace(packages=packages) if each.stops and each.packages else each for each in findings]


def told(findings: list[Finding]) -> str:
    """One paragraph a finding."""
    lines = []
    for each in merged(findings):
        lines.append(f"{'✗' if each.stops else '!'} {each.chinese} · {each.english}")
        if mended_by(each):
            lines.append(f"  → {mended_by(each)}")
    return "\n".join(lines)


def main(kind: str, anew: bool) -> int:
    asked = Asked(kind, anew, may_install())
    found = [finding for check in CHECKS for finding in check(asked)]
    packages = sorted({name for each in found if asked.may_install for name in each.packages})
    open_ones = [each for each in found if not (asked.may_install and each.packages)]
    if open_ones:
        print(told(open_ones), file=sys.stderr, flush=True)
    if any(each.stops for each in open_ones):
        return 1
    if anew and not os.environ.get("INSTALL_NOTHING"):
        print(
            "首次安装：下载不超过 300 MB，占用约 1 GB，通常 1–5 分钟 · "
            "The first installation downloads up to 300 MB, takes 1 GB, and usually 1 to 5 minutes",
            file=sys.stderr,
            flush=True,
        )
    print(" ".join(packages))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "anew" in sys.argv[2:]))
