/**
 * One node's part of the storage protocol: ties member, owner and clients together over the ports
 * of {@link io.aerie.engine.node.Environment}. Nothing in it starts a thread, reads a clock or
 * opens a socket.
 */
package io.aerie.engine.node;
