/** What the disk engine costs beside the bare file that it writes to. */
package io.aerie.bench.disk;
