/**
 * This node's life in the cluster: reads the node's configuration, makes a cluster or joins one,
 * and publishes {@code ClusterIdentity} and {@code ClusterAdmission} from then on.
 */
package io.aerie.cluster.node;
