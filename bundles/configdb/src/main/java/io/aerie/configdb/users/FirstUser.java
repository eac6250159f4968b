package io.aerie.configdb.users;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first user of a new cluster: {@code admin}, with a random password that lies in a file of the
 * founder before the user exists. A crash in between leaves a file without a user, and the next
 * start takes the file's password; it never leaves a user whose password nobody knows.
 */
public final class FirstUser {
  private static final Logger log = LoggerFactory.getLogger(FirstUser.class);
  private static final String NAME = "admin";

  /** 24 of 56 characters: 139 bits; none that look alike (0 O o, 1 l I). */
  private static final int PASSWORD_LENGTH = 24;

  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

  private final ReplicatedConfigStore store;
  private final UserDirectory users;
  private final Path file;
  private final SecureRandom random;

  /**
   * @param file where the password goes, two lines: user, password
   */
  public FirstUser(
      ReplicatedConfigStore store, UserDirectory users, Path file, SecureRandom random) {
    this.store = store;
    this.users = users;
    this.file = file;
    this.random = random;
  }

  /** Makes the user when the cluster has none at all. */
  public CompletableFuture<Void> makeWhenNone() {
    return store
        .list(UserDocument.PREFIX)
        .thenCompose(
            documents ->
                documents.isEmpty() ? make() : CompletableFuture.<Void>completedFuture(null));
  }

  private CompletableFuture<Void> make() {
    char[] password;
    try {
      password = passwordOnFile();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.IO_ERROR,
              "the first user's password could not be written to " + file,
              String.valueOf(e.getMessage()),
              "Make room or give rights in this folder; it is tried again.",
              e));
    }
    return users
        .create(NAME, password, Role.ADMINISTRATOR)
        .thenAccept(
            user -> log.info("Made the first user '{}'; its password is in {}", user.name(), file))
        .exceptionallyCompose(
            failure ->
                Causes.isRefusal(failure, ErrorCode.ALREADY_EXISTS)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }

  private char[] passwordOnFile() throws IOException {
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == 2 && NAME.equals(lines.get(0)) && !lines.get(1).isBlank()) {
        return lines.get(1).toCharArray();
      }
    }
    String password = newPassword();
    write(NAME + "\n" + password + "\n");
    return password.toCharArray();
  }

  private String newPassword() {
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  private void write(String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path fresh = folder.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
