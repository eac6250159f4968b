# A cluster of three nodes that benchmarks have for themselves, in $work/cluster. Sourced; needs root, work.

aerie() { "$root/aerie" "$@" --dir "$work/cluster"; }

# cluster_up [OPTION…]: sets node_urls, node_pids; what the nodes say of themselves goes to $work/status.json.
cluster_up() {
  aerie up --disks 1 "$@" >"$work/up.log" 2>&1 || { cat "$work/up.log" >&2; exit 1; }
  aerie status --json >"$work/status.json"
  # shellcheck disable=SC2034 # for who sources this
  node_urls=$(jq -r '[.nodes[].rest | sub("/$"; "") | if startswith("http") then . else "https://" + . end] | join(",")' "$work/status.json")
  # shellcheck disable=SC2034
  node_pids=$(jq -r '[.nodes[].pid] | join(",")' "$work/status.json")
}

# cluster_start: with small disks; an administrator's token goes to $work/token.
cluster_start() {
  local credentials=$work/cluster/credentials
  cluster_up --disk-size 1G
  curl --silent --fail --cacert "$work/cluster/ca.pem" --config <(printf 'user = "%s"\n' "$(paste -sd: "$credentials")") \
    --header 'Content-Type: application/json' --data '{"name":"bench","validity":"1d"}' \
    "${node_urls%%,*}/api/v1/tokens" | jq -r .token >"$work/token"
}

# cluster_end STATUS NAME: it is gone; what nodes said is kept in $results/NAME-logs when something failed.
cluster_end() {
  local log
  if [ "$1" -ne 0 ] && [ -d "$work/cluster/n1/log" ]; then
    rm -rf "${results:?}/$2-logs"
    mkdir -p "$results/$2-logs"
    for log in "$work"/cluster/n*/log; do cp -r "$log" "$results/$2-logs/$(basename "$(dirname "$log")")"; done
    echo "bench $2: failed; the nodes' logs are in $results/$2-logs" >&2
  fi
  aerie down --wipe >/dev/null 2>&1 || true
}
