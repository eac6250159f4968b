/** The cluster's users in ConfigDB at {@code users/NAME}: salted hashes, roles, the first user. */
package io.aerie.configdb.users;
