/**
 * ConfigDB's replicated state: documents in a sorted map under one global revision, and the records
 * that travel to it. Deterministic; no OSGi, no threads, no clock.
 */
package io.aerie.configdb.state;
