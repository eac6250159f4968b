package io.aerie.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.UnitDefinition;
import org.junit.jupiter.api.Test;

/** Goal: documents of targets mean what docs/iscsi.md says, and nothing is guessed. */
final class TargetDocumentsTest {
  private static TargetDefinition target(String json) throws JsonProcessingException {
    return TargetDocuments.target(new ObjectMapper().readTree(json), /* secret= */ null);
  }

  @Test
  void shouldServeBothKindsOfLuns() throws JsonProcessingException {
    TargetDefinition target =
        target(
            """
            {"name":"iqn.x:t","luns":[{"lun":3,"volume":"v3"}],"lunsWithOptions":[
              {"lun":1,"volume":"v1","readOnly":true},
              {"lun":4,"volume":"v4","blockSizeBytes":4096}]}
            """);
    assertThat(target.units().keySet()).containsExactly(1, 3, 4);
    assertThat(target.units())
        .containsEntry(1, new UnitDefinition("v1", /* readOnly= */ true, 512))
        .containsEntry(3, UnitDefinition.of("v3"))
        .containsEntry(4, new UnitDefinition("v4", /* readOnly= */ false, 4096));
  }

  @Test
  void shouldNotChooseAmongLunsOfOneNumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                target(
                    """
                    {"name":"iqn.x:t","luns":[{"lun":1,"volume":"v3"}],
                     "lunsWithOptions":[{"lun":1,"volume":"v1","readOnly":true}]}
                    """));
  }
}
