/** The shell: commands in one package, completion and login beside them. See docs/shell.md. */
package io.aerie.shell;
