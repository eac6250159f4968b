/** What OSGi sees of ARDFS: components that wire the host, and nothing else. */
package io.aerie.ardfs.component;
