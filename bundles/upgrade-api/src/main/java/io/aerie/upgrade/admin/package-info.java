/** The field upgrade of a whole cluster, as administrators use it: docs/upgrade.md. */
package io.aerie.upgrade.admin;
