package io.aerie.configdb.schema;

import io.aerie.config.schema.DocumentSchema;
import io.aerie.configdb.state.Lineage;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** What {@link Lineage}'s document looks like: a wrong one would stop all changes. */
@Component(service = DocumentSchema.class)
public final class LineageSchema implements DocumentSchema {
  @Override
  public String type() {
    return Lineage.TYPE;
  }

  @Override
  public List<String> paths() {
    return List.of(Lineage.PATH);
  }

  @Override
  public String json() {
    return """
        {
          "type": "object",
          "required": ["lineage", "order", "state"],
          "properties": {
            "lineage": {"type": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},
            "order": {"type": "integer", "minimum": 0},
            "state": {"enum": ["new", "whole", "restoring"]},
            "operation": {
              "type": "object",
              "required": ["kind", "id", "began", "done", "then"],
              "properties": {
                "kind": {"enum": ["import", "rebuild"]},
                "id": {"type": "string"},
                "began": {"type": "string"},
                "done": {"type": "integer", "minimum": 0},
                "then": {"enum": ["new", "whole"]}
              }
            }
          }
        }
        """;
  }
}
