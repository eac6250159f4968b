package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.apply.node.WantedBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Our bundles in the framework. */
public final class RunningBundles implements NodeBundles {
  private static final long REFRESH_S = 60;

  private final BundleContext context;
  private final ServiceComponentRuntime components;

  /**
   * @param context of this bundle
   * @param components tells of components that failed
   */
  public RunningBundles(BundleContext context, ServiceComponentRuntime components) {
    this.context = context;
    this.components = components;
  }

  private Optional<Bundle> find(String symbolicName) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
        .findFirst();
  }

  @Override
  public List<WantedBundle> differences(Map<String, WantedBundle> wanted) {
    String self = context.getBundle().getSymbolicName();
    return wanted.values().stream()
        .filter(
            bundle ->
                find(bundle.symbolicName())
                    .filter(running -> version(running).equals(bundle.version()))
                    .isEmpty())
        // this bundle last: nothing of it runs on afterwards
        .sorted(Comparator.comparing(bundle -> bundle.symbolicName().equals(self)))
        .toList();
  }

  private static String version(Bundle bundle) {
    return bundle.getVersion().toString();
  }

  @Override
  public boolean isInstalled(WantedBundle wanted) {
    return find(wanted.symbolicName()).isPresent();
  }

  @Override
  public void swap(WantedBundle wanted) {
    Bundle bundle = find(wanted.symbolicName()).orElseThrow();
    try (InputStream content = Files.newInputStream(wanted.file())) {
      bundle.update(content);
      if (!bundle.equals(context.getBundle())) {
        refresh(bundle);
        bundle.start();
        requireLoaded(bundle);
      }
    } catch (BundleException | IOException e) {
      throw new AerieException(
          ErrorCode.INTERNAL,
          "The bundle " + wanted.symbolicName() + " can't be exchanged for " + wanted.version(),
          e.toString(),
          "",
          e);
    }
  }

  /**
   * Of what can't be loaded nothing comes by waiting, unlike of what waits for a service. The
   * component runtime only writes that into the log.
   */
  private void requireLoaded(Bundle bundle) {
    for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
      try {
        var unused = bundle.loadClass(component.implementationClass);
      } catch (ClassNotFoundException | LinkageError e) {
        throw new AerieException(
            ErrorCode.INTERNAL,
            "The component " + component.name + " in " + version(bundle) + " can't be loaded",
            e.toString(),
            "",
            e);
      }
    }
  }

  /** Lets go of the former content; nobody imports from it, so nobody else is touched. */
  private void refresh(Bundle bundle) {
    CountDownLatch done = new CountDownLatch(1);
    context
        .getBundle(0)
        .adapt(FrameworkWiring.class)
        .refreshBundles(
            List.of(bundle),
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
              }
            });
    try {
      if (!done.await(REFRESH_S, TimeUnit.SECONDS)) {
        throw new AerieException(
            ErrorCode.TIMED_OUT, "The framework did not take up " + bundle.getSymbolicName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AerieException(ErrorCode.UNAVAILABLE, "This node is stopping", "", "", e);
    }
  }

  @Override
  public List<String> faults(Map<String, WantedBundle> wanted) {
    List<String> faults = new ArrayList<>();
    for (WantedBundle bundle : wanted.values()) {
      Optional<Bundle> running = find(bundle.symbolicName());
      if (running.isEmpty() || running.get().getState() != Bundle.ACTIVE) {
        faults.add("The bundle " + bundle.symbolicName() + " does not run");
      } else if (!version(running.get()).equals(bundle.version())) {
        faults.add("The bundle " + bundle.symbolicName() + " runs in " + version(running.get()));
      } else {
        components.getComponentDescriptionDTOs(running.get()).stream()
            .filter(this::hasFailed)
            .map(component -> component.name + " of " + bundle.symbolicName())
            .forEach(component -> faults.add("The component " + component + " failed"));
      }
    }
    return faults;
  }

  private boolean hasFailed(ComponentDescriptionDTO component) {
    return components.getComponentConfigurationDTOs(component).stream()
        .anyMatch(one -> one.state == ComponentConfigurationDTO.FAILED_ACTIVATION);
  }

  @Override
  public void restart() {
    // what Karaf's main class ends the process with status 10 for, in order
    System.setProperty("karaf.restart", "true");
    System.setProperty("karaf.restart.jvm", "true");
    try {
      context.getBundle(0).stop();
    } catch (BundleException e) {
      throw new AerieException(
          ErrorCode.INTERNAL, "This node can't restart itself", e.toString(), "", e);
    }
  }
}
