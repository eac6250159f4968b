# The faults: each a function that breaks something, says what still works, mends it, and says that all works again.
# Whether anything was answered wrongly, the histories tell at the end. Times are never judged (a busy machine is no
# fault); the clients' pauses are printed at the end.

# With arguments after colons. RCD's log is on Ratis whatever ConfigDB's is on, so its faults are tried with one of both only;
# the story restarts-test of the tier cluster restarts and freezes nodes, too.
short_atomix=(kill_leader:config kill_leader:rcd cut:config:both cut:rcd:out clock full_disk:config kill_all)
short_ratis=(kill_leader:config cut:config:both cut:config:in full_disk:config damage:rcd)
long_faults=(kill_leader:config kill_leader:rcd kill_all freeze:config freeze:rcd cut:config:both cut:config:out cut:config:in
  cut:rcd:both cut:rcd:out cut:rcd:in clock full_disk:config full_disk:rcd damage:rcd restarts:50)

# What the story and all faults use.
volume_created() { [ "$(rest 1 POST /volumes '{"name":"pages","size":"64M","protection":"rf3"}' | tail -n 1)" = 201 ]; }

# api NODE METHOD PATH [BODY]: body, then the status on a line of its own; 000 when nobody answers in time.
api() { rest_seconds=20 rest "$@" 2>/dev/null || true; }
in_sync() { api "$1" GET /volumes/pages | head -n -1 | jq -e '.state == "healthy"'; }
pid() { awk '{ print $1 }' "$cluster/n$1/pid"; } # cut is a fault here
healthy() { [ "$(api "$1" GET /health | tail -n 1)" = 200 ]; }
pause() { read -r -t "$1" <> <(:) || true; }

# leader LOG: the number of the node that leads it, in the eyes of a majority.
leader() {
  local node
  for node in 1 2 3; do
    api "$node" GET /cluster | head -n -1 | jq -r --arg log "$1" '.logs[] | select(.name == $log) | .leader // empty' 2>/dev/null || true
  done | sort | uniq -c | awk '$1 >= 2 { print substr($2, 2) }' | grep .
}
leads() { leader "$1" >"$STORY_FOLDER/leader"; }

# found_leader LOG: sets leads
found_leader() {
  until_true 60 "the log $1 has a leader" -- leads "$1"
  leads=$(cat "$STORY_FOLDER/leader")
}

others_go_on() { local other; for other in $(others "$1"); do until_goes_on "node $other" "$other" config volumes pages; done; }

# all_well WORDS: after the fault was mended.
all_well() {
  local node
  for node in 1 2 3; do until_true 300 "$1: node $node is healthy" -- healthy "$node"; done
  until_true 300 "$1: all copies are in sync" -- in_sync 1
  for node in 1 2 3; do until_goes_on "$1: node $node" "$node" config volumes pages; done
}

start_all() {
  local -a starting=()
  local node process
  for node in 1 2 3; do
    aerie start "$node" &
    starting+=($!)
  done
  for process in "${starting[@]}"; do wait "$process"; done
}
kill_all() { local node; for node in 1 2 3; do aerie kill "$node"; done; }

fault_kill_leader() {
  found_leader "$1"
  mark "node $leads, leader of $1, is killed"
  must "node $leads, which leads the log $1, is killed" -- aerie kill "$leads"
  others_go_on "$leads"
  must "node $leads starts again" -- aerie start "$leads"
  all_well "after the death of a leader"
}

fault_kill_all() {
  mark "all are killed"
  must "all are killed" -- kill_all
  must "all start again" -- start_all
  all_well "after the death of all"
}

fault_freeze() {
  found_leader "$1"
  mark "node $leads, leader of $1, stands still for 20 s"
  local until=$((SECONDS + 20))
  must "node $leads, which leads the log $1, stands still" -- kill -STOP "$(pid "$leads")"
  others_go_on "$leads"
  [ "$SECONDS" -ge "$until" ] || pause $((until - SECONDS))
  must "after 20 s and more it goes on" -- kill -CONT "$(pid "$leads")"
  all_well "after standing still"
}

# refuses NODE: neither a linearizable read nor a write is answered with success.
refuses() {
  local status
  status=$(api "$1" GET /config/history/k0 | tail -n 1)
  echo "read: $status"
  [[ $status == [05]* ]] || return 1
  status=$(api "$1" PUT /config/history/cut '{"is":"cut"}' | tail -n 1)
  echo "write: $status"
  [[ $status == [05]* ]] || return 1
  status=$(api "$1" GET /volumes/never-there | tail -n 1)
  echo "whether there is a volume: $status"
  [[ $status == [05]* ]]
}

# fault_cut LOG out|in|both: out: what the node sends to other nodes is lost; in: what they send to it.
fault_cut() {
  found_leader "$1"
  mark "node $leads, leader of $1, is cut off ($2)"
  must "node $leads, which leads the log $1, is cut off from the others ($2)" -- cut "$leads" "$2"
  [ "$2" != both ] || must "node $leads refuses what it can't know" -- refuses "$leads"
  others_go_on "$leads"
  must "the cut is mended" -- mend "$leads"
  all_well "after the cut ($2)"
}

# The clock of a leader is set back and it is cut off: what it then answers must not depend on how much time it thinks
# has passed.
fault_clock() {
  local step
  found_leader config
  for step in 1800 -1800 3; do
    mark "the clock of node $leads, leader of config, is $step s off"
    must "the clock of node $leads is $step s off" -- step_clock "$leads" "$step"
    for node in 1 2 3; do until_goes_on "node $node" "$node" config volumes pages; done
  done
  must "node $leads is cut off from the others" -- cut "$leads" both
  must "its clock is set back by an hour" -- step_clock "$leads" -3600
  must "node $leads refuses what it can't know" -- refuses "$leads"
  others_go_on "$leads"
  must "the cut is mended" -- mend "$leads"
  must "the clock is right again" -- step_clock "$leads" 0
  all_well "after steps of the clock"
}

# The log of a node on a full disk is closed, or its process ends; when there is room again the node is restarted, and if
# it says that its data is damaged, the folder that it names is removed: what docs/faults.md tells the administrator.
fault_full_disk() {
  local full writer i
  found_leader "$1"
  full=$leads
  read -r writer < <(others "$full")
  mark "the disk of node $full, leader of $1, is full"
  lines=$(wc -l <"$cluster/n$full/log/aerie.log")
  dd if=/dev/zero of="$cluster/n$full/data/filler" bs=4k 2>/dev/null || true
  # Logs have some megabytes reserved: enough is written to need more.
  jq -n '{is: ("x" * 200000)}' >"$STORY_FOLDER/large"
  for ((i = 0; i < 30; i++)); do
    until_true 60 "a large document is written" -- stored "$writer" "/config/faults/large$((i % 3))" "@$STORY_FOLDER/large"
  done
  until_true 300 "node $full says what is wrong" -- said_since "$full" "$lines" 'No space left on device'
  others_go_on "$full"
  must "there is room again" -- rm -f "$cluster/n$full/data/filler"
  node_died "$full" || must "node $full is killed" -- aerie kill "$full"
  lines=$(wc -l <"$cluster/n$full/log/aerie.log")
  if aerie start "$full" >"$STORY_FOLDER/out" 2>&1; then
    ok "node $full starts again"
  else
    cat "$STORY_FOLDER/out"
    becomes_new_replica "$full" "$lines"
  fi
  all_well "after the full disk"
}
stored() { [[ $(api "$1" PUT "$2" "$3" | tail -n 1) == 2* ]]; }

# said_since NODE LINES WORDS: in its log after so many lines.
said_since() { tail -q -n "+$(($2 + 1))" "$cluster/n$1/log/aerie.log" "$cluster/n$1/log/console.log" | grep "$3"; }

# named_since NODE LINES: the folder that is to be removed, by the last refusal.
named_since() { said_since "$1" "$2" 'corrupt: .*stop the node, remove ' | sed -n '$ s/.*stop the node, remove \(.*\) and start it.*/\1/p' | grep .; }
node_died() { aerie status --json | jq -e --arg id "n$1" '.nodes[] | select(.id == $id) | .pid == null'; }

# becomes_new_replica NODE LINES: what docs/faults.md tells the administrator of a node whose start failed.
becomes_new_replica() {
  until_true 300 "node $1 names the folder with the damage" -- named_since "$1" "$2"
  must "node $1 is stopped" -- aerie kill "$1"
  must "the folder is removed" -- rm -r "$(named_since "$1" "$2")"
  must "node $1 starts as a new replica" -- aerie start "$1"
}

# fault_damage LOG: what Ratis has of its leader's term and vote is empty, as after a full disk.
fault_damage() {
  local lines
  found_leader "$1"
  mark "the vote of node $leads, leader of $1, is lost"
  must "node $leads, which leads the log $1, is killed" -- aerie kill "$leads"
  must "its term and vote are lost" -- truncate -s 0 "$cluster/n$leads/data/log/ratis/$1"/*/current/raft-meta
  others_go_on "$leads"
  lines=$(wc -l <"$cluster/n$leads/log/aerie.log")
  must "node $leads does not start" -- stays_away "$leads"
  becomes_new_replica "$leads" "$lines"
  all_well "after the damage"
}
stays_away() { ! AERIE_UP_SECONDS=30 aerie start "$1"; }

fault_restarts() {
  local round victim
  for ((round = 1; round <= $1; round++)); do
    victim=$((RANDOM % 3 + 1))
    mark "restart $round"
    case $((RANDOM % 4)) in
      0 | 1)
        must "restart $round: node $victim is killed" -- aerie kill "$victim"
        others_go_on "$victim"
        must "restart $round: node $victim starts again" -- aerie start "$victim"
        ;;
      2)
        must "restart $round: all are killed" -- kill_all
        must "restart $round: all start again" -- start_all
        ;;
      3)
        must "restart $round: all stop in order" -- aerie down
        must "restart $round: all start again" -- aerie up
        ;;
    esac
    all_well "restart $round"
  done
}
