/** Answers that go on: server-sent events, written without a thread for each. */
package io.aerie.rest.stream;
