/**
 * Messages of the storage protocol between nodes: one TCP connection for each direction of each
 * pair, mutual TLS, frames with a length. Fire and forget, as the engine wants it: what can't be
 * sent is dropped, the protocol's own retransmission deals with it.
 */
package io.aerie.ardfs.network;
