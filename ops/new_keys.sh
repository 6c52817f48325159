#!/bin/sh
# The three edits of .env (or $ENV_FILE) that a change of keys takes (docs/operations.md): `known` writes new keys behind the present ones,
# `front` puts them in front, `done` takes the former ones out, but for the signing key, which goes on verifying. Each refuses to be out of
# turn.
set -eu
cd "$(dirname "$0")/.."
file=${ENV_FILE:-.env}
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
fernet() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
index=$(sed -n 's/^PLATFORM_BLIND_INDEX_KEY=//p' "$file")
[ -n "$index" ] || { echo "PLATFORM_BLIND_INDEX_KEY: $file ?" >&2; exit 2; }
version() { case $1 in *:*) echo "${1%%:*}" ;; *) echo 1 ;; esac; }
first=$(version "${index%%,*}") last=$(version "${index##*,}")
case $index in
  *,*) [ "$first" -lt "$last" ] && turn=front || turn=done ;;
  *) turn=known ;;
esac
[ "${1:-}" = "$turn" ] || { echo "现在应执行 ops/new_keys.sh $turn，什么都没有改动 · It is the turn of $turn; nothing was changed" >&2; exit 2; }
umask 077
trap 'rm -f "$file.new"' EXIT
while IFS= read -r line; do
  name=${line%%=*} value=${line#*=}
  case $name in
    PLATFORM_FIELD_KEYS) new=$(fernet) ;;
    PLATFORM_BLIND_INDEX_KEY) new=$((last % 255 + 1)):$(secret) ;;
    PLATFORM_SIGNING_KEY|PLATFORM_INTERNAL_SECRET) new=$(secret) ;;
    *) new= ;;
  esac
  [ -z "$new" ] || case $turn in
    known) line=$name=$value,$new ;;
    front) line=$name=${value##*,},${value%,*} ;;
    done) [ "$name" = PLATFORM_SIGNING_KEY ] || line=$name=${value%%,*} ;;
  esac
  printf '%s\n' "$line"
done <"$file" >"$file.new"
mv "$file.new" "$file"
