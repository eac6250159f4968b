package io.aerie.face.metrics;

import java.util.List;

/**
 * A metric with its values now.
 *
 * @param id its name
 * @param type gauge or counter
 * @param help what it is
 * @param samples by labels; those whose source is away are missing
 */
public record MetricView(String id, String type, String help, List<Sample> samples) {}
