/** What a node does for the owners of volumes with its disks. */
package io.aerie.engine.member;
