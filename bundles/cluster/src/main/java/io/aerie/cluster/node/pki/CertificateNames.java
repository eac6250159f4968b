package io.aerie.cluster.node.pki;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Subject alternative names (RFC 5280, section 4.2.1.6). Only to choose which certificate to show:
 * to trust one is the matter of the client, and here of the JDK.
 */
public final class CertificateNames {
  private static final int DNS = 2;
  private static final int ADDRESS = 7;
  private static final Pattern LITERAL = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|.*:.*");

  private CertificateNames() {}

  /** Host names and addresses. */
  public static List<String> of(X509Certificate certificate) {
    return names(certificate).stream().map(name -> String.valueOf(name.get(1))).toList();
  }

  private static List<List<?>> names(X509Certificate certificate) {
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      return all == null
          ? List.of()
          : all.stream().filter(name -> isType(name, DNS) || isType(name, ADDRESS)).toList();
    } catch (CertificateParsingException e) {
      // names that can't be read are none: no client would take them either
      return List.of();
    }
  }

  private static boolean isType(List<?> name, int type) {
    return name.get(0).equals(type);
  }

  static boolean isAddress(String host) {
    return LITERAL.matcher(host).matches();
  }

  /** Whether a client that asks for the host finds it in the certificate (RFC 6125, section 6). */
  static boolean cover(X509Certificate certificate, String host) {
    return names(certificate).stream()
        .anyMatch(
            name -> {
              String value = String.valueOf(name.get(1));
              return isType(name, ADDRESS)
                  ? isAddress(host) && canonical(value).equals(canonical(host))
                  : !isAddress(host) && matches(value, host);
            });
  }

  /** An IPv6 address is spelt in many ways. A literal is never looked up. */
  private static String canonical(String literal) {
    try {
      return InetAddress.getByName(literal).getHostAddress();
    } catch (UnknownHostException e) {
      return literal;
    }
  }

  /** A star stands for exactly the first label. */
  private static boolean matches(String pattern, String host) {
    String wanted = pattern.toLowerCase(Locale.ROOT);
    String asked = host.toLowerCase(Locale.ROOT);
    if (!wanted.startsWith("*.")) {
      return wanted.equals(asked);
    }
    int dot = asked.indexOf('.');
    return dot > 0 && asked.substring(dot).equals(wanted.substring(1));
  }
}
