# test: all tiers, or one. Each prints what it runs and adds to the counts; the last line is the sum.

tiers=(unit sim karaf cluster)
# Only when asked for: the faults take half an hour, conformance is about one protocol, images are emulated.
tiers_asked=(faults conformance image)
passed=0 failed=0 skipped=0
summary=()
# Set by the first tier that has compiled all modules: the next ones take them as they are.
compiled=()

command_test() {
  local tier wanted=${arguments[0]:-}
  local -a rest_of=("${arguments[@]:1}")
  [[ " ${tiers[*]} ${tiers_asked[*]} " == *" ${wanted:-unit} "* ]] ||
    fail "no tier '$wanted'; there are: ${tiers[*]} ${tiers_asked[*]}" 2
  need_tools "$tools_run $tools_build $tools_unit"
  [ -z "$wanted" ] || tiers=("$wanted")
  for tier in "${tiers[@]}"; do run_tier "$tier"; done
  say ""
  printf '%s\n' "${summary[@]}"
  say "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped")"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# run_tier TIER: a tier whose programs fail without a counted failure (a build that breaks) counts as one failure.
run_tier() {
  local before_passed=$passed before_failed=$failed before_skipped=$skipped began status=0
  began=$(now_ms)
  step "Tier $1"
  marker=$(mktemp)
  "tier_$1" || status=$?
  rm -f "$marker"
  [ "$status" -eq 0 ] || [ "$failed" -gt "$before_failed" ] || failed=$((failed + 1))
  [ "$passed" -gt "$before_passed" ] || [ "$failed" -gt "$before_failed" ] || failed=$((failed + 1))
  summary+=("$(printf '%-8s %5d passed %4d failed %4d skipped %5d s' "$1:" $((passed - before_passed)) \
    $((failed - before_failed)) $((skipped - before_skipped)) $((($(now_ms) - began) / 1000)))")
}

# Every module with all checks (format, style, error-prone, floors); the tests tagged sim, and the container, apart.
# Two modules at a time: the longest ones, with the replicated logs, wait most of their time.
tier_unit() {
  maven_tier verify -T 2 -pl '!itests/karaf,!itests/sim' || return
  # Without this Maven compiles each module again whenever a jar that it needs was packed again, which is always.
  compiled=(-Dmaven.compiler.useIncrementalCompilation=false)
}

# The storage core in simulated time: seeds, scenarios, mutations. With --seeds or --seed seeds alone, as many as wanted.
tier_sim() {
  if [ -n "$opt_seeds$opt_seed" ]; then
    progress_of='^sim: ' maven_tier verify -Pquick -pl itests/sim -am -Dtest=io.aerie.sim.SimulationTest \
      -Dsurefire.failIfNoSpecifiedTests=false "-Daerie.sim.seeds=${opt_seeds:-1}" "-Daerie.sim.first=${opt_seed:-0}"
  else
    maven_tier verify -pl itests/sim -am -Dtest='io/aerie/sim/**/*Test' -Dsurefire.failIfNoSpecifiedTests=false
  fi
}

# The container's tests run on the packaged distribution; the unit tests of what it is made of are not run again.
tier_karaf() {
  maven_tier verify -Pquick -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false -pl itests/karaf -am
}

tier_cluster() {
  need_tools "$tools_clients $tools_faulty_disk"
  ensure_distribution
  script_tier "$root/itests/cluster/run"
}

# The distribution is built before: inside the suite's namespaces there is no network.
tier_faults() {
  need_tools "$tools_faults"
  ensure_distribution
  script_tier "$root/itests/faults/run" "${rest_of[@]}"
}

# An initiator's test suite against a cluster of its own.
tier_conformance() {
  need_tools "$tools_clients"
  ensure_distribution
  script_tier "$root/itests/conformance/run"
}

# The ISO and the OVA in emulated machines.
tier_image() {
  need_tools "$tools_clients $tools_image $tools_ova /usr/share/OVMF/OVMF_CODE.fd:ovmf"
  ensure_distribution
  make_iso
  make_ova
  script_tier "$root/itests/image/run" "$iso" "$ova"
}

# script_tier COMMAND…: one that prints a closing line 'N passed, N failed[, N skipped]'.
script_tier() {
  local out status=0 line
  [ -x "$1" ] || fail "$1 is missing"
  out=$(mktemp)
  "$@" 2>&1 | tee "$out" || status=$?
  line=$(grep -E '^([a-z]+: )?[0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1)
  rm -f "$out"
  passed=$((passed + $(count_in "$line" passed)))
  failed=$((failed + $(count_in "$line" failed)))
  skipped=$((skipped + $(count_in "$line" skipped)))
  return "$status"
}

# count_in LINE WORD: the number before the word, 0 when the word isn't there.
count_in() {
  if [[ $1 =~ ([0-9]+)\ $2 ]]; then echo "${BASH_REMATCH[1]}"; else echo 0; fi
}

# maven_tier ARGUMENTS…: runs Maven and counts what the reports of this run say. Lines that progress_of matches are
# shown as they come.
maven_tier() {
  local status=0 log
  mkdir -p "$root/.aerie/test"
  log=$root/.aerie/test/$tier.log
  if [ -n "${progress_of:-}" ]; then
    { (cd "$root" && mvn -B -ntp --fail-at-end "${compiled[@]}" "$@") || status=$?; echo "$status" >"$log.status"; } 2>&1 | tee "$log" | grep --line-buffered -E "$progress_of" || true
    status=$(<"$log.status")
  else
    (cd "$root" && mvn -B -ntp --fail-at-end "${compiled[@]}" "$@") >"$log" 2>&1 || status=$?
  fi
  grep -E '^\[(ERROR|WARNING)\] |Tests run:.*Time elapsed|^\[INFO\] (BUILD|Reactor Summary|Aerie.*(SUCCESS|FAILURE|SKIPPED))' "$log" |
    grep -vE '^\[ERROR\] *$' | cut -c 1-400 || true
  [ "$status" -eq 0 ] || progress "all that Maven said: $log"
  count_reports
  return "$status"
}

# Surefire's and Failsafe's reports that are newer than the tier's begin.
count_reports() {
  local counts
  counts=$(find "$root"/bundles "$root"/itests -path '*-reports/TEST-*.xml' -newer "$marker" -print0 | xargs -0 -r grep -hm1 '<testsuite ' |
    awk '
      function of(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
      { tests += of("tests"); bad += of("failures") + of("errors"); skips += of("skipped") }
      END { print tests - bad - skips, bad + 0, skips + 0 }')
  read -r p f s <<<"$counts"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}
