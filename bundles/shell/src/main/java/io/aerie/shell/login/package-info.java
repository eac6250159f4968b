/** The login of the shell: the cluster's users instead of Karaf's file of users. */
package io.aerie.shell.login;
