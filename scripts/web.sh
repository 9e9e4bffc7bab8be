#!/usr/bin/env bash
# Builds the workspace into web/dist, where the Go program embeds it.
#
#   scripts/web.sh [install] [build]
#
# Without a word it does both. install runs npm when the lock file changed since it last did; build makes the API's
# types from api/openapi.yaml and runs Vite, when a source is newer than what it made. Without Node it says so and
# leaves the program with the notice in place of the workspace.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../web"

have_node() {
	command -v node >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# Only one at a time: two builds into one folder would spoil each other.
exec 9>.lock
flock 9

install() {
	local mark=node_modules/.installed
	if [ -f "$mark" ] && cmp -s "$mark" package-lock.json; then return 0; fi
	timeout --foreground -k 30 15m npm ci --fetch-retries=5 --no-audit --no-fund --loglevel=error
	cp package-lock.json "$mark"
}

build() {
	local mark=dist/.built
	if [ -f "$mark" ] && [ -f dist/index.html ] &&
		[ -z "$(find src ../locales/web ../internal/site/assets/tokens.css ../api/openapi.yaml index.html package-lock.json vite.config.ts tsconfig.json -newer "$mark" -type f -not -name schema.d.ts -print -quit)" ]; then
		return 0
	fi
	touch node_modules/.began
	npx --no-install openapi-typescript ../api/openapi.yaml -o src/api/schema.d.ts >/dev/null
	npx --no-install vite build --logLevel warn
	touch -r node_modules/.began "$mark"
}

if ! have_node; then
	echo "web: Node 20.19 or newer is needed for the agents' workspace; the rest is built without it." >&2
	exit "${DESKMESH_NEED_WEB:-0}"
fi
[ $# -gt 0 ] || set -- install build
for word in "$@"; do "$word"; done
