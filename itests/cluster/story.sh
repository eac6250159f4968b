# What all stories share. Sourced; needs AERIE_ROOT, AERIE_CACHE and STORY_FOLDER; STORY_CLUSTER where it is not the story's own.
set -euo pipefail

cluster=${STORY_CLUSTER:-$STORY_FOLDER/cluster}

aerie() {
  case $1 in up | down) rm -f "$STORY_FOLDER/status.json" ;; esac
  "$AERIE_ROOT/aerie" "$@" --dir "$cluster"
}
ok() { echo "ok - $*"; }
not_ok() {
  echo "not ok - $*"
  exit 1
}

# must WORDS -- COMMAND: the command succeeds, or the story ends.
must() {
  local words=$1 result=0
  shift 2
  "$@" >"$STORY_FOLDER/out" 2>&1 || result=$?
  if [ "$result" -eq 0 ]; then
    ok "$words"
  else
    cat "$STORY_FOLDER/out"
    not_ok "$words (exit $result)"
  fi
}

# until_true SECONDS WORDS -- COMMAND: the command succeeds within the time; it is asked again and again.
until_true() {
  local deadline=$((SECONDS + $1)) words=$2
  shift 3
  until "$@" >"$STORY_FOLDER/out" 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      cat "$STORY_FOLDER/out"
      not_ok "$words (not within the time)"
    fi
    read -r -t 0.2 <> <(:) || true
  done
  ok "$words"
}

# status FILTER…: jq over status --json, for what stays the same from up to down: addresses and files.
status() {
  [ -s "$STORY_FOLDER/status.json" ] || aerie status --json >"$STORY_FOLDER/status.json"
  jq -er "$@" "$STORY_FOLDER/status.json"
}
node_field() { status --arg id "n$1" --arg field "$2" '.nodes[] | select(.id == $id) | .[$field]'; }
nbd_uri() { echo "nbd://$(node_field "$1" nbd)/$2"; }

# rest NODE METHOD PATH [BODY]: the answer's body, then its status on a line of its own.
rest() {
  local credentials
  credentials=$(status .credentials)
  curl --silent --show-error --max-time "${rest_seconds:-60}" --cacert "$(status .ca)" \
    --user "$(sed -n 1p "$credentials"):$(sed -n 2p "$credentials")" \
    --request "$2" --write-out '\n%{http_code}\n' \
    ${4+--header 'Content-Type: application/json' --data "$4"} "$(node_field "$1" rest)/api/v1$3"
}

# metrics NODE TYPE: as a monitoring system reads them.
metrics() {
  local credentials
  credentials=$(status .credentials)
  curl --silent --show-error --fail --cacert "$(status .ca)" --header "Accept: $2" \
    --user "$(sed -n 1p "$credentials"):$(sed -n 2p "$credentials")" "$(node_field "$1" rest)/api/v1/metrics"
}
# metric NODE SAMPLE: the value of that line.
metric() { metrics "$1" text/plain | awk -v sample="$2" '$1 == sample { printf "%d\n", $2 }'; }

# refused CODE STATUS METHOD PATH [BODY]: by node 1.
refused() {
  local code=$1 status=$2
  shift 2
  local answer
  answer=$(rest 1 "$@")
  if [ "$(tail -n 1 <<<"$answer")" = "$status" ] && [ "$(head -n -1 <<<"$answer" | jq -r .code)" = "$code" ]; then
    ok "$1 $2 ${3:-}: $status $code"
  else
    echo "$answer"
    not_ok "$1 $2 ${3:-}: $status $code"
  fi
}

same() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }

# logged SECRET: some node's log, audit log or history of the shell has it; fails, too, when a node has no log to look into.
logged() {
  local node place
  local -a places=()
  for node in "$cluster"/n[0-9]*; do
    [ -s "$node/log/aerie.log" ] || not_ok "$node has a log"
    for place in "$node/log" "$node/data/audit" "$node/karaf/history"; do
      [ ! -e "$place" ] || places+=("$place")
    done
  done
  [ ${#places[@]} -gt 0 ] || not_ok "there are nodes"
  local result=0
  grep -rF -e "$1" "${places[@]}" || result=$?
  [ "$result" -le 1 ] || not_ok "the logs can be read"
  return "$result"
}
# nowhere_logged WORDS SECRET…: of none of these has a node written anything.
nowhere_logged() {
  local words=$1 secret
  shift
  # what is logged for certain is found, else the search would prove nothing
  logged '"outcome":"done"' >/dev/null || not_ok "$words (nothing is found at all)"
  for secret in "$@"; do
    [ "${#secret}" -ge 8 ] || not_ok "$words (a secret is missing)"
    ! logged "$secret" || not_ok "$words"
  done
  ok "$words"
}

# volume_healthy NAME [NODE]: as that node tells.
volume_healthy() {
  aerie sh ${2:+--node "$2"} 'volume:list --json' | jq -e --arg name "$1" 'map(select(.name == $name and .state == "healthy")) | length == 1'
}

# holds VOLUME FILE [NODE]: the volume's content is the file's, read through that node.
holds() { qemu-img compare -f raw -F raw "$2" "$(nbd_uri "${3:-1}" "$1")"; }

# disk_of NODE: the id of its one disk. disk_down DISK. emptied DISK: the job that brings its members elsewhere is done.
disk_of() { aerie sh 'disk:list --json' | jq -er --arg node "$1" '.[] | select(.node == $node) | .id'; }
disk_down() { same down "$(aerie sh 'disk:list --json' | jq -er --arg id "$1" '.[] | select(.id == $id) | .state')"; }
emptied() { same "done" "$(aerie sh 'job:list --json' | jq -er --arg disk "$1" '.[] | select(.subject == $disk) | .state')"; }

# copied PERCENT FILE: whether a qemu-img that prints its progress there has come so far.
copied() { [ "$(tr '\r' '\n' <"$2" | grep -o '[0-9]*\.' | tail -n 1 | tr -d .)" -ge "$1" ]; }

# small_cluster: three nodes of one small disk each; the one that former stories used and left in order, if there is one.
small_cluster() { must "up: three nodes of one small disk" -- aerie up --disks 1 --disk-size 1G; }

# guest_image: the path of the bootable guest, made when the recipe changed.
guest_image() {
  local recipe image
  recipe=$(sha256sum "$AERIE_ROOT/itests/cluster/guest/make-guest" | cut -c 1-12)
  image=$AERIE_CACHE/guest-$recipe/guest.raw
  if [ ! -f "$image.sha256.done" ]; then
    mkdir -p "$(dirname "$image")"
    "$AERIE_ROOT/itests/cluster/guest/make-guest" "$image" >&2 || return 1
    touch "$image.sha256.done"
  fi
  echo "$image"
}
