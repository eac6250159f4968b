/**
 * Membership and messages on Atomix 3.1: its messaging over mutual TLS and its heartbeat protocol,
 * with our own memory of members, time limits and errors around them. {@code docs/cluster.md} says
 * what this provider guarantees.
 */
package io.aerie.cluster.atomix;
