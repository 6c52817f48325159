#!/usr/bin/env bash
# `make test`: the checks beside all tests, these in two processes. What the checks say stands before pytest's last line, which
# is the last of all; the seconds of each folder stand above it. With arguments: pytest alone with them, for a part.
set -uo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 0 ] || exec .venv/bin/python -m pytest "$@"

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
(make check >"$said/checks" 2>&1 || { echo 'make check failed; what it says stands at the end.' >&2; exit 1; }) &
checks=$!
.venv/bin/python -m pytest -n 2 --by-folder 2>&1 | sed -un -e '$!p' -e "\$w $said/last"
tests=$?
wait $checks
checked=$?
printf '\nmake check\n'
cat "$said/checks" "$said/last"
[ $tests -eq 0 ] && exit $checked
exit $tests
