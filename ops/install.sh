#!/bin/sh
# Makes .venv and installs the locked packages and the few system libraries: `ops/install.sh` for running,
# `ops/install.sh dev` for testing. Does nothing, quickly, when nothing has changed.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-runtime}
venv=.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 DEBIAN_FRONTEND=noninteractive

fail() { printf '\n%s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

apt_install() {
    echo "Installing $* …"
    as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if new_enough "$name"; then command -v "$name"; return 0; fi
    done
    fail "Python 3.11 or newer is needed. On Debian or Ubuntu: apt-get install python3 python3-venv"
}

make_venv() {
    python=$(find_python)
    "$python" -m venv --clear $venv >/dev/null 2>&1 && return 0
    if may_install; then
        apt_install python3-venv && "$python" -m venv --clear $venv && return 0
    fi
    fail "$python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"
}

loads() {
    $venv/bin/python -c 'import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]' "$@" 2>/dev/null
}

install_packages() {
    files="requirements/runtime.txt requirements/embedded.txt"
    [ "$kind" = dev ] && files="$files requirements/dev.txt"
    # shellcheck disable=SC2086  # a list of names without spaces
    want=$({ $venv/bin/python -V; cat $files; } | sha256sum)
    stamp=$venv/.installed-$kind
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return 0
    echo "Installing the locked packages ($kind) …"
    set --
    for file in $files; do set -- "$@" -r "$file"; done
    $venv/bin/python -m pip install --quiet --require-hashes "$@"
    printf '%s\n' "$want" >"$stamp"
    if [ "$kind" = dev ]; then
        { $venv/bin/python -V; cat requirements/runtime.txt; } | sha256sum >$venv/.installed-runtime
    fi
}

check_libraries() {
    if ! loads libpango-1.0.so.0 libpangoft2-1.0.so.0; then
        may_install && apt_install libpango-1.0-0 libpangoft2-1.0-0 || true
        loads libpango-1.0.so.0 libpangoft2-1.0.so.0 || fail \
            "Pango is needed for PDF files. On Debian or Ubuntu:" \
            "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    fi
    if ! loads libharfbuzz-subset.so.0; then
        may_install && apt_install libharfbuzz-subset0 || true
        loads libharfbuzz-subset.so.0 || echo \
            "Note: without libharfbuzz-subset0 PDF files are made more slowly (apt-get install libharfbuzz-subset0)." >&2
    fi
}

check_browser() {
    command -v chromium >/dev/null 2>&1 && return 0
    # Elsewhere than on Debian the package of this name starts a store of its own.
    if [ "$(id -u)" = 0 ] && grep -q '^ID=debian' /etc/os-release 2>/dev/null && may_install; then
        apt_install chromium || true
    fi
    command -v chromium >/dev/null 2>&1 || echo "Note: no chromium here; the browser test will be skipped." >&2
}

check_verifier() {
    command -v pdfsig >/dev/null 2>&1 && command -v certutil >/dev/null 2>&1 && return 0
    may_install && apt_install poppler-utils libnss3-tools || true
    command -v pdfsig >/dev/null 2>&1 || echo \
        "Note: no pdfsig here; what another make says of our signatures will not be tried (apt-get install poppler-utils)." >&2
}

case $kind in runtime | dev) ;; *) fail "usage: ops/install.sh [dev]" ;; esac
new_enough $venv/bin/python && $venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
install_packages
check_libraries
if [ "$kind" = dev ]; then check_browser; check_verifier; fi
