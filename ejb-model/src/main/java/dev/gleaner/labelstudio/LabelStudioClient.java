package dev.gleaner.labelstudio;

import dev.gleaner.InvalidInput;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.labelstudio.InterfaceJson.Stored;
import dev.gleaner.labelstudio.PredictionJson.Prediction;
import dev.gleaner.labelstudio.TaskJson.Annotation;
import dev.gleaner.labelstudio.TaskJson.Task;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformHttp;
import dev.gleaner.platform.PlatformHttp.Answer;
import dev.gleaner.remote.RemoteHosts;
import dev.gleaner.remote.RemoteImages;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Calls Label Studio's own interface, and fetches images of tasks. Label Studio is asked at the address that somebody with the right to connect it
 * vouches for, by its scheme, host and port, wherever that is; its token goes there and nowhere else. What a task, or a redirect, names elsewhere is
 * asked for as {@link RemoteImages} asks: of the hosts that the settings allow, at each step of the way.
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

    private final Map<String, Access> accesses = new ConcurrentHashMap<>();
    private PlatformHttp http;
    private RemoteImages elsewhere;

    protected LabelStudioClient() {
    }

    @Inject
    public LabelStudioClient(RemoteImages elsewhere) {
        this(elsewhere, ANSWER);
    }

    /** @param answer how long to wait for an answer of Label Studio's */
    LabelStudioClient(RemoteImages elsewhere, Duration answer) {
        this.elsewhere = elsewhere;
        http = new PlatformHttp(answer, MOST_BYTES);
    }

    /** Label Studio did not do what it was asked. The message names no secrets. */
    public static final class Refused extends IOException {

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /**
     * Fetches an image of a task.
     *
     * @param image as the task's data have it: a path on Label Studio's host, an absolute URL, or a file in a cloud store that Label Studio knows
     * @throws IOException if it cannot be had; says why, and for a host that may not be asked which setting would allow it
     */
    byte[] image(PlatformAccess access, long task, String image) throws IOException {
        URI uri = encoded(image);
        String scheme = uri.getScheme();
        if (scheme == null) {
            if (!image.startsWith("/")) {
                throw new Refused(400, "\"" + image + "\" is no address of an image");
            }
            return picture(access, onHost(access, image));
        }
        if (CLOUD.contains(scheme.toLowerCase(Locale.ROOT))) {
            String file = Base64.getUrlEncoder().encodeToString(image.getBytes(StandardCharsets.UTF_8));
            return picture(access, onHost(access, "/tasks/" + task + "/presign/?fileuri=" + file));
        }
        return isLabelStudio(access, uri) ? picture(access, uri) : elsewhere(image);
    }

    /** From Label Studio, or from where it leads, such as a store that knows a signed address. */
    private byte[] picture(PlatformAccess access, URI uri) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            Answer answer = send(access, at, "GET", null);
            Optional<URI> next = next(at, answer);
            if (next.isEmpty()) {
                return good(at, answer).body();
            }
            at = next.get();
            if (!isLabelStudio(access, at)) {
                return elsewhere(at.toString());
            }
        }
        throw tooManySteps(uri);
    }

    /** Of the web alone: what is in the store of the settings is none of Label Studio's business. */
    private byte[] elsewhere(String address) throws IOException {
        URI uri = encoded(address);
        RemoteAddress image = RemoteAddress.of(address).filter(one -> !one.isStore()).orElseThrow(() -> new Refused(400, shown(uri) + " is no address of the web"));
        return Files.readAllBytes(elsewhere.fetch(image));
    }

    /** Its project of this number. */
    InterfaceJson.Project project(PlatformAccess access, long number) throws IOException {
        return read(call(access, "/api/projects/" + number, "GET", null), InterfaceJson::project);
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
        return tasks(access, project, page, "&query=" + URLEncoder.encode(InterfaceJson.changedSince(since), StandardCharsets.UTF_8));
    }

    private TaskPage tasks(PlatformAccess access, long project, int page, String query) throws IOException {
        try {
            Answer answer = call(access, "/api/tasks?project=" + project + "&page=" + page + "&page_size=" + TASKS + query, "GET", null);
            return new TaskPage(read(answer, InterfaceJson::taskPage), answer.seenUntil());
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
        return new Exported(read(answer, InterfaceJson::exported), answer.seenUntil());
    }

    /** The predictions that it has of a task. */
    List<Stored> predictions(PlatformAccess access, long task) throws IOException {
        return read(call(access, "/api/predictions/?task=" + task, "GET", null), InterfaceJson::stored);
    }

    /** Adds predictions; not to be repeated before asking what it has. */
    void importPredictions(PlatformAccess access, long project, List<Prediction> predictions) throws IOException {
        call(access, "/api/projects/" + project + "/import/predictions", "POST", InterfaceJson.imported(predictions));
    }

    /** Replaces a prediction. */
    void replace(PlatformAccess access, long id, Prediction prediction) throws IOException {
        call(access, "/api/predictions/" + id + "/", "PATCH", InterfaceJson.replaced(prediction));
    }

    /** Calls its own interface, which answers with no page for people: where one comes, nothing was done, whatever its status says. */
    private Answer call(PlatformAccess access, String path, String method, byte[] body) throws IOException {
        URI uri = onHost(access, path);
        URI at = uri;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            Answer answer = send(access, at, method, body);
            // What is sent is sent to the address that somebody gave, and to no other.
            Optional<URI> next = method.equals("GET") ? next(at, answer) : Optional.empty();
            if (next.isEmpty()) {
                if (good(at, answer).isPage()) {
                    throw new Refused(502, shown(uri) + " answers with a page for people, as a proxy or a sign-in does; expected Label Studio's interface");
                }
                return answer;
            }
            if (!isLabelStudio(access, next.get())) {
                throw new Refused(400, shown(at) + " leads to " + shown(next.get()) + "; expected Label Studio to be connected by the address that it leads to");
            }
            at = next.get();
        }
        throw tooManySteps(uri);
    }

    private static <T> T read(Answer answer, Function<byte[], T> as) throws IOException {
        try {
            return as.apply(answer.body());
        } catch (InvalidInput e) {
            throw new IOException("Label Studio's answer cannot be read; expected " + e.faults().get(0).expected(), e);
        }
    }

    /** Asks Label Studio, with its token. */
    private Answer send(PlatformAccess access, URI uri, String method, byte[] body) throws IOException {
        Answer answer = once(uri, method, body, authorization(access));
        if (answer.status() == 401 && isPersonal(access.token().orElse(""))) {
            accesses.remove(access.token().get());
            answer = once(uri, method, body, authorization(access));
        }
        return answer;
    }

    /** Where an answer leads instead. */
    private static Optional<URI> next(URI from, Answer answer) throws IOException {
        Optional<String> location = answer.status() / 100 == 3 ? answer.headers().firstValue("Location") : Optional.empty();
        return location.isEmpty() ? Optional.empty() : Optional.of(from.resolve(encoded(location.get())));
    }

    private static Answer good(URI uri, Answer answer) throws Refused {
        if (!answer.isGood()) {
            throw new Refused(answer.status(), shown(uri) + " answers " + answer.status());
        }
        return answer;
    }

    private static Refused tooManySteps(URI uri) {
        return new Refused(400, shown(uri) + " leads from one address to another more than " + MOST_REDIRECTS + " times");
    }

    private Answer once(URI uri, String method, byte[] body, Optional<String> authorization) throws IOException {
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https") || uri.getHost() == null) {
            throw new Refused(400, shown(uri) + " is no address of the web");
        }
        if (RemoteHosts.isNeverAsked(uri.getHost())) {
            throw new Refused(400, shown(uri) + " is at an address that is never asked, such as one where clouds give out credentials;"
                    + " expected that of a Label Studio");
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
        Answer answer = once(onHost(access, "/api/token/refresh/"), "POST", InterfaceJson.refresh(token), Optional.empty());
        String fresh = answer.isGood() && !answer.isPage() ? read(answer, InterfaceJson::access) : null;
        if (fresh == null) {
            throw new Refused(answer.status(), "Label Studio does not take its token: it answers " + answer.status());
        }
        accesses.put(token, new Access(fresh, Instant.now().plus(ACCESS_LIFETIME)));
        return fresh;
    }

    private static URI onHost(PlatformAccess access, String path) throws IOException {
        String address = access.address().orElseThrow(() -> new Refused(400, "nobody who may connect it told where Label Studio is; expected its project to be"
                + " connected by its address, or its back end to have an engineer's token")).replaceFirst("/+$", "");
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
