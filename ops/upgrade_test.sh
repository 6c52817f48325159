#!/bin/sh
# `make upgrade-test`: the newest releases of everything that requirements/*.in name, in an environment of its own, and the tests that
# docs/weak-links.md names as alarms. What they find is no fault of this release: it is what the next lock would bring.
set -eu
cd "$(dirname "$0")/.."
venv=$(mktemp -d)/venv
trap 'rm -rf "$(dirname "$venv")"' EXIT
"${PYTHON:-.venv/bin/python}" -m venv "$venv"
echo "正在安装最新版本 · Installing the newest releases …"
# The constraints of dev.in are the lock itself, which is what is not asked for here.
sed '/^-c /d' requirements/runtime.in requirements/embedded.in requirements/dev.in >"$venv/newest.in"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$venv/newest.in"
"$venv/bin/python" -m pip freeze | tr 'A-Z_' 'a-z-' | sort >"$venv/newest.txt"
echo "与锁定版本不同 · other than the lock:"
cat requirements/*.txt | sed -n 's/^\([A-Za-z0-9_.-]*\)==\([^ ;]*\).*/\1==\2/p' | tr 'A-Z_' 'a-z-' | sort -u >"$venv/locked.txt"
comm -23 "$venv/newest.txt" "$venv/locked.txt" | sed 's/^/  /'
# shellcheck disable=SC2046  # names without spaces
"$venv/bin/python" -m pytest -q -n 0 $(sed -n 's/.*| `\(tests\/[a-z_\/]*\.py\)` |.*/\1/p' docs/weak-links.md | sort -u) "$@"
