# Lines of a measurement to a table in Markdown.
def row: "| " + join(" | ") + " |";
def values: to_entries | map(select(.key != "what" and .key != "of") | "\(.key) \(.value | if type == "array" then join(", ") else . end)") | join("; ");
(["what", "seen"] | row, (map("---") | row)), (.[] | [.what + (if .of then " of \(.of)" else "" end), values] | row)
