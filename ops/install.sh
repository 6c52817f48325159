#!/bin/sh
# Makes .venv and installs the locked packages and the few system libraries: `ops/install.sh run` for running the platform, `use` for what
# is done beside one that runs, `test` for testing. Says first what is missing (ops/preflight.py); does nothing, quickly, when nothing has
# changed.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
venv=.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 DEBIAN_FRONTEND=noninteractive

fail() { printf '\n%s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if fits "$name"; then command -v "$name"; return 0; fi
    done
    command -v python3 || fail "缺少 Python 3.11–3.14 · Python 3.11 to 3.14 is missing
  → apt-get install -y python3 python3-venv"
}

apt_install() {
    echo "正在安装系统软件包 · Installing Debian packages: $*"
    as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    # One that this release of Debian does not have keeps none of the others away.
    for each in "$@"; do as_root apt-get install -y -qq --no-install-recommends "$each" >/dev/null || true; done
}

requirements() {
    echo requirements/runtime.txt requirements/embedded.txt
    [ "$kind" != test ] || echo requirements/dev.txt
}

# What an installation of everything that is asked for would leave behind; one for tests is one for running, too.
wanted() {
    # shellcheck disable=SC2046  # names without spaces
    { $venv/bin/python -V; cat $(requirements); } 2>/dev/null | sha256sum
}

is_installed() {
    fits $venv/bin/python || return 1
    [ -f $venv/.installed ] && grep -qF "$(wanted)" $venv/.installed
}

# On a terminal pip's own progress; elsewhere a line for every twenty packages.
pip_install() {
    if [ -t 1 ]; then
        $venv/bin/python -m pip install --require-hashes "$@"
        return
    fi
    log=$venv/install.log
    { $venv/bin/python -m pip install --require-hashes "$@" 2>&1 && echo all-is-installed; } | tee "$log" | {
        seen=0
        while read -r word _; do
            [ "$word" = Collecting ] || continue
            seen=$((seen + 1))
            [ $((seen % 20)) -ne 0 ] || echo "  $seen …"
        done
    }
    [ "$(tail -n 1 "$log")" = all-is-installed ] || { grep -v '^WARNING' "$log" | tail -n 15 >&2; return 1; }
}

install_packages() {
    fits $venv/bin/python && $venv/bin/python -m pip --version >/dev/null 2>&1 ||
        "$python" -m venv --clear $venv >/dev/null || fail "$python 无法建立虚拟环境 · cannot make a virtual environment"
    set --
    for file in $(requirements); do set -- "$@" -r "$file"; done
    echo "正在安装 Python 软件包 · Installing Python packages …"
    pip_install "$@" || {
        "$python" -m ops.preflight "$kind" anew >/dev/null || exit 1
        fail "软件包安装失败，见上文；可重试 make $kind · The packages could not be installed, see above; try again"
    }
    # What serves for tests serves for running, too.
    asked=$kind
    for kind in run $asked; do wanted; done >$venv/.installed
}

case $kind in run | use | test) ;; *) fail "usage: ops/install.sh [run|use|test]" ;; esac
python=$(find_python)
anew=
is_installed || anew=anew
missing=$("$python" -B -m ops.preflight "$kind" $anew) || exit 1
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086  # names without spaces
    apt_install $missing || true
    # What is missing still, and stands in the way, is for a person to install.
    INSTALL_NOTHING=1 "$python" -B -m ops.preflight "$kind" $anew >/dev/null || exit 1
fi
[ -z "$anew" ] || install_packages
