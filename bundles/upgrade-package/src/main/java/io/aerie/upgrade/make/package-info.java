/** Makes a package of the field upgrade from a built distribution and the one before it. */
package io.aerie.upgrade.make;
