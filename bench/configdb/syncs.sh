# How often the processes of a database ask for stable storage for each put. Sourced; needs work, load.

# syncs DATABASE PIDS: one line of JSON with the syncs of all three together for each put of 64 clients, or with why they
# weren't counted.
syncs() {
  local pid out=$work/strace.${1//\//-} strace
  local -a attach=()
  for pid in ${2//,/ }; do attach+=(-p "$pid"); done
  # one -f for all threads; strace says on its error output which process it has, and why not another
  strace -f -c -o "$out" -e trace=fsync,fdatasync,msync,sync_file_range "${attach[@]}" 2>"$out.errors" &
  strace=$!
  if ! syncs_attached "$strace" "$out.errors" "$2"; then
    kill -INT "$strace" 2>/dev/null || true
    wait "$strace" || true
    syncs_uncounted "$1" "$out.errors" 'strace did not attach'
    return 0
  fi
  load "$1" put 64 5 2 >"$work/traced.json"
  if ! kill -INT "$strace" 2>/dev/null; then
    wait "$strace" || true
    syncs_uncounted "$1" "$out.errors" 'strace ended before the load'
    return 0
  fi
  # it ends by the signal that it was sent
  wait "$strace" || true
  if ! grep -Eq 'f(data)?sync' "$out"; then
    syncs_uncounted "$1" "$out.errors" 'strace saw no sync'
    return 0
  fi
  # what strace counts includes the warm-up, and so does what was acknowledged
  jq -c --argjson calls "$(awk '$NF ~ /sync/ { calls += $4 } END { print calls + 0 }' "$out")" \
    '{database, what: "syncs of a put, traced", clients, per_operation: ($calls / .acknowledged * 100 | round / 100),
      puts_per_second: .per_second}' "$work/traced.json"
}

# syncs_attached STRACE ERRORS PIDS: waits until strace has each process, or has ended.
syncs_attached() {
  local pid tries
  for pid in ${3//,/ }; do
    for ((tries = 0; tries < 150; tries++)); do
      ! grep -q "Process $pid attached" "$2" || continue 2
      kill -0 "$1" 2>/dev/null || return 1
      read -r -t 0.2 <> <(:) || true
    done
    return 1
  done
}

# syncs_uncounted DATABASE ERRORS WHAT
syncs_uncounted() {
  local why
  why="$3: $(grep -Ev 'Process [0-9]+ (attached|detached)' "$2" | sort -u | head -n 3 | paste -sd ';')"
  echo "bench configdb: the syncs of $1 were not counted: $why" >&2
  jq -nc --arg database "$1" --arg why "$why" '{database: $database, what: "syncs of a put, traced", why: $why}'
}
