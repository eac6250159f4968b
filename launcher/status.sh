# status, kill, start, down.

command_status() {
  needs_cluster
  need_tools "$tools_run"
  local report
  report=$(status_json)
  if [ -n "$opt_json" ]; then
    jq . <<<"$report"
  else
    jq -r '["NODE", "STATE", "PID", "REST", "SSH", "NBD", "ISCSI"],
      (.nodes[] | [.id, .state, (.pid // "-"), .rest, .ssh, .nbd, .iscsi]) | @tsv' <<<"$report" |
      awk -F '\t' '{ printf "%-5s %-9s %-8s %-26s %-17s %s\n", $1, $2, $3, $4, $5, $6 }'
    say "cluster: $(jq -r 'if .healthy then "healthy" else "not healthy" end' <<<"$report"), folder $dir"
  fi
}

status_json() {
  local node
  for node in $(node_names); do
    jq -n --arg id "$node" --arg pid "$(node_pid "$node" || true)" --arg state "$(node_state "$node")" \
      --arg rest "https://$(address "$node"):$(port "$node" rest)" --arg ssh "$(address "$node"):$(port "$node" ssh)" \
      --arg iscsi "$(address "$node"):$(port "$node" iscsi)" --arg nbd "$(address "$node"):$(port "$node" nbd)" --arg dir "$dir/$node" \
      '{id: $id, pid: (if $pid == "" then null else ($pid | tonumber) end), state: $state, rest: $rest, ssh: $ssh,
        iscsi: $iscsi, nbd: $nbd, dir: $dir}'
  done | jq -s --arg dir "$dir" '{dir: $dir, healthy: (length > 0 and all(.state == "up")),
    credentials: ($dir + "/credentials"), ca: ($dir + "/ca.pem"), nodes: .}'
}

command_kill() {
  needs_cluster
  node_named "${arguments[0]}"
  lock_folder
  local pid
  node_runs "$node" || fail "node $node does not run" 4
  pid=$(node_pid "$node") || true
  end_node "$node" kill_process
  say "killed $node (process $pid)"
}

command_start() {
  needs_cluster
  node_named "${arguments[0]}"
  need_tools "$tools_run"
  lock_folder
  home=$(current_home)
  if node_runs "$node"; then
    say "$node runs already (process $(node_pid "$node"))"
  else
    write_configuration "$node"
    start_node "$node"
  fi
  # After all nodes died none gets healthy alone: others must be startable while this one waits.
  flock -u 9
  wait_healthy "$node"
  say "$node is up (process $(node_pid "$node"))"
}

command_down() {
  [ -e "$dir/settings" ] || {
    say "no cluster in $dir"
    return 0
  }
  lock_folder
  local node
  local -a stopping=()
  for node in $(node_names); do
    if node_runs "$node"; then
      progress "stopping $node (process $(node_pid "$node"))"
      end_node "$node" stop_in_order &
      stopping+=($!)
    fi
  done
  [ ${#stopping[@]} -eq 0 ] || wait "${stopping[@]}"
  if [ -n "$opt_wipe" ]; then
    # Only what `up` made: --dir may have been pointed at a folder that holds other things too.
    rm -rf "$dir"/n[1-9] "$dir"/dist "$dir"/{credentials,ca.pem,known_hosts,askpass,settings,lock}
    rmdir "$dir" 2>/dev/null || true
    say "stopped and wiped: $dir"
  else
    say "stopped; the data is kept in $dir"
  fi
}
