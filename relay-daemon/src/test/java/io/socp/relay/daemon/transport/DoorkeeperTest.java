package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.limit.LimitOptions;
import io.socp.relay.limit.LimitOptions.Connections;
import io.socp.relay.limit.LimitOptions.Proxies;
import io.socp.relay.limit.LimitOptions.Proxies.Header;
import io.socp.relay.limit.Limits;
import io.socp.relay.limit.Network;
import io.socp.relay.limit.Rate;
import io.socp.relay.limit.Refusal;
import java.util.Comparator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in from where, and whose word is believed about it. */
@ExtendWith(LeakCheck.class)
class DoorkeeperTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: relay\r\n\r\n";
    private static final String SERVED = "HTTP/1.1 200 ";
    private static final String REFUSED = "HTTP/1.1 503 ";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final long SECOND_NS = 1_000_000_000;
    private static final Rate PLENTY = Rate.perSecond(1_000, 5);
    private static final String PROXY = "10.0.0.1";
    private static final String CLIENT = "192.0.2.7";

    private final Limits limits = new Limits(LimitOptions.standard());
    private final ScriptedPort port = new ScriptedPort(limits);

    @AfterEach
    void finish() {
        port.finish();
    }

    @Test
    void shouldTakeAsManyFromOneAddressAsMayBeAndRefuseTheNext() {
        connections(2, PLENTY, PLENTY);
        FarEnd first = port.connect(CLIENT);
        FarEnd second = port.connect(CLIENT);

        FarEnd third = port.connect(CLIENT);

        assertThat(third.readHttp()).startsWith(REFUSED);
        assertThat(third.server().isOpen()).isFalse();
        assertThat(first.upgrade().server().isOpen()).isTrue();
        assertThat(second.upgrade().server().isOpen()).isTrue();
        assertThat(port.connect("192.0.2.8").http(GET)).startsWith(SERVED);
        assertThat(port.door().refused(Refusal.ADDRESS_FULL)).isEqualTo(1);
    }

    @Test
    void shouldTakeAnotherFromTheAddressWhenOneIsGone() {
        connections(1, PLENTY, PLENTY);
        port.connect(CLIENT).vanish();

        assertThat(port.connect(CLIENT).http(GET)).startsWith(SERVED);
    }

    @Test
    void shouldBoundHowFastNewOnesCome() {
        connections(100, new Rate(2, SECOND_NS), PLENTY);
        port.connect("192.0.2.1");
        port.connect("192.0.2.2");

        String third = port.connect("192.0.2.3").readHttp();
        port.clock().advanceMs(1_000);

        assertThat(third).startsWith(REFUSED);
        assertThat(port.connect("192.0.2.3").http(GET)).startsWith(SERVED);
        assertThat(port.door().refused(Refusal.RATE)).isEqualTo(1);
    }

    @Test
    void shouldNotLetOneAddressUseUpTheRateOfAll() {
        connections(100, new Rate(3, SECOND_NS), new Rate(1, SECOND_NS));
        for (int i = 0; i < 10; i++) {
            port.connect(CLIENT);
        }

        assertThat(port.connect("192.0.2.8").http(GET)).startsWith(SERVED);
        assertThat(port.door().refused(Refusal.ADDRESS_RATE)).isEqualTo(9);
    }

    @Test
    void shouldNotBoundThisMachineUnlessTold() {
        connections(1, new Rate(1, SECOND_NS), new Rate(1, SECOND_NS));
        port.connect("127.0.0.1");
        FarEnd second = port.connect("127.0.0.1");
        limits.replace(limits.now().exempting(Network.parseAll("")));

        port.connect("127.0.0.1");
        FarEnd fourth = port.connect("127.0.0.1");

        assertThat(second.http(GET)).startsWith(SERVED);
        assertThat(fourth.readHttp()).startsWith(REFUSED);
    }

    @Test
    void shouldReadNothingOfOneWhoIsRefused() {
        port.shutOut(CLIENT);

        FarEnd end = port.connect(CLIENT);

        assertThat(end.readHttp()).startsWith(REFUSED);
        assertThat(end.server().config().isAutoRead()).isFalse();
        assertThat(end.server().isOpen()).isFalse();
        assertThat(port.door().refused(Refusal.BANNED)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.7 10.0.0.1 1234 443, 192.0.2.7",
        "PROXY TCP6 2001:db8::7 ::1 1234 443, 2001:db8:0:0:0:0:0:7",
        "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:10.0.0.1 1234 443, 192.0.2.1",
        "PROXY UNKNOWN, 10.0.0.1",
        "PROXY UNKNOWN 1 2 3 4, 10.0.0.1",
    })
    void shouldBelieveATrustedProxysLine(String line, String origin) {
        behind(Header.PROXY_PROTOCOL);

        String answer = port.connect(PROXY).http(line + "\r\n" + GET);

        assertThat(answer).startsWith(SERVED);
        assertThat(port.inbox().isClosed()).isTrue();
        FarEnd stays = port.connect(PROXY);
        stays.http(line + "\r\n");
        assertThat(String.valueOf(last().arrival().remote())).contains(origin);
    }

    @ParameterizedTest
    @CsvSource({
        // Version 2 over TCP and IPv4, with an addition of three bytes.
        "2111000f c0000207 0a000001 04d2 01bb 040000, 192.0.2.7",
        "21210024 20010db8000000000000000000000007 00000000000000000000000000000001 04d2 01bb,"
                + " 2001:db8:0:0:0:0:0:7",
        // Of the proxy itself, as when it looks whether we live.
        "20000000, 10.0.0.1",
        "21000000, 10.0.0.1",
    })
    void shouldBelieveATrustedProxysBytes(String rest, String origin) {
        behind(Header.PROXY_PROTOCOL);
        FarEnd end = port.connect(PROXY);
        ByteBuf header = bytes(SIGNATURE + rest.replace(" ", ""));

        // One byte after the other, as the network may have it.
        while (header.isReadable()) {
            end.sendBytes(header.readRetainedSlice(1));
        }
        header.release();

        assertThat(String.valueOf(last().arrival().remote())).contains(origin);
        assertThat(end.http(GET)).startsWith(SERVED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 1234\r\n",
                "PROXY TCP4 2001:db8::7 10.0.0.1 1234 443\r\n",
                "PROXY TCP4 localhost 10.0.0.1 1234 443\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 70000 443\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 1234 443\n",
                "\r\n\r\nx",
            })
    void shouldCloseWhereATrustedProxySaysNothingUsable(String start) {
        behind(Header.PROXY_PROTOCOL);
        FarEnd end = port.connect(PROXY);

        end.http(start);

        assertThat(end.server().isOpen()).isFalse();
        assertThat(port.door().refused(Refusal.PROXY_HEADER)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A datagram, a family there is none of, too short for its addresses, a version.
                "2112000cc00002070a00000104d201bb",
                "2141000cc00002070a00000104d201bb",
                "2111000bc00002070a00000104d201",
                "1111000cc00002070a00000104d201bb",
                "221100000",
            })
    void shouldCloseWhereATrustedProxysBytesAreNonsense(String rest) {
        behind(Header.PROXY_PROTOCOL);
        FarEnd end = port.connect(PROXY);

        end.sendBytes(bytes(SIGNATURE + rest.substring(0, rest.length() / 2 * 2)));

        assertThat(end.server().isOpen()).isFalse();
    }

    @Test
    void shouldTakeAHeaderUpToItsLengthAndNotOneLonger() {
        behind(Header.PROXY_PROTOCOL);
        int room = ProxyHeader.BINARY_BYTES_MAX - 16;
        FarEnd longest = port.connect(PROXY);
        longest.sendBytes(bytes(SIGNATURE + "2000" + "%04x".formatted(room) + "00".repeat(room)));
        FarEnd longer = port.connect(PROXY);

        longer.sendBytes(bytes(SIGNATURE + "2000" + "%04x".formatted(room + 1)));

        assertThat(longest.http(GET)).startsWith(SERVED);
        assertThat(longer.server().isOpen()).isFalse();
    }

    @Test
    void shouldTakeALineUpToItsLengthAndNotOneLonger() {
        behind(Header.PROXY_PROTOCOL);
        String word = "PROXY UNKNOWN ";
        int room = ProxyHeader.LINE_BYTES_MAX - word.length() - 2;
        FarEnd longer = port.connect(PROXY);

        longer.http(word + "x".repeat(room + 2));

        assertThat(port.connect(PROXY).http(word + "x".repeat(room) + "\r\n" + GET))
                .startsWith(SERVED);
        assertThat(longer.server().isOpen()).isFalse();
    }

    @Test
    void shouldBelieveNobodyElsesHeader() {
        port.shutOut(CLIENT);
        behind(Header.PROXY_PROTOCOL);
        String line = port.connect("192.0.2.9").http("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n" + GET);
        behind(Header.FORWARDED_FOR);
        String forwarded = port.connect("192.0.2.9").http(forwardedFor(CLIENT));

        assertThat(line).startsWith("HTTP/1.1 400 ");
        assertThat(forwarded).startsWith(SERVED);
    }

    @Test
    void shouldBoundAndShutOutWhomAProxySpeaksFor() {
        behind(Header.PROXY_PROTOCOL);
        connections(1, PLENTY, PLENTY);
        port.connect(PROXY).http("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n");

        String second = port.connect(PROXY).http("PROXY TCP4 192.0.2.7 10.0.0.1 3 4\r\n" + GET);
        String other = port.connect(PROXY).http("PROXY TCP4 192.0.2.8 10.0.0.1 5 6\r\n" + GET);

        assertThat(second).startsWith(REFUSED);
        assertThat(other).startsWith(SERVED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7|192.0.2.7",
                "203.0.113.1, 192.0.2.7|192.0.2.7",
                "203.0.113.1, 192.0.2.7, 10.0.0.2|192.0.2.7",
                "10.0.0.3, 10.0.0.2|10.0.0.3",
                "192.0.2.7:1234|192.0.2.7",
                "[2001:db8::7]:1234|2001:db8:0:0:0:0:0:7",
                "nonsense, 192.0.2.7|192.0.2.7",
            })
    void shouldBelieveTheLastAddressThatIsNoProxyOfOurs(String header, String origin) {
        behind(Header.FORWARDED_FOR);
        FarEnd end = port.connect(PROXY);

        String answer = end.http(upgrade(header));

        assertThat(answer).startsWith("HTTP/1.1 101 ");
        assertThat(String.valueOf(last().arrival().remote())).contains(origin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "192.0.2.7, ", "_hidden", "192.0.2.7, 300.1.1.1"})
    void shouldRefuseAForwardedAddressThatIsNone(String header) {
        behind(Header.FORWARDED_FOR);
        FarEnd end = port.connect(PROXY);

        assertThat(end.http(upgrade(header))).startsWith("HTTP/1.1 400 ");
        assertThat(end.server().isOpen()).isFalse();
        assertThat(port.door().refused(Refusal.PROXY_HEADER)).isEqualTo(1);
    }

    @Test
    void shouldTakeForwardedAddressesUpToTheirBound() {
        behind(Header.FORWARDED_FOR);
        String many = "192.0.2.7, ".repeat(ForwardedFor.ADDRESSES_MAX - 1) + "192.0.2.7";

        assertThat(port.connect(PROXY).http(forwardedFor(many))).startsWith(SERVED);
        assertThat(port.connect(PROXY).http(forwardedFor(many + ", 192.0.2.7")))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void shouldShutOutWhomTheHeaderNames() {
        behind(Header.FORWARDED_FOR);
        port.shutOut(CLIENT);

        assertThat(port.connect(PROXY).http(upgrade(CLIENT))).startsWith(REFUSED);
        assertThat(port.connect(PROXY).http(GET)).startsWith(SERVED);
    }

    private Link last() {
        return port.registry().all().stream()
                .max(Comparator.comparingLong(link -> link.id().value()))
                .orElseThrow();
    }

    private void connections(int perAddressMax, Rate accepts, Rate acceptsPerAddress) {
        limits.replace(
                limits.now()
                        .with(new Connections(100, perAddressMax, accepts, acceptsPerAddress, 1)));
    }

    private void behind(Header header) {
        limits.replace(limits.now().behind(new Proxies(Network.parseAll("10.0.0.0/8"), header)));
    }

    private static String forwardedFor(String addresses) {
        return GET.replace("\r\n\r\n", "\r\nX-Forwarded-For: " + addresses + "\r\n\r\n");
    }

    private static String upgrade(String addresses) {
        return forwardedFor(addresses)
                .replace(
                        "\r\n\r\n",
                        "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                + "Sec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }
}
