package io.aerie.nbd.server;

import io.aerie.export.server.ByteBudget;
import io.aerie.export.volume.VolumeSource;
import javax.net.ssl.SSLContext;

/**
 * What all connections of a server share.
 *
 * @param source of volumes
 * @param limits what clients may take
 * @param tls to offer, or null
 * @param budget payload bytes at work on all connections
 */
record ServerContext(VolumeSource source, NbdLimits limits, SSLContext tls, ByteBudget budget) {}
