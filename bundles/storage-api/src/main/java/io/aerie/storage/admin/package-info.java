/** Storage as administrators see it: nodes, disks, pools, volumes, jobs. */
package io.aerie.storage.admin;
