/** How both faces record what they change and refuse. */
package io.aerie.face.audit;
