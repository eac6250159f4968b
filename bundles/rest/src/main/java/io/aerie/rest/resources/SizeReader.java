package io.aerie.rest.resources;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import java.io.IOException;

/** Reads a size: a text as users write it, or a whole number of bytes. */
public final class SizeReader extends StdDeserializer<ByteSize> {
  private static final long serialVersionUID = 1L;

  /** For Jackson. */
  public SizeReader() {
    super(ByteSize.class);
  }

  @Override
  public ByteSize deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING
        || parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return ByteSize.parse(parser.getText());
    }
    throw new AerieException(
        ErrorCode.INVALID_SIZE,
        "The field '" + parser.currentName() + "' is not a size",
        "A size is a text, or a whole number of bytes.",
        "Write for example \"4G\".");
  }
}
