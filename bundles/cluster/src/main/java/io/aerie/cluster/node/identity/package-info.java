/** The folder {@code DATA/cluster}: who this node is, on disk, whole or not at all. */
package io.aerie.cluster.node.identity;
