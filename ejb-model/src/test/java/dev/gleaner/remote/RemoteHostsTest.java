package dev.gleaner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.remote.NetworkAddresses.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteHostsTest {

    private static final InetAddress PUBLIC = literal("93.184.215.14");

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(address, e);
        }
    }

    private static RemoteHosts hosts(String... allowed) {
        return new RemoteHosts(List.of(allowed), false, host -> new InetAddress[] {PUBLIC});
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.example/x.jpg", "https://a.example/", "https://A.EXAMPLE/x", "https://a.example:443/x", "http://a.example./x",
            "https://sub.b.example/x", "https://deep.sub.b.example/x", "http://c.example:8080/x", "http://xn--bcher-kva.example/x"})
    void hostsOfTheListMayBeAsked(String address) {
        assertThatCode(() -> hosts("a.example", "*.b.example", "c.example:8080", "bücher.example").check(URI.create(address))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://other.example/x", "http://a.example.evil.example/x", "http://nota.example/x", "http://b.example/x", "http://notb.example/x",
            "http://a.example:8080/x", "http://c.example/x", "https://c.example/x", "ftp://a.example/x", "file:///etc/passwd", "gopher://a.example/x",
            "http://user:secret@a.example/x", "http://a.example@other.example/x", "http:///x", "mailto:a@a.example"})
    void othersMayNot(String address) {
        assertThatThrownBy(() -> hosts("a.example", "*.b.example", "c.example:8080").check(URI.create(address)))
                .isInstanceOf(RefusedAddress.class).hasMessageNotContaining("secret");
    }

    @Test
    void anEmptyListAllowsNothing() {
        assertThat(hosts().isAny()).isFalse();
        assertThatThrownBy(() -> hosts().check(URI.create("http://a.example/x"))).isInstanceOf(RefusedAddress.class)
                .hasMessage("a.example is no host that may be asked; expected one of GLEANER_REMOTE_HOSTS, which names none");
    }

    @Test
    void aHostThatIsNoneIsNamed() {
        assertThatThrownBy(() -> hosts("http://a.example/")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("http://a.example/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255",
            "::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:c0a8:1::1",
            "2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:192.168.0.1"})
    void addressesOfTheMachineAndItsNetworkArePrivate(String address) throws IOException {
        assertThat(NetworkAddresses.kind(literal(address))).isEqualTo(Kind.PRIVATE);
        InetAddress[] found = {literal(address)};
        assertThatThrownBy(() -> new RemoteHosts(List.of("a.example"), false, host -> found).check(URI.create("http://a.example/x")))
                .isInstanceOf(RefusedAddress.class).hasMessageContaining("GLEANER_REMOTE_PRIVATE");
        new RemoteHosts(List.of("a.example"), true, host -> found).check(URI.create("http://a.example/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
            "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fec0::1", "ff02::1", "fd00:ec2::254", "64:ff9b:1::1",
            "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:1234::1", "2001:db8::1", "100::1", "5f00::1", "4000::1"})
    void someAddressesAreNeverAsked(String address) {
        assertThat(NetworkAddresses.kind(literal(address))).isEqualTo(Kind.NEVER);
        InetAddress[] found = {literal(address)};
        assertThatThrownBy(() -> new RemoteHosts(List.of("a.example"), true, host -> found).check(URI.create("http://a.example/x"))).isInstanceOf(RefusedAddress.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "223.255.255.255",
            "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::1.1.1.1", "2002:101:101::1"})
    void addressesOfTheInternetArePublic(String address) {
        assertThat(NetworkAddresses.kind(literal(address))).isEqualTo(Kind.PUBLIC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7", "[fd12:3456::1]", "localhost", "receiver", "receiver.internal", "Receiver.LOCAL:8080", "nas.home.arpa"})
    void namedHostsMayBeOfTheNetworkIfNobodyElseGivesThemAddresses(String host) {
        RemoteHosts named = RemoteHosts.named("SETTING", List.of(host, "*"), any -> new InetAddress[] {literal("10.0.0.7")});
        String port = host.matches(".*:[0-9]+") ? "" : ":8080";
        assertThatCode(() -> named.check(URI.create("http://" + host + port + "/x"))).doesNotThrowAnyException();
        RemoteHosts any = RemoteHosts.named("SETTING", List.of("*", "*.internal"), one -> new InetAddress[] {literal("10.0.0.7")});
        assertThatThrownBy(() -> any.check(URI.create("http://" + host + port + "/x"))).as("not named").isInstanceOf(RefusedAddress.class);
        RemoteHosts clouds = RemoteHosts.named("SETTING", List.of(host, "*"), one -> new InetAddress[] {literal("169.254.169.254")});
        assertThatThrownBy(() -> clouds.check(URI.create("http://" + host + port + "/x"))).isInstanceOf(RefusedAddress.class);
    }

    @Test
    void namedHostsMayNotLeadToTheNetworkIfSomebodyElseGivesThemAddresses() {
        RemoteHosts named = RemoteHosts.named("SETTING", List.of("receiver.example"), any -> new InetAddress[] {literal("10.0.0.7")});
        assertThatThrownBy(() -> named.check(URI.create("https://receiver.example/x"))).isInstanceOf(RefusedAddress.class)
                .hasMessage("receiver.example leads to 10.0.0.7, which is on this machine or its network; expected an address of the internet, or the host's own address in SETTING");
    }

    /** What the JDK and the system take for an address of this machine, and an allow-list that would let it pass by name. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1", "2130706433", "127.0.1", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "localhost"})
    void loopbackIsRefusedHoweverItIsWritten(String host) {
        RemoteHosts hosts = new RemoteHosts(List.of(host), false);
        assertThatThrownBy(() -> hosts.check(URI.create("http://" + host + "/x"))).isInstanceOfAny(RefusedAddress.class, UnknownHostException.class);
    }

    @Test
    void oneForbiddenAddressAmongOthersIsEnough() {
        RemoteHosts mixed = new RemoteHosts(List.of("a.example"), false, host -> new InetAddress[] {PUBLIC, literal("10.0.0.7")});
        assertThatThrownBy(() -> mixed.check(URI.create("http://a.example/x"))).isInstanceOf(RefusedAddress.class).hasMessageContaining("10.0.0.7");
    }

    /** A name that is public when it is checked, and this machine's when it is used. */
    @Test
    void aNameThatLeadsElsewhereAfterTheCheckIsNotConnectedTo() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (StandInHost host = new StandInHost()) {
            host.put("/x", new byte[] {1});
            RemoteHosts hosts = new RemoteHosts(List.of("a.example:" + host.port()), false,
                    name -> new InetAddress[] {asked.getAndIncrement() == 0 ? PUBLIC : InetAddress.getLoopbackAddress()});
            URI uri = URI.create("http://a.example:" + host.port() + "/x");
            hosts.check(uri);
            try (CloseableHttpClient client = hosts.client(Duration.ofSeconds(2), Duration.ofSeconds(2))) {
                assertThatThrownBy(() -> client.execute(new HttpGet(uri), answer -> answer.getCode())).isInstanceOf(RefusedAddress.class);
            }
            assertThat(host.asked("/x")).isZero();
        }
    }

    /** The name has no other address than the one that the resolver gives: what was checked is what is connected to. */
    @Test
    void theClientConnectsToTheAddressThatWasChecked() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (StandInHost host = new StandInHost()) {
            host.put("/x", new byte[] {1});
            RemoteHosts hosts = new RemoteHosts(List.of("images.invalid:" + host.port()), true, name -> {
                asked.incrementAndGet();
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
            URI uri = URI.create("http://images.invalid:" + host.port() + "/x");
            try (CloseableHttpClient client = hosts.client(Duration.ofSeconds(2), Duration.ofSeconds(2))) {
                assertThat(client.<Integer>execute(new HttpGet(uri), answer -> answer.getCode())).isEqualTo(200);
            }
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void aClientAsksNoAddressOfThisMachineByItsNumberEither() throws IOException {
        try (StandInHost host = new StandInHost();
                CloseableHttpClient own = new RemoteHosts(List.of("*"), false).client(Duration.ofSeconds(2), Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> own.execute(new HttpGet(host.url("/x")), answer -> answer.getCode())).isInstanceOf(RefusedAddress.class);
            assertThat(host.asked("/x")).isZero();
        }
    }
}
