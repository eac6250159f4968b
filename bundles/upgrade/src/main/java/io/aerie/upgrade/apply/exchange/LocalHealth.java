package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.upgrade.apply.cluster.Fitness;
import io.aerie.upgrade.apply.cluster.Waiting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Looks at this node from where its clients do. */
public final class LocalHealth implements NodeHealth {
  private static final List<Service> FOR_CLIENTS =
      List.of(Service.REST, Service.SSH, Service.NBD, Service.ISCSI);
  private static final int CONNECT_MS = 2000;
  private static final Duration CATCH_UP = Duration.ofSeconds(10);

  private final Member self;
  private final Services services;

  /** Of this node. */
  public LocalHealth(Member self, Services services) {
    this.self = self;
    this.services = services;
  }

  @Override
  public Set<String> serving() {
    Set<String> names = new TreeSet<>();
    for (Service service : FOR_CLIENTS) {
      Endpoint endpoint = self.endpoints().get(service);
      if (endpoint != null && takesConnections(endpoint)) {
        names.add(service.name());
      }
    }
    return names;
  }

  private static boolean takesConnections(Endpoint endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<String> problems(String run, Set<String> before) {
    List<String> problems = new ArrayList<>();
    Set<String> silent = new TreeSet<>(before);
    silent.removeAll(serving());
    silent.forEach(
        name -> problems.add("The server for " + name + " of " + self.id() + " is away"));
    if (problems.isEmpty()) {
      addFrom(problems, this::unfitness);
    }
    if (problems.isEmpty()) {
      addFrom(problems, () -> new VolumeProbe(services).run(probeOf(run)));
    }
    return problems;
  }

  /**
   * The name of the small volume that a node is tried with. Nobody has another by a run's UUID, so
   * one that is there is what this very run left, and may be deleted.
   */
  private static String probeOf(String run) {
    return "upgrade-probe-" + run;
  }

  private interface Look {
    String problem();
  }

  private static void addFrom(List<String> problems, Look look) {
    try {
      String problem = look.problem();
      if (!problem.isEmpty()) {
        problems.add(problem.endsWith(".") ? problem.substring(0, problem.length() - 1) : problem);
      }
    } catch (AerieException e) {
      problems.add(e.getMessage());
    }
  }

  @Override
  public String unfitness() {
    return fitness().problems();
  }

  /** The cluster as this node sees it, with all that was acknowledged before. */
  public Fitness fitness() {
    StorageAdministration storage = services.require(StorageAdministration.class);
    Waiting.on(storage.catchUp(), CATCH_UP);
    return new Fitness(
        services.require(Membership.class).members(),
        storage.nodes(),
        storage.disks(),
        storage.volumes());
  }
}
