/** Small requests between nodes of the control plane. Data takes its own way ({@code ardfs}). */
package io.aerie.cluster.messages;
