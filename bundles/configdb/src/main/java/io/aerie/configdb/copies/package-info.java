/** Copies of ConfigDB on the storage disks: kept by each node, and read when all else is lost. */
package io.aerie.configdb.copies;
