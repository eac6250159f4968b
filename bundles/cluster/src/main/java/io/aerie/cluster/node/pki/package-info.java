/**
 * Keys and certificates (RFC 5280) of the cluster and its nodes. Keys, signatures, stores and TLS
 * are the JDK's; Bouncy Castle only puts certificates and requests together.
 */
package io.aerie.cluster.node.pki;
