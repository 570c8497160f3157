package dev.gleaner.remote;

import dev.gleaner.format.RemoteAddress;
import dev.gleaner.remote.NetworkAddresses.Kind;
import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Which hosts of the web this server asks for anything that somebody else named: those on a list, and of them only those whose addresses
 * are not of this machine or its network. {@link #check} tells before; what {@link #client} makes looks up a host once, checks each address that came
 * out, and connects to these very addresses, so that a name cannot lead elsewhere between the check and the use. Names and certificates are
 * those of the host all the same. It follows no redirects: whoever does checks where they lead.
 */
public final class RemoteHosts {

    /** How a host's addresses are found. */
    @FunctionalInterface
    public interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** Any host, a host, or {@code *.} and a domain whose subdomains are meant; with a port, or else the usual one of the scheme. */
    public static final Pattern HOST = Pattern.compile("(\\*|(?:\\*\\.)?[\\p{L}\\p{N}_-]+(?:\\.[\\p{L}\\p{N}_-]+)*|\\[[0-9a-fA-F:.]+\\])(?::([0-9]{1,5}))?");

    private static final int CONNECTIONS = 20;
    private static final int CONNECTIONS_OF_HOST = 4;
    /** An address, or a name that only somebody within the network can give an address. */
    private static final Pattern OF_THE_NETWORK = Pattern.compile("[^.]+|.*:.*|[0-9.]+|.*\\.(internal|local|localhost|home\\.arpa)");

    private record Allowed(String host, int port) {

        boolean allows(String wanted, int at, boolean usualPort) {
            boolean named = host.equals("*") || (host.startsWith("*.") ? wanted.endsWith(host.substring(1)) : wanted.equals(host));
            return named && (port < 0 ? usualPort : port == at);
        }
    }

    /** Which of the allowed hosts may be on this machine or its network. */
    private enum Private { NONE, ALL, NAMED }

    private final List<Allowed> allowed;
    private final Private privateAddresses;
    private final boolean anyPort;
    private final String setting;
    private final Resolver resolver;

    /**
     * @param hosts            as {@link #HOST} has them; none for no host at all
     * @param privateAddresses whether hosts may be on this machine or its network; link-local addresses, where clouds give out credentials, never
     * @throws IllegalArgumentException naming a host that is none
     */
    public RemoteHosts(List<String> hosts, boolean privateAddresses) {
        this(hosts, privateAddresses, InetAddress::getAllByName);
    }

    RemoteHosts(List<String> hosts, boolean privateAddresses, Resolver resolver) {
        this(hosts, privateAddresses ? Private.ALL : Private.NONE, false, "GLEANER_REMOTE_HOSTS", resolver);
    }

    private RemoteHosts(List<String> hosts, Private privateAddresses, boolean anyPort, String setting, Resolver resolver) {
        this.allowed = hosts.stream().map(RemoteHosts::parse).toList();
        this.privateAddresses = privateAddresses;
        this.anyPort = anyPort;
        this.setting = setting;
        this.resolver = resolver;
    }

    /**
     * Hosts that somebody names one by one: at any port where none is named. One may be on this machine or its network if it is named by its
     * address, or by a name that only the network itself gives an address: without a dot, or of {@code .internal}, {@code .local},
     * {@code .localhost} or {@code .home.arpa}. Whoever owns any other name could make it lead here.
     *
     * @param setting that names them
     * @throws IllegalArgumentException naming a host that is none
     */
    public static RemoteHosts named(String setting, List<String> hosts) {
        return named(setting, hosts, InetAddress::getAllByName);
    }

    /** @param resolver how the addresses of hosts are found */
    public static RemoteHosts named(String setting, List<String> hosts, Resolver resolver) {
        return new RemoteHosts(hosts, Private.NAMED, true, setting, resolver);
    }

    private static Allowed parse(String text) {
        Matcher host = HOST.matcher(text);
        if (!host.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no host; expected HOST, HOST:PORT, *.DOMAIN or *.DOMAIN:PORT");
        }
        return new Allowed(canonical(host.group(1)), host.group(2) == null ? -1 : Integer.parseInt(host.group(2)));
    }

    /** Whether any host may be asked. */
    public boolean isAny() {
        return !allowed.isEmpty();
    }

    /** As names are compared: in ASCII and lower case, without the dot that may end them. */
    static String canonical(String host) {
        String plain = host.startsWith("[") || host.startsWith("*") ? host : IDN.toASCII(host);
        return plain.toLowerCase(Locale.ROOT).replaceFirst("(?<=.)\\.$", "");
    }

    /**
     * Checks an address without asking it anything.
     *
     * @throws RefusedAddress       if it is not http or https, has a name or a password in it, or its host is not on the list or has an address that may not be asked
     * @throws UnknownHostException if the host has no address
     */
    public void check(URI uri) throws UnknownHostException {
        checkName(uri);
        addresses(uri.getHost());
    }

    /** Checks all but the host's addresses, which whoever connects through {@link #client} has checked then. */
    public void checkName(URI uri) throws RefusedAddress {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
            throw new RefusedAddress(scheme + " is no address of the web; expected http:// or https:// and a host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new RefusedAddress(RemoteAddress.shown(uri) + " comes with a name or a password; expected those in GLEANER_REMOTE_CREDENTIALS");
        }
        int port = port(uri);
        boolean usual = port == (scheme.equals("https") ? 443 : 80);
        if (allowed.stream().noneMatch(rule -> rule.allows(canonical(uri.getHost()), port, usual || anyPort))) {
            throw new RefusedAddress(uri.getHost() + (usual ? "" : ":" + port) + " is no host that may be asked; expected one of " + setting
                    + (allowed.isEmpty() ? ", which names none" : ""));
        }
    }

    static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /**
     * Whether a host may not be asked even by somebody who may have any other asked: one of its addresses is link-local, where clouds give out
     * credentials, or of no use.
     *
     * @param host a name or an address, in brackets or not
     * @throws UnknownHostException if it has no address
     */
    public static boolean isNeverAsked(String host) throws UnknownHostException {
        // 0.0.0.0 is this machine to whoever connects to it.
        return Stream.of(InetAddress.getAllByName(host)).anyMatch(address -> NetworkAddresses.kind(address) == Kind.NEVER && !address.isAnyLocalAddress());
    }

    private InetAddress[] addresses(String host) throws UnknownHostException {
        InetAddress[] found = resolver.addresses(host.replaceAll("[\\[\\]]", ""));
        List<InetAddress> refused = new ArrayList<>(Stream.of(found).filter(address -> !mayBeAsked(host, address)).toList());
        // One forbidden address is enough: an attacker mixes them with others, and nobody else does.
        if (!refused.isEmpty()) {
            throw new RefusedAddress(host + " leads to " + refused.get(0).getHostAddress() + ", which is " + (NetworkAddresses.kind(refused.get(0)) == Kind.PRIVATE
                    ? "on this machine or its network; expected an address of the internet, or " + (privateAddresses == Private.NAMED
                    ? "the host's own address in " + setting : "GLEANER_REMOTE_PRIVATE=on") : "never asked; expected an address of a host"));
        }
        if (found.length == 0) {
            throw new UnknownHostException(host);
        }
        return found;
    }

    private boolean mayBeAsked(String host, InetAddress address) {
        Kind kind = NetworkAddresses.kind(address);
        return kind == Kind.PUBLIC || kind == Kind.PRIVATE && switch (privateAddresses) {
            case NONE -> false;
            case ALL -> true;
            case NAMED -> isNamed(canonical(host).replaceAll("[\\[\\]]", ""));
        };
    }

    private boolean isNamed(String host) {
        return OF_THE_NETWORK.matcher(host).matches() && allowed.stream().anyMatch(rule -> rule.host().replaceAll("[\\[\\]]", "").equals(host));
    }

    /** Whether a secret may be sent there: encrypted, or within a network that is trusted. */
    boolean isTrusted(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme()) || privateAddresses == Private.ALL;
    }

    /**
     * A client whose every connection leads to an address that was checked. It decides nothing by itself: it follows no redirects, tries nothing
     * again, keeps no cookies, unpacks nothing and knows no proxies. Whoever uses it calls {@link #check} first, which looks at the list of hosts.
     *
     * @param answer how long to wait for each part of an answer
     */
    public CloseableHttpClient client(Duration connect, Duration answer) {
        return client(connect, answer, CONNECTIONS_OF_HOST);
    }

    /** @param ofHost how many connections a host may have at a time, up to 20 as all together */
    public CloseableHttpClient client(Duration connect, Duration answer, int ofHost) {
        Timeout silence = Timeout.of(answer);
        return HttpClients.custom().setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked())
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom().setMaxLineLength(1 << 14).setMaxHeaderCount(200).build()).build())
                        .setMaxConnTotal(CONNECTIONS).setMaxConnPerRoute(ofHost)
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(Timeout.of(connect)).setSocketTimeout(silence)
                                .setTimeToLive(TimeValue.ofMinutes(1)).build()).build())
                .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(silence).setRedirectsEnabled(false).build())
                .disableRedirectHandling().disableAutomaticRetries().disableCookieManagement().disableAuthCaching().disableContentCompression()
                .setUserAgent("Gleaner").build();
    }

    private final class Checked implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return addresses(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
