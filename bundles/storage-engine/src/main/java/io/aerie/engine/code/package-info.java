/**
 * Erasure codes: bytes in, bytes out. Everything here belongs to one thread (the event loop of its
 * owner) and keeps no data between calls; what is precomputed depends on the scheme and the loss
 * pattern only. docs/erasure-code.md tells the matrix, why it is right, and how fast it is.
 */
package io.aerie.engine.code;
