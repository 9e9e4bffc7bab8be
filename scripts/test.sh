#!/usr/bin/env bash
# Every suite, in parts; `make test` calls it after setup.sh. What it runs:
#
#   modules  fetches what Go needs, so that no part waits for the network
#   check    gofmt, vet, staticcheck
#   web      the workspace: types, lint, unit tests, build, sizes
#   unit     every package but e2e, in random order
#   e2e      the built program, driven from outside
#   screens  the workspace in Chromium, against the built program
#   faults   each deliberate fault in the access rule is found by the oracle's comparison
#   race     the concurrent packages once more under the race detector, with small worlds
#   mission  every statement that claims a proof has a test that passed just now
#
# The test events of unit and e2e are kept in build/events.json; `mission -events` reads them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
. scripts/parts.sh
export GOTOOLCHAIN=local
# As `make build` has it, so that what one part has compiled is there for the others.
export CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -trimpath"
: "${RACE_PACKAGES:?is set by the Makefile: run make test}"

# What the packages need is installed by now, so a missing server is a fault and not a reason to skip.
export DESKMESH_NEED_POSTGRES=1

events=build/events.json

# gotest ARGS...: go test with its usual output, its events added to $events. vet ran in the first part.
gotest() {
	go run ./internal/gotest -events "$events" -- -vet=off -shuffle=on "$@"
}

unit() {
	local packages
	packages=$(go list ./... | grep -v '/e2e\(/\|$\)') || return 1
	# shellcheck disable=SC2086 # one word per package
	gotest -timeout 15m $packages
}

# A proxy that fails for a moment is asked again.
modules() {
	local folder attempt
	for folder in . tools; do
		for attempt in 1 2 3; do
			if (cd "$folder" && timeout --foreground -k 30 10m go mod download); then continue 2; fi
			echo "attempt $attempt of 3 failed in $folder" >&2
			sleep $((attempt * 5))
		done
		return 1
	done
}

# listed PATTERNS...: the packages of those patterns that exist.
listed() {
	local pattern
	for pattern in "$@"; do
		if [ -d "${pattern%/...}" ]; then go list "$pattern"; fi
	done
}

e2e() {
	local packages
	packages=$(listed ./e2e/...)
	if [ -z "$packages" ]; then
		echo 'no whole-program tests in e2e'
		return 0
	fi
	# shellcheck disable=SC2086 # one word per package
	gotest -timeout 15m $packages
}

# The workspace is built before the Go packages are, which embed it.
web() {
	export DESKMESH_NEED_WEB=1
	bash scripts/web.sh install build || return 1
	(cd web && npx --no-install tsc --noEmit && npx --no-install oxlint --jsx-a11y-plugin --react-plugin --deny-warnings src e2e &&
		npx --no-install vitest run && node scripts/sizes.mjs)
}

screens() {
	make --no-print-directory build || return 1
	# It takes a third of this at worst: a browser that hangs must not keep the other parts from being told.
	(cd web && DESKMESH_EVENTS="$PWD/../$events" timeout --foreground -k 30 40m npx --no-install vitest run --config vitest.e2e.config.ts)
}

faults() {
	go test -vet=off -tags faults -run Faults -timeout 10m ./internal/oracletest
}

# Plans of statements, pairs of conditions and tickets, dumps and restores run on one goroutine; under the race detector they
# would take most of its time.
alone='Plan|TestFilters$|^TestRestore|Dump'

# SQLite, which is C made into Go, runs five times as long when each of its accesses to memory is watched. It shares none with
# the program: the driver copies what goes in and out, and its locks are those of Go, which the detector still sees. It is this
# package alone: one that makes a sync.Map or an atomic.Pointer leaves an unwatched copy of their code, which the linker may take
# for the whole program, and then the detector reports races that are none.
unwatched='modernc.org/sqlite/lib=-race=false'

race() {
	local packages
	# shellcheck disable=SC2086 # one word per pattern
	packages=$(listed $RACE_PACKAGES)
	if [ -z "$packages" ]; then
		echo "none of these exist: $RACE_PACKAGES"
		return 1
	fi
	# shellcheck disable=SC2086 # one word per package
	CGO_ENABLED=1 go test -vet=off -shuffle=on -race -gcflags="$unwatched" -short -skip "$alone" -timeout 20m $packages
}

mkdir -p build
: >"$events"

part modules modules
part web web
part check bash scripts/check.sh
part unit unit
part e2e e2e
part screens screens
part faults faults
part race race
part mission go run ./internal/mission -events "$events"
finish
