/** Applies upgrade packages to the cluster: this node's part in it. See docs/upgrade.md. */
package io.aerie.upgrade.apply;
