/** Events for users: who may see which, and how they look. */
package io.aerie.face.events;
