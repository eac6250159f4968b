package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.Protection;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The protections that are chosen most; any code from ec2+1 to ec8+8 is taken. */
@Service
public final class ProtectionCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Protection.COMMON.stream().map(Protection::toString);
  }
}
