/** Figures of the cluster and of this node, for monitoring systems. */
package io.aerie.face.metrics;
