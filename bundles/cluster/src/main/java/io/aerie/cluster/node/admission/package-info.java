/** Letting nodes in: one-time tokens and members' records in ConfigDB. */
package io.aerie.cluster.node.admission;
