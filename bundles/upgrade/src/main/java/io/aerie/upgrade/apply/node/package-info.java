/** What lies on this node: packages, the releases they make, and which of them starts. */
package io.aerie.upgrade.apply.node;
