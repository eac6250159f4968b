/**
 * Who this node is, how it proves it (mutual TLS under the cluster's own CA), and how another
 * becomes a member.
 */
package io.aerie.cluster.identity;
