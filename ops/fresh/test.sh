#!/bin/bash
# `make fresh-test`: the README's first command on machines that have nothing but Debian, Python, make and git. Roots made with debootstrap
# know root and nobody alone, and get this machine's package settings. Three strangers come to each: root; root where namespaces are refused
# and nobody else enters the checkout; an ordinary user who may install nothing. What they do there stands in inside.sh.
# SUITES="bookworm trixie" CASES="root refused user" choose some. Needs root and debootstrap; a few minutes a machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD
base=${FRESH_DIR:-/var/tmp/fresh-roots}
mirror=${MIRROR:-$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' \
    $(ls /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null) | head -n 1)}
: "${SUITES:=bookworm trixie}" "${CASES:=root refused user}"

[ "$(id -u)" = 0 ] || { echo "make fresh-test needs root, to make roots" >&2; exit 2; }
command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq debootstrap >/dev/null; }

bootstrap() { # suite: a bare root, made once
    [ -f "$base/$1/made" ] && return
    echo "debootstrap $1 …"
    rm -rf "${base:?}/$1"
    mkdir -p "$base/$1"
    debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates "$1" "$base/$1/root" "$mirror" \
        >"$base/$1/log" || { tail -n 5 "$base/$1/log" >&2; exit 1; }
    touch "$base/$1/made"
}

settings() { # root: how packages are fetched from here
    for path in /etc/pip.conf /etc/xdg/pip /root/.pip /root/.config/pip /root/.npmrc /etc/npmrc; do
        [ -e "$path" ] && mkdir -p "$1$(dirname "$path")" && cp -rL "$path" "$1$path"
    done
    cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    cp -L /etc/apt/apt.conf.d/*proxy* "$1/etc/apt/apt.conf.d/" 2>/dev/null || true
    printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin >"$1/etc/passwd"
}

enter() { # root, whether chroot(2), which refuses user namespaces, is the way in; then the network's way; then what is run
    root=$1 way=$2 net=$3
    shift 3
    # shellcheck disable=SC2016  # for the inner shell
    unshare --mount --pid --fork $net --kill-child bash -c '
        set -e
        root=$1 way=$2; shift 2
        mount --make-rprivate /
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        python3 -c "
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh\", b\"lo\", 1))"
        cd "$root"
        if [ "$way" = chroot ]; then exec chroot . "$@"; fi
        mkdir -p old
        pivot_root . old
        umount -l /old
        exec "$@"' enter "$root" "$way" "$@"
}

try() { # suite, case
    root=$base/work/$1-$2 way=pivot home=/root who=root
    rm -rf "$root"
    mkdir -p "$base/work"
    cp -a "$base/$1/root" "$root"
    settings "$root"
    [ "$2" = refused ] && way=chroot
    if [ "$2" = user ]; then
        home=/home/stranger who=stranger
        echo "stranger:x:4242:4242:stranger:$home:/bin/bash" >>"$root/etc/passwd"
        mkdir -p "$root$home"
        [ -d /root/.config/pip ] && mkdir -p "$root$home/.config" && cp -rL /root/.config/pip "$root$home/.config/"
        [ -f /root/.npmrc ] && cp -L /root/.npmrc "$root$home/.npmrc"
    fi
    git clone --quiet "$here" "$root$home/p"
    [ "$2" = user ] && chown -R 4242:4242 "$root$home"
    chmod 700 "$root$home"
    keep=$(env | sed -n 's/^\(PIP_[A-Z_]*\|npm_config_[a-z_]*\|NODE_EXTRA_CA_CERTS\|SSL_CERT_FILE\|https\?_proxy\|no_proxy\)=.*/\1/p' | tr '\n' ' ')
    passed=()
    for name in $keep; do passed+=("$name=${!name}"); done
    run=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "HOME=$home" "${passed[@]}" "PORT=${PORT:-8473}" bash "$home/p/ops/fresh/inside.sh" "$who")
    came=0
    enter "$root" "$way" "" "${run[@]}" first || came=1
    enter "$root" "$way" --net "${run[@]}" offline || came=1
    rm -rf "$root"
    return $came
}

failed=
for suite in $SUITES; do
    bootstrap "$suite"
    for case in $CASES; do
        echo "== $suite, $case"
        try "$suite" "$case" || { failed="$failed $suite/$case"; echo "!! $suite, $case"; }
    done
done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
echo "every stranger came to the end"
