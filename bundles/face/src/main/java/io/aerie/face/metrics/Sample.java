package io.aerie.face.metrics;

import java.util.SortedMap;

/**
 * One value of a metric.
 *
 * @param labels by name; those of the metric
 * @param value in the unit that the metric's name ends with
 */
public record Sample(SortedMap<String, String> labels, double value) {}
