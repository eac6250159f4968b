package io.aerie.itests.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.keepRuntimeFolder;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * Goal: a bundle of ours can be exchanged in the field while all others go on. Method: boot the
 * distribution as one node that founds a cluster, then stop, start and update every bundle in
 * place, and compute from the wires whom a refresh would take along: for an implementation nobody.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BundleLifecycleIT {
  /** Contracts and library bundles: the only ones whose packages others may be wired to. */
  private static final Set<String> EXPORTING =
      Set.of(
          "io.aerie.base",
          "io.aerie.cluster-api",
          "io.aerie.config-api",
          "io.aerie.storage-api",
          "io.aerie.event-api",
          "io.aerie.upgrade-api");

  /** How long a node alone may take to found its cluster, on a loaded machine with two cores. */
  private static final long SETTLE_SECONDS = 90;

  @Inject private BundleContext context;
  @Inject private ServiceComponentRuntime components;

  /** The distribution with free ports and a folder of its own. */
  @Configuration
  public Option[] distribution() {
    List<Option> options = new ArrayList<>();
    options.add(
        karafDistributionConfiguration()
            .frameworkUrl(new File(System.getProperty("aerie.distribution")).toURI().toString())
            .name("Aerie")
            .karafVersion("4.4.10")
            .unpackDirectory(new File("target/exam"))
            .useDeployFolder(false)
            .runEmbedded(false));
    options.add(keepRuntimeFolder());
    options.add(configureConsole().ignoreLocalConsole());
    String mvn = "etc/org.ops4j.pax.url.mvn.cfg";
    options.add(
        editConfigurationFilePut(
            mvn,
            "org.ops4j.pax.url.mvn.defaultRepositories",
            "${karaf.home.uri}${karaf.default.repository}@id=system.repository@snapshots, "
                + new File(System.getProperty("maven.repository")).toURI()
                + "@id=build.repository"));
    String node = "etc/io.aerie.node.cfg";
    options.add(editConfigurationFilePut(node, "mode", "found"));
    options.add(editConfigurationFilePut(node, "host", "127.0.0.1"));
    options.add(editConfigurationFilePut(node, "data", "${karaf.data}/aerie"));
    for (String port : List.of("cluster", "log", "data", "rest", "ssh", "nbd", "iscsi")) {
      options.add(editConfigurationFilePut(node, "port." + port, freePort()));
    }
    String shell = "etc/org.apache.karaf.shell.cfg";
    options.add(editConfigurationFilePut(shell, "sshPort", freePort()));
    options.add(editConfigurationFilePut(shell, "sshHost", "127.0.0.1"));
    // As Karaf's own start script does; without it its specs' activator complains of every bundle.
    options.add(
        CoreOptions.vmOptions(
            "--add-reads=java.xml=java.logging",
            "--add-exports=java.base/org.apache.karaf.specs.locator=java.xml,ALL-UNNAMED",
            "--patch-module",
            "java.base=lib/endorsed/org.apache.karaf.specs.locator-4.4.10.jar",
            "--patch-module",
            "java.xml=lib/endorsed/org.apache.karaf.specs.java.xml-4.4.10.jar"));
    for (String opened :
        List.of(
            "java.util",
            "java.lang",
            "java.net",
            "java.security",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.time",
            "java.nio",
            "sun.nio.ch")) {
      options.add(CoreOptions.vmOption("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
    }
    return options.toArray(Option[]::new);
  }

  @Test
  public void shouldRunEveryBundleOfOurs() {
    List<String> inactive =
        ours().stream()
            .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
            .map(Bundle::getSymbolicName)
            .collect(Collectors.toList());
    assertTrue("bundles that are there: " + ours(), ours().size() >= 14);
    assertEquals(List.of(), inactive);
  }

  /** It would write beside whoever replaces a file, and could leave it empty. */
  @Test
  public void shouldNotWriteConfigurationBack() {
    assertEquals("false", context.getProperty("felix.fileinstall.enableConfigSave"));
  }

  @Test
  public void shouldSatisfyEveryComponent() throws Exception {
    eventually(() -> unsatisfied().isEmpty());
    assertEquals(List.of(), unsatisfied());
  }

  @Test
  public void shouldExportNothingFromImplementations() {
    for (Bundle bundle : implementations()) {
      assertEquals(
          bundle.getSymbolicName(),
          List.of(),
          bundle
              .adapt(BundleRevision.class)
              .getDeclaredCapabilities(BundleRevision.PACKAGE_NAMESPACE));
    }
  }

  @Test
  public void shouldRefreshNothingButTheImplementationThatIsUpdated() {
    FrameworkWiring wiring =
        context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
    for (Bundle bundle : implementations()) {
      Set<String> refreshed =
          wiring.getDependencyClosure(List.of(bundle)).stream()
              .map(Bundle::getSymbolicName)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(Set.of(bundle.getSymbolicName()), refreshed);
    }
  }

  @Test
  public void shouldStopAndStartEveryImplementation() throws Exception {
    for (Bundle bundle : implementations()) {
      bundle.stop();
      assertEquals(bundle.getSymbolicName(), Bundle.RESOLVED, bundle.getState());
      othersRun(bundle);
      bundle.start();
      assertEquals(bundle.getSymbolicName(), Bundle.ACTIVE, bundle.getState());
    }
    eventually(() -> unsatisfied().isEmpty());
    assertEquals(List.of(), unsatisfied());
  }

  @Test
  public void shouldUpdateEveryImplementationInPlace() throws Exception {
    for (Bundle bundle : implementations()) {
      update(bundle);
      assertEquals(bundle.getSymbolicName(), Bundle.ACTIVE, bundle.getState());
      othersRun(bundle);
    }
    eventually(() -> unsatisfied().isEmpty());
    assertEquals(List.of(), unsatisfied());
  }

  private static void update(Bundle bundle) throws BundleException, IOException {
    try (InputStream jar = URI.create(bundle.getLocation()).toURL().openStream()) {
      bundle.update(jar);
    }
  }

  private void othersRun(Bundle but) {
    for (Bundle bundle : ours()) {
      if (!bundle.equals(but)) {
        assertEquals(
            bundle.getSymbolicName() + " while " + but.getSymbolicName() + " is exchanged",
            Bundle.ACTIVE,
            bundle.getState());
      }
    }
  }

  private List<Bundle> ours() {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getSymbolicName().startsWith("io.aerie."))
        .collect(Collectors.toList());
  }

  private List<Bundle> implementations() {
    List<Bundle> found = ours().stream().filter(bundle -> !mayExport(bundle)).toList();
    assertFalse(found.isEmpty());
    return found;
  }

  private static boolean mayExport(Bundle bundle) {
    String name = bundle.getSymbolicName();
    return EXPORTING.contains(name) || name.endsWith("-library");
  }

  /** Components of ours that wait for something, each with what it waits for. */
  private List<String> unsatisfied() {
    List<String> found = new ArrayList<>();
    Bundle[] ours = ours().toArray(Bundle[]::new);
    for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs(ours)) {
      for (ComponentConfigurationDTO made : components.getComponentConfigurationDTOs(description)) {
        for (UnsatisfiedReferenceDTO missing : made.unsatisfiedReferences) {
          found.add(description.name + " waits for " + missing.name + " " + missing.target);
        }
        if (made.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
          found.add(description.name + " failed: " + made.failure);
        }
      }
    }
    return found;
  }

  /** Looks again every 200 ms: the container has no one event for "all components are there". */
  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    CountDownLatch never = new CountDownLatch(1);
    while (!condition.getAsBoolean() && System.nanoTime() < deadlineNs) {
      assertFalse(never.await(200, TimeUnit.MILLISECONDS));
    }
  }

  private static String freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
