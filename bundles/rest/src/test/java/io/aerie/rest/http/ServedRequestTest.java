package io.aerie.rest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A thread knows the request that it serves, and none before and after. */
class ServedRequestTest {
  private final List<Request> seen = new ArrayList<>();

  private static Request request() {
    return (Request)
        Proxy.newProxyInstance(
            Request.class.getClassLoader(),
            new Class<?>[] {Request.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private ServedRequest serving(RuntimeException failure) {
    return new ServedRequest(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            seen.add(ServedRequest.get());
            if (failure != null) {
              throw failure;
            }
            return true;
          }
        });
  }

  @Test
  void shouldKnowTheRequestThatIsServed() throws Exception {
    ServedRequest handler = serving(null);
    Request first = request();
    Request second = request();
    assertThat(handler.handle(first, null, Callback.NOOP)).isTrue();
    assertThat(handler.handle(second, null, Callback.NOOP)).isTrue();
    assertThat(seen.get(0)).isSameAs(first);
    assertThat(seen.get(1)).isSameAs(second);
  }

  /** Else the next one's caller would pass for this one's. */
  @Test
  void shouldForgetItAlsoAfterAFailure() {
    ServedRequest handler = serving(new IllegalStateException("broken"));
    assertThatThrownBy(() -> handler.handle(request(), null, Callback.NOOP)).hasMessage("broken");
    assertThat(seen).hasSize(1);
    assertThatThrownBy(ServedRequest::get).isInstanceOf(IllegalStateException.class);
  }
}
