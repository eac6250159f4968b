package io.aerie.configdb.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.config.Document;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A document is parsed once, and whatever takes its place is parsed anew. */
class ReadDocumentsTest {
  private final AtomicInteger reads = new AtomicInteger();
  private final ReadDocuments<String> documents =
      new ReadDocuments<>(
          document -> {
            reads.incrementAndGet();
            if (document.json().equals("bad")) {
              throw new IllegalArgumentException("bad");
            }
            return "read " + document.json();
          });

  private static Document document(String path, String json, long revision) {
    return new Document(path, "token", json, 1, revision);
  }

  @Test
  void shouldReadADocumentOnce() {
    Document document = document("tokens/a", "1", 1);
    assertThat(documents.of(document)).isEqualTo("read 1");
    assertThat(documents.of(document)).isEqualTo("read 1");
    assertThat(reads).hasValue(1);
  }

  /** A restore may bring back a revision with another content. */
  @Test
  void shouldReadAnotherDocumentOfTheSameRevision() {
    assertThat(documents.of(document("tokens/a", "1", 7))).isEqualTo("read 1");
    assertThat(documents.of(document("tokens/a", "2", 7))).isEqualTo("read 2");
  }

  @Test
  void shouldRefuseABadDocumentEachTime() {
    Document bad = document("tokens/a", "bad", 1);
    assertThatThrownBy(() -> documents.of(bad)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> documents.of(bad)).isInstanceOf(IllegalArgumentException.class);
    assertThat(reads).hasValue(2);
  }

  @Test
  void shouldStayBounded() {
    for (int i = 0; i < 2 * ReadDocuments.ENTRIES_MAX; i++) {
      documents.of(document("tokens/" + i, "1", i));
    }
    assertThat(documents.size()).isEqualTo(ReadDocuments.ENTRIES_MAX);
  }
}
