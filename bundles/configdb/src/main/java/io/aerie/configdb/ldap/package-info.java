/**
 * A second source of users: a directory that speaks LDAP (RFC 4511). Its settings, and what a login
 * asks it.
 */
package io.aerie.configdb.ldap;
