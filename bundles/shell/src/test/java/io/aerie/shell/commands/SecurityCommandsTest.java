package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCertificates;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeSubsystems;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of certificates and the CA over fakes. */
class SecurityCommandsTest {
  private final FakeCertificates certificates = new FakeCertificates();
  private final FakeAudit audit = new FakeAudit();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(RestCertificate.class, certificates)
          .with(AuthorityRotation.class, certificates)
          .with(ClusterIdentity.class, new FakeCluster())
          .with(AuditLog.class, audit);

  @TempDir private Path folder;
  private Path key;

  @BeforeEach
  void writeKey() throws Exception {
    key = Files.writeString(folder.resolve("key.pem"), "s3cret");
  }

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        subsystems,
        new Caller("admin", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private CertificateSetCommand set(String chain, boolean dryRun) throws Exception {
    CertificateSetCommand command = new CertificateSetCommand();
    command.certificate = Files.writeString(folder.resolve("chain.pem"), chain).toString();
    command.key = key.toString();
    command.dryRun = dryRun;
    return command;
  }

  @Test
  void shouldSetShowAndReset() throws Exception {
    assertThat(run(set("chain", true))).startsWith("would be set: CN=aerie.example, until 1970");
    assertThat(run(new CertificateShowCommand())).contains("CN=n1", "cluster");
    assertThat(run(set("chain", false))).startsWith("set: CN=aerie.example");
    assertThat(run(new CertificateShowCommand())).contains("CN=aerie.example", "supplied");
    assertThat(run(new CertificateResetCommand())).startsWith("reset");
    assertThat(certificates.view().supplied()).isEmpty();
    assertThat(audit.lines().toString())
        .contains("security:certificate-set", "security:certificate-reset")
        .doesNotContain("s3cret");
  }

  @Test
  void shouldTellWhatIsWrong() {
    assertThatThrownBy(() -> run(set("bad", false)))
        .isInstanceOfSatisfying(
            AerieException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_EXPIRED));
    CertificateSetCommand missing = new CertificateSetCommand();
    missing.certificate = folder.resolve("nowhere").toString();
    missing.key = key.toString();
    assertThatThrownBy(() -> run(missing))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO_ERROR));
  }

  @Test
  void shouldRotateAndTellWhomItWaitsFor() {
    CaRotateCommand rotate = new CaRotateCommand();
    rotate.hold = true;
    rotate.without = List.of("n4");
    assertThat(run(rotate)).contains("trust", "[\"n3\"]", "[\"n4\"]", "CN=CA 2");
    CaShowCommand show = new CaShowCommand();
    assertThat(run(show)).contains("CN=CA 1", "hold");
    show.pem = true;
    assertThat(run(show)).isEqualTo("CA1\nCA2\n");
  }
}
