/** What revisions are of. That of members is left out: each node sees others. */
enum Source {
  CONFIG,
  RCD,
  MEMBERS;

  static Source ofKind(String kind) {
    return switch (kind) {
      case "config", "users", "tokens" -> CONFIG;
      case "members" -> MEMBERS;
      default -> RCD;
    };
  }

  /** The revision of which a position has taken in all; -1 when it says nothing of this source. */
  long revision(String position) {
    for (String part : position.split("-")) {
      String[] words = part.split("~")[0].split("\\.");
      if (words[0].equalsIgnoreCase(name())) {
        // a third word: only some of the revision's events were taken in
        return Long.parseLong(words[1]) - (words.length > 2 ? 1 : 0);
      }
    }
    return -1;
  }
}
