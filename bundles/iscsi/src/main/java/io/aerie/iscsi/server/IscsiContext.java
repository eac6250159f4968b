package io.aerie.iscsi.server;

import io.aerie.export.server.ByteBudget;
import io.aerie.export.volume.VolumeSource;
import io.aerie.iscsi.target.Targets;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;

/**
 * What all connections of a server share.
 *
 * @param source of volumes
 * @param targets and who may use them
 * @param limits what initiators may take
 * @param portals of the cluster as discovery tells them, asked each time
 * @param portalGroupTag of this node
 * @param budget data of all tasks at work, bytes
 * @param sessions that are open
 * @param random for challenges
 */
record IscsiContext(
    VolumeSource source,
    Targets targets,
    IscsiLimits limits,
    Supplier<List<Portal>> portals,
    int portalGroupTag,
    ByteBudget budget,
    Sessions sessions,
    SecureRandom random) {}
