package io.aerie.rest.resources;

import io.aerie.face.metrics.Metric;
import io.aerie.face.metrics.MetricView;
import io.aerie.face.metrics.Sample;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Metrics as Prometheus' library wants them. */
final class MetricSnapshotViews {
  private MetricSnapshotViews() {}

  static MetricSnapshots of(List<MetricView> metrics) {
    return new MetricSnapshots(metrics.stream().map(MetricSnapshotViews::of).toList());
  }

  private static MetricSnapshot of(MetricView metric) {
    return metric.type().equals(Metric.COUNTER) ? counter(metric) : gauge(metric);
  }

  /** The library puts the ending of counters to their names itself. */
  private static CounterSnapshot counter(MetricView metric) {
    CounterSnapshot.Builder snapshot =
        CounterSnapshot.builder()
            .name(metric.id().substring(0, metric.id().length() - Metric.COUNTER_ENDING.length()))
            .help(metric.help());
    for (Sample sample : metric.samples()) {
      snapshot.dataPoint(
          CounterDataPointSnapshot.builder().value(sample.value()).labels(labels(sample)).build());
    }
    return snapshot.build();
  }

  private static GaugeSnapshot gauge(MetricView metric) {
    GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(metric.id()).help(metric.help());
    for (Sample sample : metric.samples()) {
      snapshot.dataPoint(
          GaugeDataPointSnapshot.builder().value(sample.value()).labels(labels(sample)).build());
    }
    return snapshot.build();
  }

  private static Labels labels(Sample sample) {
    Labels.Builder labels = Labels.builder();
    sample.labels().forEach(labels::label);
    return labels.build();
  }
}
