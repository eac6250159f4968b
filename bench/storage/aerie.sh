# Three Aerie nodes with one disk each, as `./aerie up` makes them. Sourced; needs root, work, protections, cluster.sh.

aerie_name() { printf 'bench-%s' "${1/+/-}"; }

# aerie_start: from the second time on on the data of before.
aerie_start() {
  cluster_up --disk-size 8G
  aerie_uri=nbd://$(jq -r '.nodes[0].nbd' "$work/status.json")
  local protection
  for protection in "${protections[@]}"; do
    aerie sh 'volume:list --json' | jq -e --arg name "$(aerie_name "$protection")" 'any(.[]; .name == $name)' >/dev/null || {
      aerie sh "volume:create --size 1G --protection $protection $(aerie_name "$protection")" >/dev/null
      fill aerie "$protection"
    }
  done
  wait_until 120 "Aerie's volumes to be healthy" aerie_healthy
}

aerie_healthy() { aerie sh 'volume:list --json' | jq -e 'all(.state == "healthy")' >/dev/null; }

aerie_stop() { aerie down >"$work/down.log" 2>&1 || { cat "$work/down.log" >&2; return 1; }; }

aerie_pids() { printf '%s' "${node_pids//,/ }"; }

# Nodes are alike.
aerie_memory_pids() { aerie_pids; }

# aerie_client PROTECTION RW: fio's engine and its target, a word a line. Nothing is buffered on this side; a write is
# answered when it is durable on all members.
aerie_client() { printf '%s\n' --ioengine=nbd "--uri=$aerie_uri/$(aerie_name "$1")"; }
