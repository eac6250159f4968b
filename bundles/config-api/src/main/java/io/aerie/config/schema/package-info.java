/** How subsystems tell ConfigDB what their documents look like. */
package io.aerie.config.schema;
