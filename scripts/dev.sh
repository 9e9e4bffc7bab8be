#!/usr/bin/env bash
# The demo from source beside Vite, which shows a change of the workspace at once: open the address that Vite prints.
# Ctrl-C ends both.
#
#   scripts/dev.sh PROGRAM FLAGS...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/web.sh install
(cd web && npx --no-install openapi-typescript ../api/openapi.yaml -o src/api/schema.d.ts >/dev/null)

log=$(mktemp)
"$@" > >(tee "$log") &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -f "$log"' EXIT
until address=$(sed -n 's/^ready //p' "$log") && [ -n "$address" ]; do
	kill -0 "$server" || exit 1
	sleep 0.2
done
cd web
DESKMESH_DEV_SERVER=$address npx --no-install vite
