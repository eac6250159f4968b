package io.aerie.rest.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A method whose body may be a large file, which it reads itself, as a stream. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LargeBody {
  /** The media type of such a body; others have the limit of all bodies. */
  String value();

  /**
   * Bytes of such a body that goes through memory in parts; 0 for one that is held as a whole, of
   * which the node's heap says how large it may be.
   */
  long bytesMax() default 0;
}
