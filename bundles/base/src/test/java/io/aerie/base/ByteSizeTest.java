package io.aerie.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as administrators type them, and the refusal of everything else. */
class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "512,512",
    "4k,4096",
    "64KiB,65536",
    "4G,4294967296",
    "10 GB,10737418240",
    "1T,1099511627776"
  })
  void shouldReadSizesWithBinaryUnits(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5G", "G", "4X", "9223372036854775808", "9000000P", "4 G B"})
  void shouldRefuseWhatIsNoSize(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE));
  }

  @Test
  void shouldPrintTheLargestUnitThatFits() {
    assertThat(new ByteSize(100)).hasToString("100 B");
    assertThat(new ByteSize(4L << 30)).hasToString("4 GiB");
    assertThat(new ByteSize(3L << 29)).hasToString("1.5 GiB");
  }
}
