package dev.gleaner.remote;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an address of the network is for, by IANA's registries of special-purpose addresses (RFC 6890 and its updates). Of IPv6 addresses
 * that stand for one of IPv4 the latter counts.
 */
final class NetworkAddresses {

    enum Kind {
        /** Of the internet. */
        PUBLIC,
        /** Of this machine or its own network. */
        PRIVATE,
        /** What nobody has images on: link-local addresses, among them those where clouds give out credentials, groups, and those for no use. */
        NEVER
    }

    /** A range, with as many leading bits as count. */
    private record Range(byte[] base, int bits) {

        static Range of(String text) {
            String[] parts = text.split("/");
            try {
                return new Range(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
            } catch (UnknownHostException e) {
                throw new AssertionError("a literal", e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != base.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                if (((address[bit / 8] ^ base[bit / 8]) >> 7 - bit % 8 & 1) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> NEVER = ranges("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Where Alibaba and Amazon give out credentials, among addresses that are private otherwise.
            "100.100.100.200/32", "fd00:ec2::/32",
            "::/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fe80::/10", "fec0::/10", "ff00::/8");
    private static final List<Range> PRIVATE = ranges("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7");
    private static final Range GLOBAL_IPV6 = Range.of("2000::/3");
    private static final Range COMPATIBLE = Range.of("::/96");
    private static final Range TRANSLATED = Range.of("64:ff9b::/96");
    private static final Range SIX_TO_FOUR = Range.of("2002::/16");

    private NetworkAddresses() {
    }

    private static List<Range> ranges(String... texts) {
        return Stream.of(texts).map(Range::of).toList();
    }

    static Kind kind(InetAddress address) {
        return kind(address.getAddress());
    }

    private static Kind kind(byte[] address) {
        if (within(NEVER, address)) {
            return Kind.NEVER;
        }
        if (within(PRIVATE, address)) {
            return Kind.PRIVATE;
        }
        Optional<byte[]> inner = inner(address);
        if (inner.isPresent()) {
            return kind(inner.get());
        }
        return address.length == 4 || GLOBAL_IPV6.holds(address) ? Kind.PUBLIC : Kind.NEVER;
    }

    /** The IPv4 address that one of IPv6 leads to. The JDK itself turns the mapped form, ::ffff:1.2.3.4, into one of IPv4; where it does not, it is one here. */
    private static Optional<byte[]> inner(byte[] address) {
        if (address.length != 16) {
            return Optional.empty();
        }
        if (SIX_TO_FOUR.holds(address)) {
            return Optional.of(Arrays.copyOfRange(address, 2, 6));
        }
        boolean mapped = address[10] == -1 && address[11] == -1 && zero(address, 0, 10);
        // ISATAP: an IPv4 address behind ::0:5efe or ::200:5efe of any network.
        boolean isatap = (address[8] & ~2) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
        return COMPATIBLE.holds(address) || TRANSLATED.holds(address) || mapped || isatap ? Optional.of(Arrays.copyOfRange(address, 12, 16)) : Optional.empty();
    }

    private static boolean zero(byte[] address, int from, int to) {
        for (int i = from; i < to; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean within(List<Range> ranges, byte[] address) {
        return ranges.stream().anyMatch(range -> range.holds(address));
    }
}
