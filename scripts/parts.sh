# shellcheck shell=bash
# Sourced by test.sh and prove.sh: runs the parts of a run one after the other and tells the seconds of each.

part_lines=()
failed_parts=()

# part NAME COMMAND...: a part that fails does not stop the next ones; finish reports it.
part() {
	local name=$1 start=$SECONDS status=0 word=ok
	shift
	printf '\n== %s\n' "$name"
	"$@" || status=$?
	if [ "$status" -ne 0 ]; then
		word=FAILED
		failed_parts+=("$name")
	fi
	part_lines+=("$(printf '%6d s  %-6s  %s' $((SECONDS - start)) "$word" "$name")")
}

# finish: prints the parts with their seconds, and fails where one of them failed.
finish() {
	printf '\n== seconds\n'
	printf '%s\n' "${part_lines[@]}"
	printf '%6d s  in all\n' "$SECONDS"
	if [ ${#failed_parts[@]} -gt 0 ]; then
		printf 'failed: %s\n' "${failed_parts[@]}"
		return 1
	fi
}
