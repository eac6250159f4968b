# Lines of rounds to a table in Markdown: medians over the rounds, the spread as least to most.
def median: sort | .[length / 2 | floor];
def spread: "\(median) (\(min) to \(max))";
def row: "| " + join(" | ") + " |";
map(select(.operations)) as $rounds
| map(select(.per_operation or .why)) as $syncs
| (["what", "clients", "database", "per second", "of etcd's", "p50, us", "p99, us", "servers' CPU, us each", "client's CPU, us each", "others' cores"] | row, (map("---") | row)),
  ($rounds | group_by([.beside, .what, -.clients])[]
    | (map(select(.database == "etcd").per_second) | median) as $etcd
    | group_by(.database)[]
    | [.[0].what, "\(.[0].clients)", .[0].database + (if .[0].database == "etcd" then " beside \(.[0].beside)" else "" end),
       (map(.per_second) | spread), (if $etcd then "\((map(.per_second) | median) / $etcd * 100 | round / 100)" else "" end),
       "\(map(.p50_us) | median)", "\(map(.p99_us) | median)", "\(map(.servers_cpu_us_per_operation) | median)",
       "\(map(.client_cpu_us_per_operation) | median)", "\(map(.others_cores) | median)"]
    | row),
  (if $syncs == [] then empty else
    "",
    (["syncs of all three for a put, 64 clients, traced", "each"] | row, (map("---") | row)),
    ($syncs[] | [.database, (if .per_operation then "\(.per_operation)" else "not counted: " + .why end)] | row)
  end)
