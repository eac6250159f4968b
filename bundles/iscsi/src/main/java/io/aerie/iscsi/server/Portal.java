package io.aerie.iscsi.server;

import io.aerie.storage.reservation.Nexus;

/**
 * Where initiators reach targets.
 *
 * @param address host and port
 * @param tag of its portal group, {@link Nexus#portOf}: each node is one, because sessions don't
 *     span nodes
 */
public record Portal(String address, int tag) {}
