#!/bin/sh
# Writes .env (or $ENV_FILE) from .env.example with fresh secrets, once. Arguments NAME=value replace a line; a demo, which signs in far
# more often than anybody's phone does, also gets wide limits for SMS codes.
set -eu
cd "$(dirname "$0")/.."
target=${ENV_FILE:-.env}
[ ! -e "$target" ] || { echo "$target is there; nothing changed" >&2; exit 0; }
for change in "$@"; do
  grep -q "^${change%%=*}=" .env.example || { echo "${change%%=*} is not in .env.example" >&2; exit 2; }
done
for change in "$@"; do
  if [ "$change" = PLATFORM_DEMO=1 ]; then
    set -- AUTH_CODES_PER_PHONE_A_DAY=1000 AUTH_CODES_PER_ADDRESS_AN_HOUR=1000 \
        AUTH_SIGN_IN_CODES_PER_PHONE_A_DAY=1000 AUTH_SIGN_IN_CODES_PER_ADDRESS_AN_HOUR=1000 "$@"
  fi
done
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
fernet() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
umask 077
trap 'rm -f "$target.new"' EXIT
while IFS= read -r line; do
  for change in "$@"; do
    case $line in "${change%%=*}="*) line=$change ;; esac
  done
  case $line in
    PLATFORM_FIELD_KEYS=) line="$line$(fernet)" ;;
    POSTGRES_PASSWORD=|DATABASE_PASSWORD=|REDIS_PASSWORD=|PLATFORM_*_SECRET=|PLATFORM_*_KEY=) line="$line$(secret)" ;;
  esac
  printf '%s\n' "$line"
done <.env.example >"$target.new"
mv "$target.new" "$target"
