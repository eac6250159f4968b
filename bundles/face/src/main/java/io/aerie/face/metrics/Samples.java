package io.aerie.face.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects values. */
final class Samples {
  private final Map<Metric, Map<SortedMap<String, String>, Double>> values =
      new EnumMap<>(Metric.class);

  /** Whole numbers, exact up to 2^53: bytes of any pool. */
  void add(Metric metric, long value, String... labelValues) {
    add(metric, (double) value, labelValues);
  }

  /** Adds to what is there under these labels. */
  void add(Metric metric, double value, String... labelValues) {
    String[] names = metric.labels();
    if (names.length != labelValues.length) {
      throw new IllegalArgumentException(metric + " has " + names.length + " labels");
    }
    SortedMap<String, String> labels = new TreeMap<>();
    for (int i = 0; i < names.length; i++) {
      labels.put(names[i], labelValues[i]);
    }
    values.computeIfAbsent(metric, key -> new HashMap<>()).merge(labels, value, Double::sum);
  }

  /** In the order of {@link Metric}. */
  List<MetricView> views() {
    List<MetricView> views = new ArrayList<>();
    values.forEach((metric, samples) -> views.add(view(metric, samples)));
    return views;
  }

  private static MetricView view(Metric metric, Map<SortedMap<String, String>, Double> samples) {
    List<Sample> sorted =
        samples.entrySet().stream()
            .map(entry -> new Sample(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(sample -> sample.labels().toString()))
            .toList();
    return new MetricView(metric.metricName(), metric.type(), metric.help(), sorted);
  }
}
