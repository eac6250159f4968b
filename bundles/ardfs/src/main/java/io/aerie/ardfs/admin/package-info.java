/** Storage for administrators: lists from this node's replica, changes by commands to RCD. */
package io.aerie.ardfs.admin;
