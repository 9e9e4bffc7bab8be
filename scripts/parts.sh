# shellcheck shell=bash
# Sourced by test.sh and prove.sh: runs the parts of a run one after the other and tells the seconds of each.

# The same zone and the same words everywhere, whatever the machine is set to: the browser takes its zone from here.
export TZ=UTC LC_ALL=C.UTF-8

part_lines=()
failed_parts=()
mkdir -p build/log

# part NAME COMMAND...: a part that fails does not stop the next ones; finish reports it.
part() {
	local name=$1 start=$SECONDS status=0 word=ok
	shift
	printf '\n== %s\n' "$name"
	"$@" 2>&1 | tee "build/log/${name//\//-}.txt"
	status=${PIPESTATUS[0]}
	# What timeout gives for a command that it ended.
	if [ "$status" -eq 124 ]; then echo 'FAIL: it took too long and was ended' | tee -a "build/log/${name//\//-}.txt"; fi
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
