#!/bin/bash
# Breaks one rule of the storage protocol at a time in a copy of the sources, and shows that the
# simulation's ordinary budget of seeds sees it. Not part of the tests: some minutes a mutation.
#
#   itests/sim/mutations.sh [name...]        all without a name; run it in the root of the sources
set -euo pipefail

engine=bundles/storage-engine/src/main/java/io/aerie/engine
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# name | file | what stands there | what takes its place
mutations() {
  cat <<'LIST'
epoch|member/Member.java|epoch >= Math.max(known, sealed.getOrDefault(volume, 0L))|epoch >= 0 * known
proposed|owner/Replica.java|return !rebuilding || awaited;|return !rebuilding;
in-flight|owner/Members.java|returner.touch(entry.block);|entry.block.hashCode();
minimum|rcd/GroupRecord.java|return copies - 1;|return 1;
LIST
}

missed=0
while IFS='|' read -r name file old new; do
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then
    continue
  fi
  rm -rf "$scratch/tree"
  mkdir "$scratch/tree"
  git ls-files -z | xargs -0 cp --parents -t "$scratch/tree"
  OLD=$old NEW=$new perl -0pi -e \
    's/\Q$ENV{OLD}\E/$ENV{NEW}/ == 1 or die "the sources have changed: $ENV{OLD}\n"' \
    "$scratch/tree/$engine/$file"
  if (cd "$scratch/tree" && mvn -o -B -q -Pquick -pl itests/sim -am verify \
    -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false) >"$scratch/output" 2>&1; then
    echo "$name: NOT SEEN"
    missed=1
  elif grep -q 'replay: mvn' "$scratch/output"; then
    echo "$name: seen, $(grep -o -m1 'seed [0-9]*, faults [A-Z_]*' "$scratch/output")"
  else
    echo "$name: no verdict"
    tail -n 20 "$scratch/output"
    missed=1
  fi
done < <(mutations)
exit $missed
