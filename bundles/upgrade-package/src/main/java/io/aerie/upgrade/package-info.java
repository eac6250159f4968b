/**
 * What a package of the field upgrade is, and whether one is whole, ours, and for this node.
 * Nothing here changes anything; {@code io.aerie.upgrade.make} makes packages.
 */
package io.aerie.upgrade;
