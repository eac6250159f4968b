package io.aerie.face;

import io.aerie.cluster.log.ReplicatedLog;

/**
 * A replica of a log that its subsystem registered as a service.
 *
 * @param name the service property {@link ReplicatedLog#NAME}
 * @param log the replica
 */
public record NamedLog(String name, ReplicatedLog log) {}
