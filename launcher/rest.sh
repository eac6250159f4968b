# REST of one node, with the cluster's CA pinned and the password kept off the command line.

# rest NODE METHOD PATH [JSON]: the body on stdout; rest_status gets the HTTP status (000: no answer).
rest() {
  local node=$1 method=$2 path=$3 body=${4:-} out
  local -a with=()
  [ -z "$body" ] || with=(--header 'Content-Type: application/json' --data "$body")
  out=$(mktemp)
  rest_status=$(curl_config | curl --config - --silent --max-time "${rest_seconds:-10}" --request "$method" "${with[@]}" \
    --output "$out" --write-out '%{http_code}' "https://$(address "$node"):$(port "$node" rest)/api/v1$path") || true
  rest_body=$(cat "$out")
  rm -f "$out"
  [[ $rest_status == 2* ]]
}

# refresh_ca: ca.pem is what clients must trust, the CAs of all local nodes: two while the cluster's CA is rotated.
refresh_ca() {
  local file stale='' seen=' ' sum
  [ -e "$dir/ca.pem" ] || return 0
  for file in "$dir"/n[1-9]/data/cluster/ca.pem; do
    [ ! "$file" -nt "$dir/ca.pem" ] || stale=yes
  done
  [ -n "$stale" ] || return 0
  for file in "$dir"/n[1-9]/data/cluster/ca.pem; do
    sum=$(sha256sum "$file" 2>/dev/null) || continue
    sum=${sum%% *}
    case $seen in *" $sum "*) continue ;; esac
    seen+="$sum "
    cat "$file"
  done >"$dir/ca.pem.$$"
  mv "$dir/ca.pem.$$" "$dir/ca.pem"
}

curl_config() {
  refresh_ca
  [ ! -e "$dir/ca.pem" ] || printf 'cacert = "%s"\n' "$dir/ca.pem"
  [ ! -e "$dir/credentials" ] || printf 'user = "%s:%s"\n' "$(sed -n 1p "$dir/credentials")" "$(sed -n 2p "$dir/credentials")"
}

# rest_or_fail NODE METHOD PATH [JSON]
rest_or_fail() { rest "$@" || rest_failed "$@"; }

# rest_failed NODE METHOD PATH …: ends with what the last request was answered.
rest_failed() {
  fail "$2 $3 at $1 answered $rest_status: $(jq -r '[.code, .detail, .title] | map(select(.)) | join(": ")' <<<"$rest_body" 2>/dev/null || printf '%s' "$rest_body")"
}
