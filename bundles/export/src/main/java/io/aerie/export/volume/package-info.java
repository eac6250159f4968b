/**
 * Volumes that outlast a swap of the storage subsystem: operations wait a bounded time for the
 * service to come back, are issued again, and the client sees a pause.
 */
package io.aerie.export.volume;
