/**
 * Certificates while the cluster runs: what an administrator supplies for REST, renewal, and the
 * exchange of the cluster's CA.
 */
package io.aerie.cluster.node.certificate;
