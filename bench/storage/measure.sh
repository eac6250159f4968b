# One job of fio against one system, and what the system's processes took for it. Sourced; needs work, seconds, systems.

# fio_run SYSTEM PROTECTION SECONDS LOG RW BLOCK DEPTH [OPTION…]: fio's JSON goes to LOG. What hangs is ended and a failure.
fio_run() {
  local system=$1 protection=$2 runtime=$3 log=$4 status=0
  local -a client
  mapfile -t client < <("${system}_client" "$protection" "$5")
  timeout --foreground $((runtime * 3 + 120)) fio --name=bench "${client[@]}" --rw="$5" --bs="$6" --iodepth="$7" --size=1g --output-format=json \
    --output="$log" "${@:8}" >"$log.out" 2>&1 || status=$?
  if [ "$status" -ne 0 ] || ! fio_json "$log" | jq -e '.jobs[0].error == 0' >/dev/null; then
    tail -n 20 "$log.out" >&2
    [ ! -s "$log" ] || head -n 20 "$log" >&2
    fail "fio $5 $6 of $system $protection failed with status $status$([ "$status" -ne 124 ] || printf ': it did not end')"
  fi
}

# fio writes notes before its JSON.
fio_json() { sed -n '/^{/,$p' "$1"; }

# fill SYSTEM PROTECTION: each byte once, since an unwritten block is read without a disk.
fill() { fio_run "$1" "$2" 160 "$work/fill.json" write 4m 8; }

# cpu_ticks PID…: processor time of all threads so far, of all these processes.
cpu_ticks() {
  local pid
  for pid in "$@"; do sed 's/.*) //' "/proc/$pid/stat"; done | awk '{ ticks += $12 + $13 } END { print ticks + 0 }'
}

# Of all processors: everything but idle and waiting for disks.
busy_ticks() { awk '$1 == "cpu" { print $2 + $3 + $4 + $7 + $8 }' /proc/stat; }

# resident_mib PID…: a JSON array.
resident_mib() {
  local pid
  for pid in "$@"; do awk '$1 == "VmRSS:" { print int($2 / 1024) }' "/proc/$pid/status"; done | jq -sc .
}

# warm_up SYSTEM PROTECTION SECONDS: the systems were started just before; nothing of it is counted.
warm_up() {
  fio_run "$1" "$2" "$3" "$work/warm.json" randwrite 4k 32 --time_based --runtime="$3"
  fio_run "$1" "$2" "$3" "$work/warm.json" randread 4k 32 --time_based --runtime="$3"
}

# measure SYSTEM PROTECTION JOB ROUND: one line of JSON. JOB is an object of jobs.json. Processor time and busy cores are
# of fio's whole run, its start included.
measure() {
  local system=$1 job=$3 pids servers busy began took_ms memory rw block depth log=$work/fio.json
  read -r rw block depth < <(jq -r '"\(.rw) \(.block) \(.depth)"' <<<"$job")
  read -ra pids < <("${system}_pids"; echo)
  # caches, connections and the compiler see the job before it counts
  fio_run "$system" "$2" 1 "$log" "$rw" "$block" "$depth" --time_based --runtime=1
  servers=$(cpu_ticks "${pids[@]}") busy=$(busy_ticks) began=$(now_ms)
  # from a request's making to its answer: an engine may have done the work before it says that it was submitted
  fio_run "$system" "$2" "$seconds" "$log" "$rw" "$block" "$depth" --time_based --runtime="$seconds" \
    --clat_percentiles=0 --lat_percentiles=1 --percentile_list=50:99
  servers=$(($(cpu_ticks "${pids[@]}") - servers)) busy=$(($(busy_ticks) - busy)) took_ms=$(($(now_ms) - began))
  read -ra pids < <("${system}_memory_pids"; echo)
  memory=$(resident_mib "${pids[@]}")
  fio_json "$log" | jq -c --arg system "$system" --arg protection "$2" --argjson job "$job" --argjson round "$4" \
    --argjson servers_s "$(ticks_to_seconds "$servers")" --argjson busy_s "$(ticks_to_seconds "$busy")" --argjson took_ms "$took_ms" --argjson rss_mib "$memory" '
    .jobs[0] | (if .read.total_ios > 0 then .read else .write end) as $seen
    | {system: $system, protection: $protection, job: $job.job, round: $round, iops: $seen.iops, mb_per_s: ($seen.bw_bytes / 1e6),
       p50_us: ($seen.lat_ns.percentile["50.000000"] / 1e3), p99_us: ($seen.lat_ns.percentile["99.000000"] / 1e3),
       longest_us: ($seen.lat_ns.max / 1e3), operations: $seen.total_ios,
       cpu_s_per_1000: (if $system == "raw" then null else $servers_s * 1000 / $seen.total_ios end),
       busy_cores: ($busy_s * 1e3 / $took_ms), rss_mib: $rss_mib}
    | map_values(if type == "number" then . * 1e4 | round / 1e4 else . end)'
}

ticks_to_seconds() { awk -v ticks="$1" -v rate="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", ticks / rate }'; }

# wait_until SECONDS WHAT COMMAND…
wait_until() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "gave up waiting for $what"
    read -r -t 0.3 <> <(:) || true
  done
}
