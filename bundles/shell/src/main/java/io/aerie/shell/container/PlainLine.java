package io.aerie.shell.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a line that has nothing but words and quoted texts in it. All else of the shell's language
 * is left to the shell: what this would misread is no plain line.
 */
final class PlainLine {
  private static final String SEPARATORS = ";|&\n\r";
  private static final String SPECIAL = "$\\(){}[]<>#`";

  private final String line;
  private final List<String> heads = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean isInWord;
  private int words;

  private PlainLine(String line) {
    this.line = line;
  }

  /** The first words of its commands; empty when it is no plain line. */
  static Optional<List<String>> heads(String line) {
    PlainLine plain = new PlainLine(line);
    return plain.split() ? Optional.of(plain.heads) : Optional.empty();
  }

  private boolean split() {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\'' || c == '"') {
        int end = line.indexOf(c, i + 1);
        if (end < 0 || !isText(line.substring(i + 1, end), c)) {
          return false;
        }
        word.append(line, i + 1, end);
        isInWord = true;
        i = end;
      } else if (c == ' ' || c == '\t' || SEPARATORS.indexOf(c) >= 0) {
        if (!endWord()) {
          return false;
        }
        words = SEPARATORS.indexOf(c) >= 0 ? 0 : words;
      } else if (SPECIAL.indexOf(c) >= 0
          || Character.isWhitespace(c)
          || Character.isISOControl(c)) {
        return false;
      } else {
        word.append(c);
        isInWord = true;
      }
    }
    return endWord();
  }

  /** Variables are replaced in double quotes, too. */
  private static boolean isText(String quoted, char quote) {
    return quoted.indexOf('\\') < 0 && (quote == '\'' || quoted.indexOf('$') < 0);
  }

  /** False for a comment, and an assignment. */
  private boolean endWord() {
    if (!isInWord) {
      return true;
    }
    String text = word.toString();
    word.setLength(0);
    isInWord = false;
    if (words == 0) {
      heads.add(text);
    }
    words++;
    boolean isAssignment = words == 2 && text.startsWith("=");
    return !text.startsWith("//") && !text.startsWith("/*") && !isAssignment;
  }
}
