/** What must lie beside Ratis' own classes, because Ratis finds it by name. */
package io.aerie.cluster.ratis.library;
