package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** {@code cluster:join}: tells this node, which waits for it, which cluster to join. */
@Service
@Requires(Permission.MEMBERSHIP_CHANGE)
@Command(scope = "cluster", name = "join", description = "Makes this node join a cluster")
public final class ClusterJoinCommand extends AerieCommand {
  /** What the node reads (etc/io.aerie.node.cfg); a change starts the join at once. */
  static final String PID = "io.aerie.node";

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+");

  /** The file that the container read it from, a URI. */
  private static final String FILE = "felix.fileinstall.filename";

  @Argument(
      name = "TOKEN",
      description = "What cluster:token printed on a member",
      required = true,
      censor = true)
  String token;

  /** Part of the container itself: never missing. */
  @Reference ConfigurationAdmin configurations;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    if (subsystems.find(ClusterIdentity.class).isPresent()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "This node is a member of a cluster already",
          "A node never changes its cluster.",
          "Wipe its data first if it must.");
    }
    if (!TOKEN.matcher(token).matches()) {
      throw new AerieException(
          ErrorCode.TOKEN_INVALID,
          "This is not a join token",
          "It has letters, digits, '-' and '_' alone.",
          "Copy the whole text that cluster:token printed.");
    }
    try {
      Configuration configuration = configurations.getConfiguration(PID, "?");
      Map<String, String> wanted = Map.of("mode", "join", "token", token);
      // First the file, so that a node that restarts before it is a member joins all the same.
      keep(configuration, wanted);
      Map<String, Object> changed = new HashMap<>();
      if (configuration.getProperties() != null) {
        changed.putAll(FrameworkUtil.asMap(configuration.getProperties()));
      }
      changed.putAll(wanted);
      configuration.update(FrameworkUtil.asDictionary(changed));
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "The node's configuration can't be written", "", "", e);
    }
    out.println("joining; cluster:info shows when it is done");
  }

  private static void keep(Configuration configuration, Map<String, String> wanted)
      throws IOException {
    Object file =
        configuration.getProperties() == null ? null : configuration.getProperties().get(FILE);
    if (file != null) {
      ConfigurationFile.set(Path.of(URI.create(file.toString())), wanted);
    }
  }
}
