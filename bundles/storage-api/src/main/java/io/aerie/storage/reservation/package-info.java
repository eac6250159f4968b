/**
 * Reservations of a volume, SPC-4, section 5.13, and the older RESERVE(6) of SPC-2: a pure state
 * machine over immutable states. RCD keeps the states and applies the requests; owners look at them
 * when they number a write.
 */
package io.aerie.storage.reservation;
