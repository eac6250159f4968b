/** Native help for the engine's erasure codes, where the machine has it. */
package io.aerie.ardfs.code;
