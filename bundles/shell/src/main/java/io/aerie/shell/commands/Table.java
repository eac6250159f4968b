package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.ByteSize;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Objects as an aligned table: one line of headings, one line per object, two spaces between
 * columns, no colours and no frames, so that {@code awk} and people read it alike. Amounts are to
 * the right and in units; {@code --json} has the exact numbers.
 */
final class Table {
  private static final String GAP = "  ";
  private static final String BYTES = "Bytes";
  private static final String RATE = "BytesPerSecond";

  private final List<String> fields;

  /**
   * @param fields the names of fields in the objects; those that end in "Bytes" are amounts, in
   *     "BytesPerSecond" rates
   */
  Table(String... fields) {
    this.fields = List.of(fields);
  }

  void print(Iterable<? extends JsonNode> objects, PrintStream out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(fields.stream().map(Table::heading).toList());
    objects.forEach(object -> rows.add(fields.stream().map(field -> cell(object, field)).toList()));
    int[] widths = new int[fields.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      out.println(line(row, widths));
    }
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(isAmount(fields.get(i)) ? padding + row.get(i) : row.get(i) + padding);
      line.append(GAP);
    }
    return line.toString().stripTrailing();
  }

  private static boolean isAmount(String field) {
    return field.endsWith(BYTES) || field.endsWith(RATE);
  }

  /** {@code sizeBytes} is headed SIZE, {@code ownedVolumes} OWNED VOLUMES. */
  private static String heading(String field) {
    String name = field.replaceAll("(" + RATE + "|" + BYTES + ")$", "");
    return name.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
  }

  /** A field's text; a dash for none, so that columns can be counted. */
  static String cell(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (field.endsWith(RATE)) {
      return new ByteSize(value.asLong()) + "/s";
    }
    if (isAmount(field)) {
      return value.isObject() ? amounts(value) : new ByteSize(value.asLong()).toString();
    }
    if (field.equals("limits")) {
      return limits(value);
    }
    String text = value.isValueNode() ? value.asText() : value.toString();
    return text.isEmpty() ? "-" : text;
  }

  /** Those that are there: {@code writeOperationsPerSecond 200, writeBytesPerSecond 10 MiB/s}. */
  private static String limits(JsonNode limits) {
    String there =
        limits.properties().stream()
            .filter(limit -> !limit.getValue().isNull())
            .map(limit -> limit.getKey() + " " + cell(limits, limit.getKey()))
            .collect(Collectors.joining(", "));
    return there.isEmpty() ? "-" : there;
  }

  /** Several amounts in one cell: {@code rf2 6 GiB, rf3 4 GiB}. */
  private static String amounts(JsonNode named) {
    return named.properties().stream()
        .map(amount -> amount.getKey() + " " + new ByteSize(amount.getValue().asLong()))
        .collect(Collectors.joining(", "));
  }
}
