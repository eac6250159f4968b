/**
 * One disk of a member: superblocks, a log ring, a table of blocks and streams, page checksums and
 * slots on a {@link io.aerie.engine.disk.BlockDevice}. Without threads, clocks, files or sockets:
 * the device and the loop come in from outside. {@link io.aerie.engine.disk.DiskEngine} is the way
 * in; the layout is drawn in {@code docs/on-disk-format.md}.
 */
package io.aerie.engine.disk;
