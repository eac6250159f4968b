/** Users and their roles, kept in ConfigDB, asked by every face. */
package io.aerie.config.users;
