# A load whose answers are recorded and judged. Sourced after cluster/story.sh.

# history_began KINDS: starts the clients on all nodes (Histories.java), or on those in history_nodes.
history_began() {
  local node classes=$STORY_FOLDER/history-classes
  local -a endpoints=()
  javac -Xlint:all -Werror -d "$classes" "$AERIE_ROOT"/itests/history/*.java \
    "$AERIE_ROOT/itests/sim/src/test/java/io/aerie/sim/RegisterChecker.java"
  must "the judges tell possible histories from impossible ones" -- java -cp "$classes" io.aerie.history.JudgesCheck
  for node in ${history_nodes:-1 2 3}; do endpoints+=("$(node_field "$node" rest),$(node_field "$node" nbd)"); done
  {
    local result=0
    java -Xmx512m -cp "$classes" io.aerie.history.Histories "$STORY_FOLDER" "$(status .ca)" "$(status .credentials)" "$1" \
      "${endpoints[@]}" >"$STORY_FOLDER/history" 2>&1 || result=$?
    touch "$STORY_FOLDER/history-ended"
    exit "$result"
  } &
  history=$!
  trap 'touch "$STORY_FOLDER/stop"; wait "$history" || true' EXIT
  until_true 300 "clients use all nodes" -- clients_began
}
clients_began() {
  # What a client that ended has said is in its file.
  [ ! -e "$STORY_FOLDER/history-ended" ] || not_ok "the clients run: $(cat "$STORY_FOLDER/history")"
  [ -s "$STORY_FOLDER/progress" ]
}

history_is_possible() {
  touch "$STORY_FOLDER/stop"
  local result=0
  wait "$history" || result=$?
  cat "$STORY_FOLDER/history"
  return "$result"
}

# mark WORDS: the longest pauses of changes from here to the next mark are printed at the end.
mark() { echo "$(date +%s%3N) $*" >>"$STORY_FOLDER/marks"; }

# acknowledged KIND NODE: how many changes of a kind that node has acknowledged.
acknowledged() { awk -v kind="$1" -v node="$2" '$1 == kind && $2 == node { count = $3 } END { print count + 0 }' "$STORY_FOLDER/progress"; }

# until_goes_on WORDS NODES KIND…: each of these nodes ("1 3") acknowledges more changes of each kind than it has now.
until_goes_on() {
  local words=$1 nodes=$2 node kind
  local -A before=()
  shift 2
  for node in $nodes; do
    for kind in "$@"; do before[$node$kind]=$(acknowledged "$kind" "$node"); done
  done
  for node in $nodes; do
    for kind in "$@"; do
      [ ! -e "$STORY_FOLDER/history-ended" ] || not_ok "the clients still run: $(cat "$STORY_FOLDER/history")"
      until_true 300 "$words: node $node: $kind are changed" -- more_than "${before[$node$kind]}" "$kind" "$node"
    done
  done
}
more_than() { [ "$(acknowledged "$2" "$3")" -gt $(($1 + 2)) ]; }
