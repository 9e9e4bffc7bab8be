#!/usr/bin/env bash
# What is checked without running anything: format, vet, staticcheck.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export GOTOOLCHAIN=local

status=0

unformatted=$(find . -name '*.go' -not -path './web/node_modules/*' -not -path './data/*' -print0 | xargs -0 gofmt -l) || status=1
if [ -n "$unformatted" ]; then
	printf 'gofmt would change:\n%s\n' "$unformatted"
	status=1
fi

go vet ./... || status=1

# The linters live in a module of their own, so that their dependencies never enter the program's.
go tool -modfile=tools/go.mod staticcheck ./... || status=1

exit "$status"
