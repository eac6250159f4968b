/** The joining node's side: asks the token's members over TLS pinned to the cluster's CA. */
package io.aerie.cluster.node.join;
