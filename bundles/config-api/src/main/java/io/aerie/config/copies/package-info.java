/** Copies of ConfigDB on the storage disks, and how ConfigDB comes back from them. */
package io.aerie.config.copies;
