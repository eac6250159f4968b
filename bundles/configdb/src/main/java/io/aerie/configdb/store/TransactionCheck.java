package io.aerie.configdb.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.Command;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Limits;
import io.aerie.configdb.state.Paths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** What a transaction must fulfil before it is sent: the replicated state trusts what it gets. */
final class TransactionCheck {
  private static final Pattern TYPE =
      Pattern.compile("[A-Za-z0-9._-]{1," + Limits.TYPE_LENGTH_MAX + "}");
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final SchemaRegistry schemas;
  private final ConfigStateMachine state;

  TransactionCheck(SchemaRegistry schemas, ConfigStateMachine state) {
    this.schemas = schemas;
    this.state = state;
  }

  /**
   * The command that carries it, when nothing is wrong with it.
   *
   * @param guard a condition that the store adds: it is not counted into the transaction's size
   */
  byte[] encoded(ConfigTransaction transaction, Condition guard) {
    check(transaction);
    checkDatabase(transaction.changes());
    return new Command(UUID.randomUUID(), transaction).encodeWith(guard);
  }

  /** The same for a step of a restore, which was judged as a whole before. */
  byte[] encodedStep(ConfigTransaction transaction) {
    check(transaction);
    return new Command(UUID.randomUUID(), transaction).encode();
  }

  /** Refuses what any transaction with one of the changes, or the database after all, would. */
  void checkAll(List<Change> changes) {
    check(new ConfigTransaction(List.of(), changes));
    checkDatabase(changes);
  }

  /** What makes the database smaller is let through, however full it is. */
  private void checkDatabase(List<Change> changes) {
    long before = state.bytes();
    long after = state.bytesAfter(changes);
    if (after > Limits.DATABASE_BYTES_MAX && after > before) {
      throw new AerieException(
          ErrorCode.TOO_LARGE,
          "the whole database would have " + after + " bytes",
          "It has " + before + "; at most " + Limits.DATABASE_BYTES_MAX + " are allowed.",
          "Delete documents that nobody needs.");
    }
  }

  private void check(ConfigTransaction transaction) {
    for (Condition condition : transaction.conditions()) {
      Paths.check(condition.path());
      if (condition.revision() < 0) {
        throw invalid("the revision " + condition.revision() + " of a condition is negative", "");
      }
    }
    for (Change change : transaction.changes()) {
      Paths.check(change.path());
      if (change instanceof Change.Put put) {
        check(put);
        schemas.check(put);
      }
    }
  }

  private static void check(Change.Put put) {
    if (put.type() == null || !TYPE.matcher(put.type()).matches()) {
      throw invalid(
          "the type of '" + put.path() + "' is not a type",
          "A type has 1 to "
              + Limits.TYPE_LENGTH_MAX
              + " letters, digits, dots, hyphens and underscores.");
    }
    int bytes = put.json().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Limits.DOCUMENT_BYTES_MAX) {
      throw new AerieException(
          ErrorCode.TOO_LARGE,
          "the document '" + put.path() + "' has " + bytes + " bytes",
          "At most " + Limits.DOCUMENT_BYTES_MAX + " are allowed.",
          "");
    }
    checkJson(put);
  }

  private static void checkJson(Change.Put put) {
    try (JsonParser parser = JSON.createParser(put.json())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid(
            "the document '" + put.path() + "' is not a JSON object", "It must be one (RFC 8259).");
      }
      parser.skipChildren();
      // null at the end of the input: text that ends inside the object makes the parser throw
      if (parser.nextToken() != null) {
        throw invalid("something follows the JSON object of '" + put.path() + "'", "");
      }
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "the document '" + put.path() + "' is not JSON",
          firstLine(e),
          "",
          e);
    }
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static AerieException invalid(String what, String why) {
    return new AerieException(ErrorCode.INVALID_VALUE, what, why, "");
  }
}
