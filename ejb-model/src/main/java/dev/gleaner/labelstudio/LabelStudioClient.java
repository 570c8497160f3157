package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.labelstudio.LabelStudioJson.Annotation;
import dev.gleaner.labelstudio.LabelStudioJson.Prediction;
import dev.gleaner.labelstudio.LabelStudioJson.Stored;
import dev.gleaner.labelstudio.LabelStudioJson.Task;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformHttp;
import dev.gleaner.platform.PlatformHttp.Answer;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Calls Label Studio's own interface, and fetches images of tasks. Label Studio's token goes to Label Studio's host and to no other: a redirect
 * that leads elsewhere is followed without it.
 */
@ApplicationScoped
public class LabelStudioClient {

    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 128 << 20;
    private static final int MOST_REDIRECTS = 5;
    /** On a page. */
    static final int TASKS = 100;
    private static final Set<String> CLOUD = Set.of("s3", "gs", "azure-blob");
    /** Label Studio's access tokens live for five minutes. */
    private static final Duration ACCESS_LIFETIME = Duration.ofMinutes(4);

    private record Access(String token, Instant until) {
    }

    private final PlatformHttp http;
    private final Map<String, Access> accesses = new ConcurrentHashMap<>();

    public LabelStudioClient() {
        this(ANSWER);
    }

    LabelStudioClient(Duration answer) {
        http = new PlatformHttp(answer, MOST_BYTES);
    }

    /** Label Studio, or a host of images, did not do what it was asked. The message names no secrets. */
    public static final class Refused extends IOException {

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        /** Whether asking again cannot help. */
        boolean isFinal() {
            return status >= 400 && status < 500 && status != 408 && status != 429 && status != 401;
        }
    }

    /**
     * Fetches an image of a task.
     *
     * @param image as the task's data have it: a path on Label Studio's host, an absolute URL, or a file in a cloud store that Label Studio knows
     * @throws IOException if it cannot be had; says why
     */
    byte[] image(PlatformAccess access, long task, String image) throws IOException {
        URI uri = encoded(image);
        String scheme = uri.getScheme();
        if (scheme == null) {
            if (!image.startsWith("/")) {
                throw new Refused(400, "\"" + image + "\" is no address of an image");
            }
            return get(access, onHost(access, image)).body();
        }
        if (CLOUD.contains(scheme)) {
            String file = Base64.getUrlEncoder().encodeToString(image.getBytes(StandardCharsets.UTF_8));
            return get(access, onHost(access, "/tasks/" + task + "/presign/?fileuri=" + file)).body();
        }
        return get(access, uri).body();
    }

    /** Its project of this number. */
    LabelStudioJson.Project project(PlatformAccess access, long number) throws IOException {
        return read(call(access, "/api/projects/" + number, "GET", null), LabelStudioJson::project);
    }

    /** A page of the tasks of a project, from 1; empty after the last. */
    List<Task> tasks(PlatformAccess access, long project, int page) throws IOException {
        return tasks(access, project, page, "").tasks();
    }

    /** @param seen until when all changes are known after this answer; empty if Label Studio does not tell the time */
    record TaskPage(List<Task> tasks, Optional<Instant> seen) {
    }

    /** A page of the tasks of a project that were changed, or annotated, since; empty after the last. */
    TaskPage changedTasks(PlatformAccess access, long project, int page, Instant since) throws IOException {
        return tasks(access, project, page, "&query=" + URLEncoder.encode(LabelStudioJson.changedSince(since), StandardCharsets.UTF_8));
    }

    private TaskPage tasks(PlatformAccess access, long project, int page, String query) throws IOException {
        try {
            Answer answer = call(access, "/api/tasks?project=" + project + "&page=" + page + "&page_size=" + TASKS + query, "GET", null);
            return new TaskPage(read(answer, LabelStudioJson::taskPage), answer.seenUntil());
        } catch (Refused e) {
            if (e.status == 404 && page > 1) {
                return new TaskPage(List.of(), Optional.empty());
            }
            throw e;
        }
    }

    /** @param seen until when all changes are among them; empty if Label Studio does not tell the time */
    record Exported(Map<Annotation, Task> annotations, Optional<Instant> seen) {
    }

    /** All annotations of a project, or of some of its tasks, each with its task. @param tasks none for all */
    Exported annotations(PlatformAccess access, long project, List<Long> tasks) throws IOException {
        String ids = tasks.stream().map(id -> "&ids%5B%5D=" + id).collect(Collectors.joining());
        Answer answer = call(access, "/api/projects/" + project + "/export?exportType=JSON" + ids, "GET", null);
        return new Exported(read(answer, LabelStudioJson::exported), answer.seenUntil());
    }

    /** The predictions that it has of a task. */
    List<Stored> predictions(PlatformAccess access, long task) throws IOException {
        return read(call(access, "/api/predictions/?task=" + task, "GET", null), LabelStudioJson::stored);
    }

    /** Adds predictions; not to be repeated before asking what it has. */
    void importPredictions(PlatformAccess access, long project, List<Prediction> predictions) throws IOException {
        call(access, "/api/projects/" + project + "/import/predictions", "POST", LabelStudioJson.imported(predictions));
    }

    /** Replaces a prediction. */
    void replace(PlatformAccess access, long id, Prediction prediction) throws IOException {
        call(access, "/api/predictions/" + id + "/", "PATCH", LabelStudioJson.replaced(prediction));
    }

    /** Calls its own interface, which answers with no page for people: where one comes, nothing was done, whatever its status says. */
    private Answer call(PlatformAccess access, String path, String method, byte[] body) throws IOException {
        URI uri = onHost(access, path);
        Answer answer = send(access, uri, method, body);
        if (answer.isPage()) {
            throw new Refused(502, shown(uri) + " answers with a page for people, as a proxy or a sign-in does; expected Label Studio's interface");
        }
        return answer;
    }

    private static <T> T read(Answer answer, Function<byte[], T> as) throws IOException {
        try {
            return as.apply(answer.body());
        } catch (InvalidInput e) {
            throw new IOException("Label Studio's answer cannot be read; expected " + e.faults().get(0).expected(), e);
        }
    }

    private Answer get(PlatformAccess access, URI uri) throws IOException {
        return send(access, uri, "GET", null);
    }

    private Answer send(PlatformAccess access, URI uri, String method, byte[] body) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            boolean ours = isLabelStudio(access, at);
            Answer answer = once(at, method, body, ours ? authorization(access) : Optional.empty());
            if (answer.status() == 401 && ours && isPersonal(access.token().orElse(""))) {
                accesses.remove(access.token().get());
                answer = once(at, method, body, authorization(access));
            }
            // What is sent is sent to the address that somebody gave, and to no other.
            if (method.equals("GET") && answer.status() / 100 == 3 && answer.headers().firstValue("Location").isPresent()) {
                at = at.resolve(encoded(answer.headers().firstValue("Location").get()));
                continue;
            }
            if (!answer.isGood()) {
                throw new Refused(answer.status(), shown(at) + " answers " + answer.status());
            }
            return answer;
        }
        throw new Refused(400, shown(uri) + " leads from one address to another more than " + MOST_REDIRECTS + " times");
    }

    private Answer once(URI uri, String method, byte[] body, Optional<String> authorization) throws IOException {
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
            throw new Refused(400, shown(uri) + " is no address of the web");
        }
        if (InetAddress.getByName(uri.getHost()).isLinkLocalAddress()) {
            // Where clouds keep their machines' credentials.
            throw new Refused(400, shown(uri) + " is an address of this machine's own network card");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        authorization.ifPresent(value -> request.header("Authorization", value));
        return http.send(request.build(), shown(uri));
    }

    private Optional<String> authorization(PlatformAccess access) throws IOException {
        if (access.token().isEmpty()) {
            return Optional.empty();
        }
        String token = access.token().get();
        return Optional.of(isPersonal(token) ? "Bearer " + refreshed(access, token) : "Token " + token);
    }

    /** A personal access token is a JSON web token; a legacy one is 40 digits. */
    private static boolean isPersonal(String token) {
        return token.chars().filter(c -> c == '.').count() == 2;
    }

    private String refreshed(PlatformAccess access, String token) throws IOException {
        Access known = accesses.get(token);
        if (known != null && Instant.now().isBefore(known.until)) {
            return known.token;
        }
        Answer answer = once(onHost(access, "/api/token/refresh/"), "POST", LabelStudioJson.refresh(token), Optional.empty());
        String fresh = answer.isGood() && !answer.isPage() ? read(answer, LabelStudioJson::access) : null;
        if (fresh == null) {
            throw new Refused(answer.status(), "Label Studio does not take its token: it answers " + answer.status());
        }
        accesses.put(token, new Access(fresh, Instant.now().plus(ACCESS_LIFETIME)));
        return fresh;
    }

    private static URI onHost(PlatformAccess access, String path) throws IOException {
        String address = access.address().orElseThrow(() -> new Refused(400, "nobody told where Label Studio is")).replaceFirst("/+$", "");
        String prefix = Optional.ofNullable(encoded(address).getRawPath()).orElse("");
        return encoded(!prefix.isEmpty() && path.startsWith(prefix + "/") ? address.substring(0, address.length() - prefix.length()) + path : address + path);
    }

    private static boolean isLabelStudio(PlatformAccess access, URI uri) throws IOException {
        if (access.address().isEmpty()) {
            return false;
        }
        URI own = encoded(access.address().get());
        return own.getScheme() != null && own.getScheme().equalsIgnoreCase(uri.getScheme()) && own.getHost() != null
                && own.getHost().equalsIgnoreCase(uri.getHost()) && port(own) == port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** As people write addresses, with blanks and letters of any language. */
    private static URI encoded(String address) throws IOException {
        StringBuilder text = new StringBuilder();
        address.codePoints().forEach(c -> {
            if (c > ' ' && c < 0x7f && "\"<>\\^`{|}".indexOf(c) < 0) {
                text.appendCodePoint(c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    text.append('%').append("%02X".formatted(b & 0xff));
                }
            }
        });
        try {
            return URI.create(text.toString());
        } catch (IllegalArgumentException e) {
            throw new Refused(400, "\"" + address + "\" is no address");
        }
    }

    /** Without what may be secret in it. */
    private static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath();
    }
}
