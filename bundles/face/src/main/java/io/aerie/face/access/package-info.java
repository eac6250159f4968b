/** Who may do what, in one place for REST and the shell. See docs/security.md. */
package io.aerie.face.access;
