# One node: a process of the distribution on a folder DIR/nI.

node_names() { local i; for ((i = 1; i <= $(setting nodes); i++)); do printf 'n%d\n' "$i"; done; }

# node_named NUMBER: sets node, or fails when there is none.
node_named() {
  number "the node" "${1#n}" 1 9
  node=n${1#n}
  [ -d "$dir/$node" ] || fail "no node $node in $dir; it has $(node_names | tr '\n' ' ')" 4
}

# address NODE: where it listens. Loopback, unless a test that gives each node a network of its own wrote DIR/nI/address.
address() { if [ -s "$dir/$1/address" ]; then cat "$dir/$1/address"; else printf 127.0.0.1; fi; }

# write_configuration NODE: the node's own values, over the distribution's defaults.
write_configuration() {
  local node=$1 etc=$dir/$1/etc name
  mkdir -p "$etc"
  chmod 700 "$dir/$node" "$etc"
  [ -e "$etc/io.aerie.node.cfg" ] || write_node_cfg "$node" "$([ "$node" = n1 ] && echo found || echo wait)" ''
  sed -e "s/^sshPort *=.*/sshPort = $(port "$node" ssh)/" -e "s/^sshHost *=.*/sshHost = $(address "$node")/" \
    "$home/etc/org.apache.karaf.shell.cfg" >"$etc/org.apache.karaf.shell.cfg"
}

# write_node_cfg NODE MODE TOKEN: written beside and moved, so that Karaf never reads half of it.
write_node_cfg() {
  local etc=$dir/$1/etc name
  {
    printf 'node = %s\nhost = %s\ndata = %s\nmode = %s\ntoken = %s\ncluster.name = aerie\n' \
      "$1" "$(address "$1")" "$dir/$1/data" "$2" "$3"
    for name in "${port_names[@]}"; do printf 'port.%s = %d\n' "$name" "$(port "$1" "$name")"; done
  } >"$etc/node.new"
  chmod 600 "$etc/node.new"
  mv "$etc/node.new" "$etc/io.aerie.node.cfg"
}

# Field 22 of /proc/PID/stat: when the process started. Its name (field 2) may contain anything, so cut after it.
process_start() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# node_pid NODE: the node's process, if it lives. A process that has got the number of a dead node is not it.
node_pid() {
  local pid start
  read -r pid start 2>/dev/null <"$dir/$1/pid" || return 1
  [ -n "$pid" ] && [ "$(process_start "$pid")" = "$start" ] || return 1
  { tr '\0' '\n' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qxF -- "-Daerie.node.folder=$dir/$1" || return 1
  printf '%s' "$pid"
}

# start_node NODE: a session of its own, so that neither a signal to this terminal nor its end reaches it. A test may
# have written words into DIR/nI/runner (one a line) that start it elsewhere, in a network namespace for example; what
# they name must become the node by exec, so that the process stays the same. Its keeper starts it again when it asks.
start_node() {
  local keeper tries
  local -a runner=()
  [ ! -s "$dir/$1/runner" ] || mapfile -t runner <"$dir/$1/runner"
  mkdir -p "$dir/$1/log"
  rm -f "$dir/$1/ending"
  setsid "$root/launcher/keep-node" "$dir/$1" "${runner[@]}" "$home/bin/aerie-node" "$dir/$1" \
    </dev/null >>"$dir/$1/log/console.log" 2>&1 9>&- 8>&- 7>&- &
  keeper=$!
  # The start script becomes the JVM; until then the command line is the script's.
  for ((tries = 0; tries < 100; tries++)); do
    ! node_pid "$1" >/dev/null || return 0
    kill -0 "$keeper" 2>/dev/null || break
    sleep 0.05
  done
  node_pid "$1" >/dev/null || explain_failure "$1" "did not start"
}

# node_kept NODE: its keeper lives, so there is a process, or will be one in a moment: the node restarts.
node_kept() { [ -e "$dir/$1/keeper" ] && ! flock -n "$dir/$1/keeper" true; }

# node_runs NODE: for one that restarts it waits until its new process can be named.
node_runs() {
  while ! node_pid "$1" >/dev/null; do
    node_kept "$1" || return 1
    sleep 0.05
  done
}

# end_node NODE COMMAND…: calls COMMAND PID for its process until there is none, and no keeper that would start another.
end_node() {
  local node=$1 pid
  shift
  touch "$dir/$node/ending"
  while pid=$(node_pid "$node") || node_kept "$node"; do
    [ -z "$pid" ] || "$@" "$pid"
    sleep 0.02
  done
}

# node_removed NODE: the cluster has removed it, and it knows.
node_removed() { [ -e "$dir/$1/data/cluster/removed" ]; }

# node_state NODE: up (answers as healthy), starting (a process, not healthy yet), removed (from the cluster, also while
# its process runs), down.
node_state() {
  if node_removed "$1"; then
    printf removed
  elif ! node_pid "$1" >/dev/null; then
    printf down
  elif rest_seconds=3 rest "$1" GET /health; then
    printf up
  else
    printf starting
  fi
}

# stop_process PID SECONDS: in order, and by force when that takes too long. Only ever our own pid.
stop_process() {
  local until=$(($(now_ms) + $2 * 1000))
  kill -TERM "$1" 2>/dev/null || return 0
  while kill -0 "$1" 2>/dev/null; do
    if [ "$(now_ms)" -gt "$until" ]; then
      progress "process $1 did not stop within $2 s: killed"
      kill -KILL "$1" 2>/dev/null || true
      return 0
    fi
    sleep 0.1
  done
}

stop_in_order() { stop_process "$1" 30; }
kill_process() { kill -KILL "$1" 2>/dev/null || true; }

# explain_failure NODE WHAT: the end of its logs and where they are; ends the launcher.
explain_failure() {
  local log
  for log in "$dir/$1/log/console.log" "$dir/$1/log/aerie.log"; do
    if [ -s "$log" ]; then
      printf -- '--- the end of %s\n' "$log" >&2
      tail -n 25 "$log" >&2
    fi
  done
  fail "node $1 $2; its logs are in $dir/$1/log" 6
}
