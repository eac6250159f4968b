package io.aerie.shell.login;

import io.aerie.face.TrackedSubsystems;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.config.JaasRealm;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The realm "karaf" of the shell, above the one that Karaf brings. */
@Component(service = JaasRealm.class)
public final class DirectoryRealm implements JaasRealm {
  /** Karaf's own realm has rank 0, and 99 is the highest that its documentation shows. */
  private static final int RANK = 200;

  private final TrackedSubsystems subsystems;
  private final Map<String, Object> options = new HashMap<>();

  /** Builds the entry; Karaf's proxy finds our module through the bundle named in its options. */
  @Activate
  public DirectoryRealm(BundleContext context) {
    subsystems = new TrackedSubsystems(context);
    options.put(BundleContext.class.getName(), context);
    options.put(ProxyLoginModule.PROPERTY_MODULE, DirectoryLoginModule.class.getName());
    options.put(ProxyLoginModule.PROPERTY_BUNDLE, Long.toString(context.getBundle().getBundleId()));
    options.put(DirectoryLoginModule.SUBSYSTEMS, subsystems);
  }

  @Override
  public String getName() {
    return "karaf";
  }

  @Override
  public int getRank() {
    return RANK;
  }

  @Override
  public AppConfigurationEntry[] getEntries() {
    return new AppConfigurationEntry[] {
      new AppConfigurationEntry(
          ProxyLoginModule.class.getName(), LoginModuleControlFlag.REQUIRED, options)
    };
  }

  /** Lets go of the services. */
  @Deactivate
  public void close() {
    subsystems.close();
  }
}
