# Certificates, on the cluster of three nodes that a story has at hand (its own would take a minute to come up): an
# administrator's for REST is shown by all nodes and kept over a restart, bad ones are refused, and the cluster's CA is
# exchanged twice while a client writes over NBD, the second time with a node that is down. Sourced; needs answers (of
# ldap-test), admin (the password), and a known host key.

pem=$STORY_FOLDER/certificates
host=aerie.example
fio_pid=

# signed NAME DAYS KEY-OPTIONS…: NAME.key and NAME.pem, by the authority in ca.pem, for $host.
signed() {
  local name=$1 days=$2
  shift 2
  openssl req -nodes -subj "/CN=$host" -keyout "$pem/$name.key" -out "$pem/$name.csr" "$@" &&
    openssl x509 -req -in "$pem/$name.csr" -CA "$pem/ca.pem" -CAkey "$pem/ca.key" -set_serial "$((++serial))" -days "$days" \
      -extfile <(printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$host") -out "$pem/$name.pem"
}
serial=1
make_supplied() {
  mkdir -p "$pem"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=an authority' -keyout "$pem/ca.key" -out "$pem/ca.pem" &&
    signed good 1 -newkey ec -pkeyopt ec_paramgen_curve:P-256 &&
    signed other 1 -newkey rsa:2048 &&
    signed weak 1 -newkey rsa:1024 &&
    signed expired -1 -newkey rsa:2048 || return 1
  cat "$pem/good.pem" "$pem/ca.pem" >"$pem/chain.pem"
  cat "$pem/ca.pem" "$pem/good.pem" >"$pem/reversed.pem"
  echo nonsense >"$pem/nonsense.pem"
}
certificate() { jq -n --rawfile chain "$pem/$1" --rawfile key "$pem/$2" '{certificatePem: $chain, keyPem: $key}'; }
refuses() { answers "$1" "$2" 1 admin "$admin" PUT /security/certificate "$(certificate "$3" "$4")"; }
source_is() { [ "$(rest "$1" GET /security/certificate | head -n -1 | jq -r .source)" = "$2" ]; }

# by_name NODE CA-FILE: the node, asked for the supplied name, shows a certificate that this authority signed.
by_name() {
  local address
  address=$(node_field "$1" rest)
  curl --silent --show-error --fail --cacert "$2" --connect-to "$host:443:${address#https://}" "https://$host/api/v1/openapi.json" >/dev/null
}
shown_serial() {
  local address
  address=$(node_field "$1" rest)
  openssl s_client -connect "${address#https://}" ${2:+-servername "$2"} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256
}
shows_supplied() { by_name "$1" "$pem/ca.pem" && [ "$(shown_serial "$1" "$host")" = "$(openssl x509 -in "$pem/good.pem" -noout -fingerprint -sha256)" ]; }
# by_address NODE CA-FILE: what joining nodes and the launcher see.
by_address() { curl --silent --show-error --fail --cacert "$2" "$(node_field "$1" rest)/api/v1/openapi.json" >/dev/null; }

ca_is() { aerie sh 'security:ca-show --json' >"$STORY_FOLDER/ca.json" && jq -e "$1" "$STORY_FOLDER/ca.json"; }
# rotated FILE: one CA is trusted; the file has its certificate.
rotated() { aerie sh 'security:ca-show --pem' >"$1" && [ "$(grep -c BEGIN "$1")" = 1 ]; }

start_load() {
  fio --name=load --ioengine=nbd --uri="$(nbd_uri 1 load)" --rw=randwrite --bs=4k --iodepth=4 --size=64M --time_based \
    --runtime=900 --rate_iops=50 --output-format=json --output="$STORY_FOLDER/fio.json" 2>"$STORY_FOLDER/fio-errors" &
  fio_pid=$!
}
load_runs() { kill -0 "$fio_pid"; }
load_ended_well() {
  kill -INT "$fio_pid"
  wait "$fio_pid" || true
  # fio writes that it was interrupted before the JSON
  sed -n '/^{/,$p' "$STORY_FOLDER/fio.json" | jq -e '.jobs[0].error == 0 and .jobs[0].write.total_ios > 200' || { cat "$STORY_FOLDER/fio-errors"; return 1; }
}
end_load() { [ -z "$fio_pid" ] || kill -KILL "$fio_pid" 2>/dev/null || true; }

must "an authority, a certificate, and bad ones" -- make_supplied
must "no PEM: certificate-malformed" -- refuses 400 certificate-malformed nonsense.pem good.key
must "another's key: certificate-key-mismatch" -- refuses 422 certificate-key-mismatch chain.pem other.key
must "the issuer first: certificate-chain-broken" -- refuses 422 certificate-chain-broken reversed.pem good.key
must "an authority instead of a server: certificate-unsuitable" -- refuses 422 certificate-unsuitable ca.pem ca.key
must "RSA of 1024 bits: certificate-too-weak" -- refuses 422 certificate-too-weak weak.pem weak.key
must "expired: certificate-expired" -- refuses 422 certificate-expired expired.pem expired.key
must "a dry run" -- answers 200 '' 1 admin "$admin" PUT '/security/certificate?dryRun=true' "$(certificate chain.pem good.key)"
must "nothing of it is shown" -- source_is 1 cluster
must "the certificate is set" -- aerie sh "security:certificate-set --certificate $pem/chain.pem --key $pem/good.key"
for node in 1 2 3; do
  until_true 15 "node $node shows it" -- shows_supplied "$node"
  must "node $node shows its own by address" -- by_address "$node" "$(status .ca)"
done

secret=$(sed -n 2p "$pem/good.key")
rest 1 GET '/config?prefix=true' >"$STORY_FOLDER/documents"
rest 1 GET /config/security/certificate >>"$STORY_FOLDER/documents"
rest 1 GET /security/certificate >>"$STORY_FOLDER/documents"
rest 1 POST /config:export '{}' >>"$STORY_FOLDER/documents"
! grep -F "$secret" "$STORY_FOLDER/documents" || not_ok "the key is neither shown nor exported"
ok "the key is neither shown nor exported"
nowhere_logged "nor logged" "$secret"

must "a volume" -- aerie sh 'volume:create --size 64M --protection rf2 load'
start_load
cp "$(status .ca)" "$STORY_FOLDER/ca-1.pem"
must "the CA is rotated" -- aerie sh security:ca-rotate
until_true 60 "done" -- ca_is '.phase == "done"'
must "one CA is trusted" -- rotated "$STORY_FOLDER/ca-2.pem"
for node in 1 2 3; do
  until_true 15 "node $node has a certificate of the new CA" -- by_address "$node" "$STORY_FOLDER/ca-2.pem"
  must "and none of the former" -- sh -c "! curl --silent --cacert '$STORY_FOLDER/ca-1.pem' '$(node_field "$node" rest)/api/v1/health'"
  must "and shows the supplied one still" -- shows_supplied "$node"
done
must "the load goes on" -- load_runs

must "node 3 dies" -- aerie kill 3
until_true 30 "it is seen" -- sh -c "'$AERIE_ROOT/aerie' sh --dir '$cluster' 'cluster:info --json' | jq -e '[.members[] | select(.reachable | not) | .id] == [\"n3\"]'"
must "a dry run tells whom it would wait for" -- sh -c "'$AERIE_ROOT/aerie' sh --dir '$cluster' 'security:ca-rotate --dry-run --json' | jq -e '.waitingFor == [\"n3\"]'"
must "the CA is rotated once more" -- aerie sh security:ca-rotate
until_true 30 "it waits for node 3" -- ca_is '.phase == "trust" and .waitingFor == ["n3"]'
must "node 3 is back" -- aerie start 3
until_true 90 "and is taken through" -- ca_is '.phase == "done" and .waitingFor == []'
must "one CA is trusted" -- rotated "$STORY_FOLDER/ca-3.pem"
for node in 1 2 3; do
  until_true 15 "node $node has a certificate of the newest CA" -- by_address "$node" "$STORY_FOLDER/ca-3.pem"
done
must "node 3 kept the supplied certificate" -- shows_supplied 3
must "the load ends without an error" -- load_ended_well
fio_pid=

must "node 2 dies" -- aerie kill 2
must "and comes back with what it has on its disk" -- aerie start 2
until_true 60 "all members see each other" -- sh -c "'$AERIE_ROOT/aerie' sh --dir '$cluster' 'cluster:info --json' | jq -e '[.members[] | select(.reachable)] | length == 3'"
must "the supplied certificate is taken back" -- aerie sh security:certificate-reset
until_true 15 "node 3 shows its own" -- sh -c "! curl --silent --cacert '$pem/ca.pem' --connect-to '$host:443:$(node_field 3 rest | cut -c 9-)' 'https://$host/api/v1/health'"
must "the audit log holds" -- aerie sh audit:verify
