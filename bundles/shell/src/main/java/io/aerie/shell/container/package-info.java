/** The record of what administrators do with the container's own commands. */
package io.aerie.shell.container;
