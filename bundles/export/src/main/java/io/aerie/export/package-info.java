/**
 * What the exports share, whatever their protocol: when to listen, and the administrator's switch.
 */
package io.aerie.export;
