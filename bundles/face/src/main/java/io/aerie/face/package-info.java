/**
 * What REST and the shell share: how they find subsystems that come and go, how they wait for them,
 * and how objects look in JSON, so that {@code --json} and REST show the same.
 */
package io.aerie.face;
