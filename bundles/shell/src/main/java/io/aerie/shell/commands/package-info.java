/** The commands, {@code SUBSYSTEM:VERB}: each asks a contract and prints, no more. */
package io.aerie.shell.commands;
