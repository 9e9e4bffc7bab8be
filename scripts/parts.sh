# shellcheck shell=bash
# Sourced by test.sh and prove.sh: runs the parts of a run one after the other and tells the seconds of each.

# The same zone and the same words everywhere, whatever the machine is set to: the browser takes its zone from here.
export TZ=UTC LC_ALL=C.UTF-8

part_lines=()
failed_parts=()
mkdir -p build/log

# Who stops reading the output does not end the run; the parts find the signal as they expect it.
trap '' PIPE

# roomy FOLDER: whether programs of some hundred megabytes can be built there, and started.
roomy() {
	local try status=1
	[ "$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')" -ge 3000000 ] 2>/dev/null || return 1
	try=$(mktemp "$1/deskmesh-try.XXXXXX" 2>/dev/null) || return 1
	printf '#!/bin/sh\n' >"$try" && chmod 700 "$try" && "$try" 2>/dev/null && status=0
	rm -f "$try"
	return "$status"
}

# A /tmp that is small, or mounted noexec, gives way to a folder that serves. Sockets lie there too: its path is short.
if ! roomy "${TMPDIR:-/tmp}"; then
	mkdir -p build/tmp
	for folder in /tmp /var/tmp "$PWD/build/tmp"; do
		if roomy "$folder"; then
			export TMPDIR=$folder
			break
		fi
	done
	echo "temporary files go to ${TMPDIR:-/tmp}"
fi

# ticking NAME: a line every minute, for those who take a silent run for a dead one. It waits without a process of its own,
# which would outlive it, and ends with the run.
ticking() {
	local start=$SECONDS nothing
	while ! read -rt 60 nothing && kill -0 $$ 2>/dev/null; do
		printf '.. %s, %d s\n' "$1" $((SECONDS - start)) 2>/dev/null || return
	done <> <(:)
}
ticker=
trap '[ -z "$ticker" ] || kill "$ticker" 2>/dev/null' EXIT

# part NAME COMMAND...: a part that fails does not stop the next ones; finish reports it.
part() {
	local name=$1 start=$SECONDS status=0 word=ok
	shift
	printf '\n== %s\n' "$name"
	ticking "$name" &
	ticker=$!
	(trap - PIPE && "$@") 2>&1 | tee -p "build/log/${name//\//-}.txt"
	status=${PIPESTATUS[0]}
	kill "$ticker" 2>/dev/null
	wait "$ticker" 2>/dev/null
	ticker=
	# What timeout gives for a command that it ended.
	if [ "$status" -eq 124 ]; then echo 'FAIL: it took too long and was ended' | tee -p -a "build/log/${name//\//-}.txt"; fi
	if [ "$status" -ne 0 ]; then
		word=FAILED
		failed_parts+=("$name")
	fi
	part_lines+=("$(printf '%6d s  %-6s  %s' $((SECONDS - start)) "$word" "$name")")
}

# findings NAME: the lines of a part's output that tell what failed in it. The whole output is in build/log.
findings() {
	printf '\n== what failed in %s\n' "$1"
	sed 's/\x1b\[[0-9;]*m//g' "build/log/${1//\//-}.txt" | grep -E '^ *(--- FAIL|FAIL|panic:|WARNING: DATA RACE|[A-Za-z]*Error:|over )' | awk '!seen[$0]++' | cut -c1-300 | tail -n 25
}

# finish: prints the parts with their seconds, and fails where one of them failed.
finish() {
	printf '\n== seconds\n'
	printf '%s\n' "${part_lines[@]}"
	printf '%6d s  in all\n' "$SECONDS"
	if [ ${#failed_parts[@]} -gt 0 ]; then
		printf 'failed: %s\n' "${failed_parts[@]}"
		local name
		for name in "${failed_parts[@]}"; do findings "$name"; done
		return 1
	fi
}
