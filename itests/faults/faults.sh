# The faults: each a function that breaks something, says what still works, mends it, and says that all works again.
# Whether anything was answered wrongly, the histories tell at the end. Times are printed, and judged only when asked for (a
# busy machine is no fault).

# With arguments after colons. A round is all of these in an order that its seed chooses, with either provider: RCD's log is on
# Ratis in both, but the node that leads it isn't alone in the machine.
round_faults=(kill_leader:config kill_leader:rcd kill_all freeze:config freeze:rcd cut:config:both cut:config:out cut:config:in
  cut:rcd:both cut:rcd:out cut:rcd:in clock full_disk:config full_disk:rcd damage:rcd restarts:5)
long_faults=("${round_faults[@]/restarts:5/restarts:50}" "${round_faults[@]/restarts:5/kill_all}")

# shuffled FAULT…: sets order, by the seed alone. Must not run in a subshell: it takes from RANDOM, as restarts do.
shuffled() {
  local i j swap
  order=("$@")
  for ((i = ${#order[@]} - 1; i > 0; i--)); do
    j=$((RANDOM % (i + 1)))
    swap=${order[i]} order[i]=${order[j]} order[j]=$swap
  done
}

# A killed leader's writers go on within this time (the issue's words); milliseconds would say more than a busy machine knows.
pause_limit_seconds=3

# long_pauses FILE: the lines of what the clients printed with a longer pause of ConfigDB's changes after a leader was killed.
long_pauses() {
  awk -v limit="$pause_limit_seconds" '/^longest pause of changes, node [0-9]+, leader of [a-z]+, is killed:/ {
    for (i = 1; i < NF; i++) if ($i == "config" && $(i + 1) + 0 > limit) print
  }' "$1"
}

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

others_go_on() { until_goes_on "without node $1" "$(others "$1" | xargs)" config volumes pages; }

# all_well WORDS: after the fault was mended.
all_well() {
  local node
  for node in 1 2 3; do until_true 300 "$1: node $node is healthy" -- healthy "$node"; done
  until_true 300 "$1: all copies are in sync" -- in_sync 1
  until_goes_on "$1" "1 2 3" config volumes pages
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
  mark "node $leads comes back"
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

# refuses NODE: neither a linearizable read nor a write is answered with success, nor that there is no such volume. Asked at
# once: each may wait until its time is over.
refuses() {
  local asked result=0
  local -a asking=()
  for asked in 'GET /config/history/k0' 'PUT /config/history/cut {"is":"cut"}' 'GET /volumes/never-there'; do
    is_refused "$1" $asked & # its parts are words
    asking+=($!)
  done
  for asked in "${asking[@]}"; do wait "$asked" || result=1; done
  return "$result"
}
is_refused() {
  local status
  status=$(api "$@" | tail -n 1)
  echo "${*:2:2}: $status"
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
# has passed. On Atomix a leader whose clock was set back leads no more, so the one that is cut off is looked for again.
fault_clock() {
  local step node
  found_leader config
  for step in 1800 -1800 3; do
    mark "the clock of node $leads, leader of config, is $step s off"
    must "the clock of node $leads is $step s off" -- step_clock "$leads" "$step"
    until_goes_on "$step s off" "1 2 3" config volumes pages
  done
  found_leader config
  mark "node $leads, leader of config, is cut off, and its clock is set back"
  must "node $leads, which leads the log config, is cut off from the others" -- cut "$leads" both
  must "its clock is set back by an hour" -- step_clock "$leads" -3600
  must "node $leads refuses what it can't know" -- refuses "$leads"
  others_go_on "$leads"
  must "the cut is mended" -- mend "$leads"
  for node in 1 2 3; do must "the clock of node $node is right again" -- step_clock "$node" 0; done
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
