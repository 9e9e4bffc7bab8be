#!/usr/bin/env bash
# The long proofs: every package that has a test named TestProve..., one after the other, with DESKMESH_PROVE=1.
# `make prove` calls it after setup.sh. A name or a part of one narrows it: RUN=ProveKill make prove
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
. scripts/parts.sh
export GOTOOLCHAIN=local DESKMESH_PROVE=1 DESKMESH_NEED_POSTGRES=1

folders=()
[ -d internal ] && folders+=(internal)
[ -d e2e ] && folders+=(e2e)
proofs=$(grep -rlE '^func TestProve' --include='*_test.go' "${folders[@]}" | xargs -r -n 1 dirname | sort -u)
if [ -z "$proofs" ]; then
	echo 'prove: no test is named TestProve...'
	exit 1
fi

for folder in $proofs; do
	part "$folder" go test -vet=off -count=1 -v -timeout 6h -run "${RUN:-Prove}" "./$folder"
done
finish
