package io.aerie.engine.store;

import java.util.UUID;

/**
 * What a superblock says.
 *
 * @param cluster whose disk
 * @param disk its own random id
 * @param generation raised at each open, before anything is served
 */
public record DiskIdentity(UUID cluster, UUID disk, long generation) {}
