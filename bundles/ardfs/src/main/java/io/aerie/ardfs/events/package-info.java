/** What happens to storage's objects, told from what each command of RCD changed. */
package io.aerie.ardfs.events;
