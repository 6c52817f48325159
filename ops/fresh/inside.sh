#!/bin/bash
# What a stranger does in a root of test.sh: `inside.sh root|stranger first` types `make run`, plays the main job and stops with Ctrl-C;
# `offline` starts a second time without a network. Prints a line a step, with its seconds.
set -uo pipefail
who=$1 turn=$2
cd "$(dirname "$0")/../.."
log=/tmp/run.log

# Not a function: the shell in between would go at Ctrl-C and wait for nobody.
as=(setpriv --reuid=4242 --regid=4242 --clear-groups)
[ "$who" != root ] || as=(env)
die() { echo "   ✗ $*"; grep -v '^WARNING' "$log" | tail -n 20; exit 1; }
ours() { # what of the platform lives, a line each
    for each in /proc/[0-9]*; do
        words=$(tr '\0' ' ' <"$each/cmdline" 2>/dev/null) || continue
        case $words in *ops.up* | *uvicorn* | *celery* | *valkey-server* | *postgres*) echo "${each#/proc/} $words" ;; esac
    done
}
since() { echo $(($(date +%s) - $1)); }

start() { # seconds it may take; the address is the last line that says so
    started=$(date +%s)
    set -m
    "${as[@]}" make run >"$log" 2>&1 &
    job=$!
    set +m
    for _ in $(seq "$1"); do
        address=$(sed -n 's/.*The platform is running: //p' "$log")
        [ -n "$address" ] && break
        kill -0 "$job" 2>/dev/null || die "make run ended by itself"
        sleep 1
    done
    [ -n "$address" ] || die "no address after $1 s"
    [ -n "$(python3 -c "import urllib.request as u; print(u.urlopen('$address/healthz').read())")" ] || die "no answer at $address"
}

stop() {
    kill -INT -- "-$job"
    wait "$job"
    left=$(ours)
    [ -z "$left" ] || die "processes are left: $left"
}

if [ "$turn" = first ] && [ "$who" != root ]; then
    # A user who may install nothing is told at once what to ask for, and nothing is downloaded before.
    "${as[@]}" make run >"$log" 2>&1 && die "it started without Pango"
    wanted=$(sed -n 's/^  → sudo \(apt-get install .*\)/\1/p' "$log" | head -n 1)
    [ -n "$wanted" ] || die "no command was named"
    [ ! -d .venv ] || die "something was installed before it was said"
    echo "   ✓ told at once: $wanted"
    apt-get update -qq >/dev/null 2>&1
    $wanted --no-install-recommends >/dev/null 2>&1 || die "the named command failed"
fi
case $turn in
    first) start 1800; echo "   ✓ first start: $(since "$started") s" ;;
    offline) start 300; echo "   ✓ second start, offline: $(since "$started") s" ;;
esac
if [ "$turn" = first ]; then
    began=$(date +%s)
    "${as[@]}" make journey >/tmp/journey.log 2>&1 || { tail -n 5 /tmp/journey.log; die "the main job"; }
    echo "   ✓ make journey: $(since "$began") s"
fi
stop
echo "   ✓ Ctrl-C: no process is left"
[ -z "$(find / -xdev -newer ops/fresh/inside.sh -path '*platform*' -not -path "$PWD/*" -not -path '/proc/*' -print -quit 2>/dev/null)" ] ||
    echo "   ! something of it lies outside of the checkout"
