package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.ReadRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.Geometry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Copies: a page that its own disk finds damaged is taken from one that is not. Where undamaged
 * pages of one version differ, a disk lost a write and its checksum with it: then most of the
 * copies are believed, and when there is no such majority nobody is.
 */
final class CopyRepair implements BlockRepair {
  private final NodeContext context;
  private final GroupStream stream;

  CopyRepair(NodeContext context, GroupStream stream) {
    this.context = context;
    this.stream = stream;
  }

  @Override
  public boolean needsLastUnit() {
    return false;
  }

  @Override
  public Findings judge(BlockKey block, Map<UUID, Optional<BlockReport>> reports) {
    Findings findings = new Findings(reports);
    TreeMap<UUID, int[]> checksums = new TreeMap<>();
    findings.newest().forEach((disk, report) -> checksums.put(disk, report.allChecksums()));
    for (int page = 0; page < Geometry.PAGES_PER_BLOCK; page++) {
      judge(findings, checksums, page);
    }
    return findings;
  }

  private static void judge(Findings findings, Map<UUID, int[]> checksums, int page) {
    Map<Integer, Set<UUID>> byContent = new HashMap<>();
    Set<UUID> best = Set.of();
    int undamaged = 0;
    for (Map.Entry<UUID, BlockReport> report : findings.newest().entrySet()) {
      if (!report.getValue().damaged().get(page)) {
        undamaged++;
        int checksum = checksums.get(report.getKey())[page];
        Set<UUID> same = byContent.computeIfAbsent(checksum, c -> new TreeSet<>());
        same.add(report.getKey());
        best = same.size() > best.size() ? same : best;
      }
    }
    if (best.size() == findings.newest().size()) {
      return;
    }
    if (best.size() * 2 <= undamaged) {
      findings.hopelessPages++;
      return;
    }
    for (UUID disk : findings.newest().keySet()) {
      if (!best.contains(disk)) {
        findings.add(disk, page, best);
      }
    }
  }

  @Override
  public void fetch(BlockKey block, Wrong wrong, Fetched fetched) {
    for (Replica replica : stream.inSync()) {
      if (wrong.sources().contains(replica.target.disk())) {
        fetch(block, wrong, replica, fetched);
        return;
      }
    }
    fetched.done(Status.REFUSED, null);
  }

  private void fetch(BlockKey block, Wrong wrong, Replica source, Fetched fetched) {
    context.ask(
        source.node,
        Timing.ANSWER,
        request ->
            new ReadRequest(
                request,
                source.target,
                stream.key(),
                stream.watermark(),
                block,
                wrong.firstPage(),
                wrong.pageCount()),
        (answer, failure) -> {
          if (answer instanceof ReadAnswer read && read.status() == Status.DONE) {
            fetched.done(Status.DONE, read.data());
          } else {
            fetched.done(answer instanceof ReadAnswer bad ? bad.status() : Status.REFUSED, null);
          }
        });
  }
}
