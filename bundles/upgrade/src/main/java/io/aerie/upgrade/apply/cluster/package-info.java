/** What nodes ask each other for an upgrade, and what is looked at before one. */
package io.aerie.upgrade.apply.cluster;
