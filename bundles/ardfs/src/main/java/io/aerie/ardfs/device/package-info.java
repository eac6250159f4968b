/** Real disks under the engine: block devices and files, read and written past the page cache. */
package io.aerie.ardfs.device;
