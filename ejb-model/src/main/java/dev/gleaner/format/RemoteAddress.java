package dev.gleaner.format;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where an image is that is not on this machine: {@code http://} or {@code https://}, or {@code s3://BUCKET/KEY}, whose key is written as it is.
 * An address may be signed, or have a name and a password in it; so it is shown to people by {@link #toString} alone, which leaves both out.
 *
 * @param text as the source has it
 */
public record RemoteAddress(String text) {

    private static final Pattern WEB = Pattern.compile("(?is)https?://.+");
    private static final Pattern STORE = Pattern.compile("(?is)s3://([a-z0-9][a-z0-9._-]{1,62})(?:/(.*))?");
    /** What clouds sign addresses with. */
    private static final Pattern SIGNATURE = Pattern.compile("(?i)(x-(amz|goog|oss|cos|obs)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|expires|policy"
            + "|key-pair-id|sig|s[eprtv]|spr|sip|skoid|sktid|sk[tesv]|token|access_token|security-token)");
    private static final int LONGEST_PART = 150;

    public RemoteAddress {
        if (!STORE.matcher(text).matches() && web(text).isEmpty()) {
            throw new IllegalArgumentException("no address of an image elsewhere");
        }
    }

    /** Empty for a text that is none, as the name of a file. */
    public static Optional<RemoteAddress> of(String text) {
        String address = text.strip();
        return STORE.matcher(address).matches() || web(address).isPresent() ? Optional.of(new RemoteAddress(address)) : Optional.empty();
    }

    /** Of an S3-compatible store. */
    public boolean isStore() {
        return STORE.matcher(text).matches();
    }

    /** Of a store. */
    public String bucket() {
        return stored().group(1);
    }

    /** Of a store: what is behind the bucket, empty for the bucket itself. */
    public String key() {
        return Optional.ofNullable(stored().group(2)).orElse("");
    }

    private Matcher stored() {
        Matcher store = STORE.matcher(text);
        if (!store.matches()) {
            throw new IllegalStateException(this + " is in no store");
        }
        return store;
    }

    /** Of the web, encoded as it has to be asked for, without a fragment. */
    public URI uri() {
        return web(text).orElseThrow(() -> new IllegalStateException(this + " is not of the web"));
    }

    /**
     * As people write addresses, with blanks and letters of any language.
     *
     * @return empty if it is none of the web, with a host
     */
    public static Optional<URI> web(String address) {
        if (!WEB.matcher(address).matches()) {
            return Optional.empty();
        }
        int begin = address.indexOf("://") + 3;
        int end = Stream.of("/", "?", "#").mapToInt(mark -> address.indexOf(mark, begin)).filter(at -> at >= 0).min().orElse(address.length());
        try {
            String authority = address.substring(begin, end);
            int host = authority.lastIndexOf('@') + 1;
            URI uri = new URI(address.substring(0, begin).toLowerCase(Locale.ROOT) + encoded(authority.substring(0, host)) + ascii(authority.substring(host))
                    + encoded(address.substring(end).replaceFirst("(?s)#.*", "")));
            return uri.getHost() == null ? Optional.empty() : Optional.of(uri);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String ascii(String host) {
        return host.startsWith("[") ? host : IDN.toASCII(host);
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            boolean loose = c == '%' && !text.substring(i).matches("(?s)%[0-9a-fA-F]{2}.*");
            if (c > ' ' && c < 0x7f && "\"<>\\^`{|}[]".indexOf(c) < 0 && !loose) {
                encoded.appendCodePoint(c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%').append("%02X".formatted(b & 0xff));
                }
            }
        }
        return encoded.toString();
    }

    /**
     * The name of the image in a dataset: the host and the path, or the bucket and the key, as a relative path that any file system takes. What
     * tells images of one path apart behind a question mark is in it as a digest; signatures, which differ from day to day, are not.
     */
    public String name() {
        if (isStore()) {
            return fileName(bucket() + "/" + key());
        }
        URI uri = uri();
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "").replace(':', '-') + (uri.getPort() < 0 ? "" : "_" + uri.getPort());
        String path = fileName(Stream.of(Optional.ofNullable(uri.getRawPath()).orElse("").split("/")).map(ImageFiles::decoded).collect(Collectors.joining("/")));
        String query = parameters(uri);
        return host + "/" + (query.isEmpty() ? path : told(path, query));
    }

    /** A name as a relative path without parts that lead elsewhere, and without what file systems refuse. */
    public static String fileName(String name) {
        List<String> parts = Arrays.stream(name.replace('\\', '/').split("/")).filter(part -> !part.isEmpty()).map(RemoteAddress::part).toList();
        return parts.isEmpty() ? "image" : String.join("/", parts);
    }

    private static String part(String part) {
        String clean = part.replaceAll("[\\p{Cntrl}:*?\"<>|]", "_").replaceFirst("^\\.{1,2}$", "_");
        return clean.length() <= LONGEST_PART ? clean : told(clean.substring(clean.length() - LONGEST_PART), part);
    }

    /** With a digest before its extension. */
    private static String told(String name, String by) {
        String digest = "-" + Sha256.of(by.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) + digest + name.substring(dot) : name + digest;
    }

    private static String parameters(URI uri) {
        return uri.getRawQuery() == null ? "" : Stream.of(uri.getRawQuery().split("&"))
                .filter(parameter -> !SIGNATURE.matcher(parameter.replaceFirst("(?s)=.*", "")).matches()).collect(Collectors.joining("&"));
    }

    /** The address for others, without what may be secret in it. */
    public String open() {
        return isStore() ? text : this + (parameters(uri()).isEmpty() ? "" : "?" + parameters(uri()));
    }

    /** For people: without a name and a password, and without what follows the path. */
    @Override
    public String toString() {
        return isStore() ? text : shown(uri());
    }

    /** An address of the web for people: without a name and a password, and without what follows the path. */
    public static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + Optional.ofNullable(uri.getRawPath()).orElse("");
    }
}
