# up: from nothing to a healthy cluster. Every step looks first whether it is done, so that running it again, or after
# it was broken off, is harmless.

# How long things may take, seconds. A loaded machine with two cores needs half a minute for three nodes.
up_seconds=${AERIE_UP_SECONDS:-180}

command_up() {
  local node started
  started=$(now_ms)
  need_tools "$tools_run"
  mkdir -p "$dir"
  chmod 700 "$dir"
  lock_folder
  ensure_distribution
  remember_shape
  choose_distribution
  for node in $(node_names); do
    choose_ports "$dir/$node"
    write_configuration "$node"
  done
  step "Starting $(setting nodes) nodes in $dir"
  for node in $(node_names); do
    node_pid "$node" >/dev/null || start_node "$node"
  done
  take_credentials
  wait_healthy n1
  admit_others
  for node in $(node_names); do wait_healthy "$node"; done
  add_disks
  make_pool
  for node in $(node_names); do
    wait_healthy "$node"
    pin_host_key "$node"
  done
  progress "healthy after $((($(now_ms) - started) / 1000)) s"
  how_to_talk
}

# remember_shape: the first `up` decides; a later one may add nodes and disks, not take them away.
remember_shape() {
  local name new old
  for name in nodes disks; do
    [ "$name" = nodes ] && new=$opt_nodes || new=$opt_disks
    old=$(setting "$name")
    [ "${new:-9999}" -ge "${old:-0}" ] || fail "$dir has $old $name; './aerie down --wipe' first, to have $new" 2
    [ -n "$new" ] || new=${old:-$([ "$name" = nodes ] && echo 3 || echo 2)}
    remember "$name" "$new"
  done
  remember disk_size "${opt_disk_size:-$(setting disk_size | grep . || echo 8G)}"
}

# choose_distribution: a cluster of which a node runs keeps its version.
choose_distribution() {
  local node
  for node in $(node_names); do
    if [ -e "$dir/$node/pid" ] && node_pid "$node" >/dev/null; then
      home=$(current_home)
      [ "$(setting version)" = "$version" ] ||
        progress "running nodes keep version $(setting version); 'down' and 'up' change to $version"
      return
    fi
  done
  unpack_distribution
}

# wait_for SECONDS NODE WHAT COMMAND…: until COMMAND succeeds; the node's death or the time's end is a failure.
wait_for() {
  local seconds=$1 node=$2 what=$3 began told
  shift 3
  began=$(now_ms)
  told=$began
  until "$@"; do
    node_pid "$node" >/dev/null || explain_failure "$node" "has died"
    if [ $(($(now_ms) - began)) -gt $((seconds * 1000)) ]; then
      threads_into_log "$node"
      explain_failure "$node" "is not there after $seconds s: $what; last answer: ${rest_status:-none} ${rest_body:-}"
    fi
    if [ $(($(now_ms) - told)) -ge 5000 ]; then
      told=$(now_ms)
      progress "$node: waiting for $what ($(((told - began) / 1000)) s)"
    fi
    sleep 0.2
  done
}

# A late node's threads tell why it is late; the JVM writes them to its console log.
threads_into_log() { kill -QUIT "$(node_pid "$1")" 2>/dev/null && sleep 1 || true; }

wait_healthy() { rest_seconds=5 wait_for "$up_seconds" "$1" "its health" healthy_or_never "$1"; }

# healthy_or_never NODE: one that tells that it won't be healthy by itself is a failure at once.
healthy_or_never() {
  rest "$1" GET /health && return
  ! node_removed "$1" || explain_failure "$1" "does not serve: $(cat "$dir/$1/data/cluster/removed")"
  if [ "$rest_status" = 503 ] && [ "$(jq .lasting <<<"$rest_body" 2>/dev/null)" = true ]; then
    explain_failure "$1" "does not serve: $(jq -r .why <<<"$rest_body")"
  fi
  return 1
}

# take_credentials: what n1 made when it founded the cluster.
take_credentials() {
  if [ ! -s "$dir/ca.pem" ]; then
    wait_for "$up_seconds" n1 "the cluster's CA" test -s "$dir/n1/data/cluster/ca.pem"
    cp "$dir/n1/data/cluster/ca.pem" "$dir/ca.pem"
  fi
  if [ ! -s "$dir/credentials" ]; then
    wait_for "$up_seconds" n1 "the first user" test -s "$dir/n1/data/first-password"
    (umask 077 && first_credentials >"$dir/credentials.new")
    mv "$dir/credentials.new" "$dir/credentials"
  fi
}

# Two lines, user and password.
first_credentials() {
  [ "$(wc -l <"$dir/n1/data/first-password")" -ge 2 ] || echo admin
  sed -n 1,2p "$dir/n1/data/first-password"
}

# admit_others: one token for each node that is not a member; its configuration changes under it, and it joins.
admit_others() {
  local node
  for node in $(node_names); do
    if [ "$node" = n1 ] || [ -e "$dir/$node/data/cluster/ca.pem" ]; then continue; fi
    wait_for "$up_seconds" n1 "a join token" make_join_token
    write_node_cfg "$node" join "$(jq -r .token <<<"$rest_body")"
    progress "$node joins"
  done
}

# make_join_token: into rest_body. No answer, or none in time, is no refusal: n1 may still be busy with its own start. A
# token that was made all the same ends by itself.
make_join_token() {
  local -a request=(n1 POST /cluster/tokens '{"validity":"1h"}')
  rest_seconds=60 rest "${request[@]}" && return
  case $rest_status in 000 | 503 | 504) return 1 ;; *) rest_failed "${request[@]}" ;; esac
}

# add_disks: sparse files; a disk that the cluster lists with this path is there already.
add_disks() {
  local node number path listed
  for node in $(node_names); do
    rest_seconds=60 rest_or_fail "$node" GET "/disks?limit=1000"
    listed=$(jq -r '(.items // .)[] | .path' <<<"$rest_body")
    for ((number = 1; number <= $(setting disks); number++)); do
      path=$dir/$node/disks/d$number.img
      ! grep -qxF "$path" <<<"$listed" || continue
      mkdir -p "$dir/$node/disks"
      [ -e "$path" ] || truncate -s "$(setting disk_size)" "$path"
      rest_seconds=60 rest_or_fail "$node" POST /disks "$(jq -n --arg path "$path" '{path: $path, pool: "default"}')"
      progress "$node: disk $path"
    done
  done
}

make_pool() {
  rest_or_fail n1 GET "/pools?limit=1000"
  jq -e '(.items // .)[] | select(.name == "default")' <<<"$rest_body" >/dev/null || {
    rest_seconds=60 rest_or_fail n1 POST /pools '{"name":"default"}'
    progress "pool default"
  }
}

how_to_talk() {
  local option=''
  [ "$dir" = "$root/.aerie/default" ] || option=" --dir $dir"
  command_status
  cat <<TEXT

  user and password   $dir/credentials
  REST                curl --cacert $dir/ca.pem -u "\$(paste -sd: $dir/credentials)" https://$(address n1):$(port n1 rest)/api/v1/nodes
  shell               ./aerie sh$option 'volume:create --size 4G --protection rf3 v1'
  SSH                 ssh -p $(port n1 ssh) -o UserKnownHostsFile=$dir/known_hosts $(sed -n 1p "$dir/credentials")@$(address n1)
  NBD                 qemu-img info nbd://$(address n1):$(port n1 nbd)/v1
  iSCSI               iscsi-ls iscsi://$(address n1):$(port n1 iscsi)
  faults              ./aerie kill$option 2; ./aerie start$option 2
  end                 ./aerie down$option [--wipe]
TEXT
}
