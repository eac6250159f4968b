/**
 * The contract {@code ConfigStore} over a replicated log: validation at the edge, transactions that
 * are sent again until they are answered, linearizable reads, watches.
 */
package io.aerie.configdb.store;
