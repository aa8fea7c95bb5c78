package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.load.TcpProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TcpProxyTest {
    private static final int SHORT_MILLIS = 300;

    private ServerSocket server;
    private TcpProxy proxy;
    private Socket client;
    private Socket accepted;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(server.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        accepted = server.accept();
        send(client, "hi");
        assertThat(read(accepted, 2)).isEqualTo("hi");
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
        proxy.close();
        server.close();
    }

    @Test
    void passesBothWays() throws IOException {
        send(accepted, "hello");

        assertThat(read(client, 5)).isEqualTo("hello");
    }

    @Test
    void letsExactlySoManyBytesThroughAndThenResets() throws IOException {
        proxy.cutAfter(Direction.TO_CLIENT, 3);
        send(accepted, "hello");

        assertThat(read(client, 3)).isEqualTo("hel");
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(proxy.cuts()).isEqualTo(1);
    }

    @Test
    void resetsAtTheNextByteWhenNoneMayPass() throws IOException {
        proxy.cutAfter(Direction.TO_SERVER, 0);
        send(client, "hello");

        assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void swallowsInOneDirectionAlone() throws IOException {
        proxy.swallow(Direction.TO_SERVER, true);
        send(client, "lost");
        send(accepted, "ok");
        assertThat(read(client, 2)).isEqualTo("ok");
        assertNothingComes(accepted);

        proxy.swallow(Direction.TO_SERVER, false);
        send(client, "back");

        assertThat(read(accepted, 4)).isEqualTo("back");
    }

    @Test
    void keepsWhatItHoldsBack() throws IOException {
        proxy.hold(Direction.TO_CLIENT, true);
        send(accepted, "later");
        assertNothingComes(client);

        proxy.hold(Direction.TO_CLIENT, false);

        assertThat(read(client, 5)).isEqualTo("later");
    }

    @Test
    void turnsNewConnectionsAway() throws IOException {
        proxy.closeToNew(true);

        try (Socket turnedAway = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertThat(turnedAway.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void deliversInOrderWhenItDelays() throws IOException {
        proxy.delay(50);
        for (int i = 0; i < 10; i++) {
            send(client, Integer.toString(i));
        }

        assertThat(read(accepted, 10)).isEqualTo("0123456789");
    }

    private static void assertNothingComes(Socket socket) throws IOException {
        socket.setSoTimeout(SHORT_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(0);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket, int length) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }
}
