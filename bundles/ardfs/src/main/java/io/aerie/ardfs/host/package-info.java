/**
 * The engine's host: gives one {@link io.aerie.engine.node.StorageNode} a loop, time, disks, the
 * network and RCD, and a new life when RCD ended the last one.
 */
package io.aerie.ardfs.host;
