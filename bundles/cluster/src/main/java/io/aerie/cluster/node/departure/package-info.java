/** Nodes that left for good: what is known of them, and what members make of it. */
package io.aerie.cluster.node.departure;
