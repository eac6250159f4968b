# A summary to tables in Markdown: medians, then the goals. $jobs is the data file beside this.
def row: "| " + join(" | ") + " |";
def digits($places): if . == null then "" else pow(10; $places) as $p | "\(. * $p | round / $p)" end;
($jobs[0] | map({key: .job, value: .words}) | from_entries) as $words
| def goal: (if .figure == "rss_mib" then "resident memory of each node, MiB, below \(.at_most)"
             else "\(.protection), \($words[.job]): \(if .figure == "iops" then "IOPS at least \(.at_least_times_ceph) times Ceph's" else "CPU of an operation at most \(.at_most_times_ceph) of Ceph's" end)" end);
  (["protection", "job", "system", "IOPS (least to most)", "MB/s", "p50, us", "p99, us", "CPU s per 1,000", "its CPU to Ceph's", "resident MiB, a node or OSD", "IOPS to Ceph's", "IOPS to raw", "busy cores"]
   | row, (map("---") | row)),
  (.medians[] | [.protection, $words[.job], .system, "\(.iops | digits(0)) (\(.iops_least | digits(0)) to \(.iops_most | digits(0)))",
     (.mb_per_s | digits(1)), (.p50_us | digits(0)), (.p99_us | digits(0)), (.cpu_s_per_1000 | digits(3)), (.cpu_to_ceph | digits(2)),
     (.rss_mib | digits(0)), (.to_ceph | digits(2)), (.to_raw | digits(3)), (.busy_cores | digits(2))] | row),
  "",
  (["goal", "seen", "met"] | row, (map("---") | row)),
  (.goals[] | [goal, (.figure as $figure | .seen | digits(if $figure == "iops" then 2 else 3 end)), (if .met == null then "not measured" elif .met then "yes" else "NO" end)] | row),
  "",
  (.goals | "\(map(select(.met == true)) | length) goals met, \(map(select(.met == false)) | length) not met, \(map(select(.met == null)) | length) not measured")
