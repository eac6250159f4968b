/**
 * Who is in the cluster and whom this node can reach now. An observation, never a fence: storage
 * has its own leases.
 */
package io.aerie.cluster.membership;
