# Three members of Debian's etcd on loopback: TLS for clients, mutual TLS between members, as a node of Aerie has both.
# Sourced; needs work. Sets etcd_urls, etcd_pids.

# The default of everything that concerns durability: the log is synced (fdatasync) before an answer.
etcd_start() {
  local folder=$work/etcd number members='' base
  mkdir -p "$folder"
  etcd_certificates "$folder"
  base=$(free_port_block 6)
  for number in 0 1 2; do members+=m$number=https://127.0.0.1:$((base + 2 * number + 1)),; done
  etcd_urls='' etcd_pids=''
  for number in 0 1 2; do
    local client=https://127.0.0.1:$((base + 2 * number)) peer=https://127.0.0.1:$((base + 2 * number + 1))
    etcd --name "m$number" --data-dir "$folder/m$number" --log-level error --logger zap --log-outputs "$folder/m$number.log" \
      --listen-client-urls "$client" --advertise-client-urls "$client" --listen-peer-urls "$peer" \
      --initial-advertise-peer-urls "$peer" --initial-cluster "${members%,}" --initial-cluster-state new \
      --cert-file "$folder/server.pem" --key-file "$folder/server.key" \
      --peer-cert-file "$folder/server.pem" --peer-key-file "$folder/server.key" \
      --peer-trusted-ca-file "$folder/ca.pem" --peer-client-cert-auth >"$folder/m$number.out" 2>&1 9>&- &
    etcd_pids+=$!,
    etcd_urls+=$client,
  done
  etcd_pids=${etcd_pids%,} etcd_urls=${etcd_urls%,}
  local tries
  for ((tries = 0; tries < 150; tries++)); do
    ! curl --silent --max-time 2 --cacert "$folder/ca.pem" "${etcd_urls##*,}/health" | grep -q '"true"' || return 0
    read -r -t 0.2 <> <(:) || true
  done
  echo "etcd did not become healthy:" >&2
  tail -n 5 "$folder"/*.out "$folder"/*.log >&2
  return 1
}

# A CA and one certificate for all members; P-256, as Aerie's own.
etcd_certificates() {
  (
    cd "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=member -keyout server.key -out server.csr
    printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' >extensions
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem
  ) >"$1/openssl.log" 2>&1
}

etcd_stop() {
  local pid
  for pid in ${etcd_pids//,/ }; do kill "$pid" 2>/dev/null || true; done
  for pid in ${etcd_pids//,/ }; do wait "$pid" 2>/dev/null || true; done
  etcd_pids=''
  rm -rf "$work/etcd"
}
