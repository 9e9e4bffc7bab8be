#!/usr/bin/env bash
# Sees to what the tests need beyond Go and its modules.
#
#   scripts/setup.sh [make] [compiler] [postgres] [browser] [peers]
#
# Without a word it sees to what `make test` needs: compiler, postgres and browser. The peers are Dovecot and Postfix,
# which `make prove` speaks to. As root on Debian (or a system made from it) it installs what is missing; elsewhere it
# says what to install and fails. What is there already is left alone, but that a lighter browser is asked for beside a
# whole one. No database cluster is created and no service is started: the tests run servers of their own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

have_make() { command -v make >/dev/null; }

# The race detector links C, so it needs a compiler that also finds the C library's headers.
have_compiler() {
	command -v gcc >/dev/null && printf '#include <stdlib.h>\n' | gcc -E -x c - -o /dev/null 2>/dev/null
}

have_postgres() {
	local dir
	if command -v initdb >/dev/null && command -v postgres >/dev/null; then return 0; fi
	for dir in /usr/lib/postgresql/*/bin; do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then return 0; fi
	done
	return 1
}

# Dovecot for mailboxes and Postfix in between; the proofs start both in folders of their own.
have_peers() {
	[ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ] && [ -x /usr/lib/dovecot/lmtp ] && [ -x /usr/lib/postfix/sbin/master ]
}

# Chromium without anything to show it in, which takes half the processors' time of the whole one.
headless=/usr/lib/chromium/chromium-headless-shell

# Without its fonts a page is wider or narrower than it was drawn. Elsewhere than on Debian they lie in other folders.
have_browser() {
	[ -x "$headless" ] || command -v chromium >/dev/null || return 1
	! command -v apt-get >/dev/null || { [ -d /usr/share/fonts/truetype/dejavu ] && [ -d /usr/share/fonts/truetype/noto ]; }
}

# headless_or_whole names the package of the browser: the whole one where the headless one is not known.
headless_or_whole() {
	if command -v apt-cache >/dev/null && apt-cache show chromium-headless-shell >/dev/null 2>&1; then echo chromium-headless-shell; else echo chromium; fi
}

# Where the whole browser is there already, the headless one is asked for once, and done without if it does not come.
lighter_browser() {
	local apt=(apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Dpkg::Use-Pty=0) install=(install -y --no-install-recommends chromium-headless-shell)
	if [ -x "$headless" ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return 0; fi
	echo 'setup: asking for the lighter browser'
	# Only what fetches is given a time: an installation that is cut off leaves the machine's own unfinished.
	if ! { timeout -k 5 120 "${apt[@]}" update && timeout -k 5 180 "${apt[@]}" --download-only "${install[@]}" &&
		DEBIAN_FRONTEND=noninteractive "${apt[@]}" --no-download "${install[@]}"; } </dev/null >/dev/null 2>&1; then
		echo 'setup: it did not come, and the whole one serves'
	fi
}

packages_for() {
	case $1 in
	make) echo make ;;
	compiler) echo gcc libc6-dev ;;
	postgres) echo postgresql ;;
	browser) echo "$(headless_or_whole)" fonts-dejavu-core fonts-noto-core ;;
	peers) echo dovecot-imapd dovecot-lmtpd postfix ;;
	esac
}

# A machine that was just started may be installing on its own: its lock is waited for. A mirror that says nothing is not.
apt() {
	DEBIAN_FRONTEND=noninteractive timeout --foreground -k 30 15m apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=30 \
		-o Dpkg::Use-Pty=0 -qq "$@" </dev/null
}

# retry COMMAND...: a mirror that fails for a moment is asked again, three times in all.
retry() {
	local attempt
	for attempt in 1 2 3; do
		if "$@"; then return 0; fi
		echo "setup: attempt $attempt of 3 failed: $*" >&2
		sleep $((attempt * 5))
	done
	return 1
}

# Debian creates and starts a cluster on port 5432 when the server's package arrives. While the installation runs,
# a drop-in says not to; it goes away again, so that the machine's own later clusters are made as usual.
without_cluster() {
	local folder=/etc/postgresql-common/createcluster.d
	local dropin=$folder/deskmesh-setup.conf status=0
	mkdir -p "$folder"
	echo 'create_main_cluster = false' >"$dropin"
	"$@" || status=$?
	rm -f "$dropin"
	return "$status"
}

# Debian starts a mail server when its package arrives. While the installation runs, a policy says not to, where the
# machine has none of its own; and Postfix is left without a configuration, so that it does not start later either.
without_services() {
	local policy=/usr/sbin/policy-rc.d status=0 ours=
	if [ ! -e "$policy" ]; then
		ours=yes
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
	"$@" || status=$?
	[ -z "$ours" ] || rm -f "$policy"
	return "$status"
}

# Go itself is not installed here: Debian's is older than the go line of go.mod asks for.
check_go() {
	local want have
	want=$(awk '$1 == "go" { print $2 }' go.mod)
	if ! command -v go >/dev/null; then
		echo "setup: Go $want or newer is needed: https://go.dev/dl/" >&2
		return 1
	fi
	have=$(GOTOOLCHAIN=local go env GOVERSION)
	have=${have#go}
	if [ "$(printf '%s\n' "$want" "${have%%[- ]*}" | sort -V | head -n 1)" != "$want" ]; then
		echo "setup: Go $want or newer is needed, this is $have: https://go.dev/dl/" >&2
		return 1
	fi
}

# Node is not installed here either: Debian's own may be too old, and people have it from elsewhere.
check_node() {
	if ! command -v node >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
		echo "setup: Node 20.19 or newer is needed for the agents' workspace and its tests: https://nodejs.org/" >&2
		return 1
	fi
}

main() {
	local need missing=()
	[ $# -gt 0 ] || set -- compiler postgres browser
	for need in "$@"; do
		if [ -z "$(packages_for "$need")" ]; then
			echo "setup: unknown word: $need" >&2
			return 2
		fi
		if ! "have_$need"; then missing+=("$need"); fi
	done
	if [ -z "${DESKMESH_SETUP_INSTALLS:-}" ]; then
		check_go
		case " $* " in *" browser "*) check_node ;; esac
	fi
	if [ ${#missing[@]} -gt 0 ]; then install "$@"; fi
	case " $* " in *" browser "*) lighter_browser ;; esac
}

# all_packages WORDS...: the packages of several words, on one line.
all_packages() {
	local need
	for need in "$@"; do packages_for "$need"; done | tr '\n' ' '
}

# install WORDS...: what is missing for these words.
install() {
	if [ "$(id -u)" -ne 0 ] && command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
		# Only what installs: Go and Node were looked for with the caller's PATH.
		sudo -n env DESKMESH_SETUP_INSTALLS=1 bash scripts/setup.sh "$@"
		return
	fi
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "setup: please install what is missing. On Debian: sudo apt-get install $(all_packages "${missing[@]}")" >&2
		echo "setup: elsewhere the same things by their names there: make, a C compiler, the PostgreSQL server, Chromium, Dovecot, Postfix." >&2
		return 1
	fi
	retry apt update
	local need packages
	read -ra packages <<<"$(all_packages "${missing[@]}")" # named now: some depend on what the mirror has
	echo "setup: installing ${packages[*]}"
	without_cluster without_services retry apt install -y --no-install-recommends "${packages[@]}"
	for need in "${missing[@]}"; do
		if ! "have_$need"; then
			echo "setup: ${packages[*]} went in, and $need is still missing" >&2
			return 1
		fi
	done
}

main "$@"
