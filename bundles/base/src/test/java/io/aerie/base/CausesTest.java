package io.aerie.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CausesTest {
  private final AerieException refusal = new AerieException(ErrorCode.FENCED, "no");

  @Test
  void shouldFindWhatFailedBehindWrappers() {
    assertThat(Causes.of(refusal)).isSameAs(refusal);
    assertThat(Causes.of(new ExecutionException(new CompletionException(refusal))))
        .isSameAs(refusal);
    CompletionException bare = new CompletionException("nothing behind it", null);
    assertThat(Causes.of(bare)).isSameAs(bare);
    // what a failure was caused by is not what failed
    IllegalStateException failed = new IllegalStateException(refusal);
    assertThat(Causes.of(failed)).isSameAs(failed);
  }

  @Test
  void shouldKnowRefusalsByTheirCodes() {
    CompletionException wrapped = new CompletionException(refusal);
    assertThat(Causes.isRefusal(wrapped, ErrorCode.UNAVAILABLE, ErrorCode.FENCED)).isTrue();
    assertThat(Causes.isRefusal(wrapped, ErrorCode.UNAVAILABLE)).isFalse();
    assertThat(Causes.isRefusal(new IllegalStateException(refusal), ErrorCode.FENCED)).isFalse();
  }
}
