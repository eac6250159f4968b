/**
 * What is wrong now and needs somebody, computed at each question from what the subsystems tell.
 */
package io.aerie.face.alerts;
