package io.aerie.shell.commands;

import io.aerie.face.audit.AuditDetails;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;

/** What of a command is recorded. */
final class CommandAudit {
  private static final String DRY_RUN = "--dry-run";

  private CommandAudit() {}

  static String action(AerieCommand command) {
    Command known = command.getClass().getAnnotation(Command.class);
    return known.scope() + ":" + known.name();
  }

  static boolean isDryRun(AerieCommand command) {
    for (Field field : fields(command)) {
      Option option = field.getAnnotation(Option.class);
      if (option != null && option.name().equals(DRY_RUN)) {
        return Boolean.TRUE.equals(value(field, command));
      }
    }
    return false;
  }

  /** Arguments and options by their names in lower case, as far as they may be recorded. */
  static Map<String, String> details(AerieCommand command) {
    Map<String, String> details = new HashMap<>();
    for (Field field : fields(command)) {
      Argument argument = field.getAnnotation(Argument.class);
      Option option = field.getAnnotation(Option.class);
      if (argument != null) {
        String name = argument.name().toLowerCase(Locale.ROOT);
        AuditDetails.put(details, name, value(field, command));
      } else if (option != null && !option.censor()) {
        AuditDetails.put(details, option.name().replaceAll("^-+", ""), value(field, command));
      }
    }
    return details;
  }

  /** Also those that several commands inherit. */
  private static List<Field> fields(AerieCommand command) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> type = command.getClass(); type != null; type = type.getSuperclass()) {
      fields.addAll(List.of(type.getDeclaredFields()));
    }
    return fields;
  }

  private static Object value(Field field, AerieCommand command) {
    try {
      field.setAccessible(true);
      return field.get(command);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a command's argument can't be read: " + field, e);
    }
  }
}
