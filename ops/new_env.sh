#!/bin/sh
# Writes .env from .env.example with fresh secrets, once. Arguments NAME=value replace a line.
set -eu
cd "$(dirname "$0")/.."
[ ! -e .env ] || { echo ".env is there; nothing changed" >&2; exit 0; }
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
fernet() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
umask 077
while IFS= read -r line; do
  name=${line%%=*}
  for change in "$@"; do [ "${change%%=*}" = "$name" ] && line=$change; done
  case $line in
    PLATFORM_FIELD_KEYS=) line="$line$(fernet)" ;;
    POSTGRES_PASSWORD=|REDIS_PASSWORD=|PLATFORM_*_SECRET=|PLATFORM_*_KEY=) line="$line$(secret)" ;;
  esac
  printf '%s\n' "$line"
done <.env.example >.env
