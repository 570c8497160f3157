package dev.gleaner.cvat;

import dev.gleaner.cvat.CvatJson.About;
import dev.gleaner.cvat.CvatJson.Annotations;
import dev.gleaner.cvat.CvatJson.Assignment;
import dev.gleaner.cvat.CvatJson.Job;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.NewShape;
import dev.gleaner.cvat.CvatJson.Task;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformHttp;
import dev.gleaner.platform.PlatformHttp.Answer;
import dev.gleaner.remote.RemoteHosts;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls CVAT's own interface. No redirect is followed, so that its token goes to its address and to no other. */
@ApplicationScoped
public class CvatClient {

    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 256 << 20;
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 10_000;
    /** Whoever asks CVAT for {@code application/json} alone is answered with 406; its own agents name no type to their queues. */
    private static final String JSON = "application/vnd.cvat+json, application/json;q=0.9";
    private static final String ANY = "*/*";
    private static final String EVENTS = "text/event-stream, */*;q=0.1";

    private final PlatformHttp http;

    public CvatClient() {
        this(ANSWER);
    }

    CvatClient(Duration answer) {
        http = new PlatformHttp(answer, MOST_BYTES);
    }

    /** CVAT did not do what it was asked. The message names no secrets. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }

        /** Whether asking again cannot help. */
        boolean isFinal() {
            return status >= 300 && status < 500 && status != 408 && status != 425 && status != 429;
        }
    }

    Task task(PlatformAccess access, long task) throws IOException {
        return CvatJson.task(get(access, "/api/tasks/" + task));
    }

    /** All tasks of a project. */
    List<Task> tasks(PlatformAccess access, long project) throws IOException {
        List<Task> tasks = new ArrayList<>();
        for (byte[] page : pages(access, "/api/tasks?project_id=" + project)) {
            tasks.addAll(CvatJson.tasks(page));
        }
        return tasks;
    }

    /** Fails unless it is there for this token. */
    About about(PlatformAccess access, CvatSubject subject) throws IOException {
        return CvatJson.about(get(access, "/api/" + subject.path()));
    }

    Meta meta(PlatformAccess access, long task) throws IOException {
        return CvatJson.meta(get(access, "/api/tasks/" + task + "/data/meta"));
    }

    /** The labels of a task or a project that rectangles may have, by number. */
    Map<Long, String> labels(PlatformAccess access, CvatSubject subject) throws IOException {
        Map<Long, String> labels = new LinkedHashMap<>();
        if (subject.kind() != CvatSubject.Kind.FUNCTIONS) {
            String filter = subject.kind() == CvatSubject.Kind.TASKS ? "task_id=" : "project_id=";
            try {
                for (byte[] page : pages(access, "/api/labels?" + filter + subject.number())) {
                    labels.putAll(CvatJson.labels(page));
                }
            } catch (Refused e) {
                if (e.status() == 500) {
                    // Asked for the labels of what is deleted, CVAT fails, and does not say that it is gone.
                    about(access, subject);
                }
                throw e;
            }
        }
        return labels;
    }

    /**
     * Jobs that were changed.
     *
     * @param seen until when all changes are known once these are; empty if CVAT does not tell the time
     */
    record ChangedJobs(List<Job> jobs, boolean hasMore, Optional<Instant> seen) {
    }

    /** The first of a task's or a project's jobs that were changed since, in the order of their changes. @param since null for all */
    ChangedJobs changedJobs(PlatformAccess access, CvatSubject subject, CvatMark since) throws IOException {
        String path = "/api/jobs?" + (subject.kind() == CvatSubject.Kind.TASKS ? "task_id=" : "project_id=") + subject.number()
                + (since == null ? "" : "&filter=" + URLEncoder.encode(since.filter(), StandardCharsets.UTF_8)) + "&sort=updated_date,id&page_size=" + PAGE + "&page=1";
        Answer answer = send(access, path, "GET", null);
        return new ChangedJobs(CvatJson.jobs(answer.body()), CvatJson.hasNext(answer.body()), answer.seenUntil());
    }

    List<Job> jobs(PlatformAccess access, long task) throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (byte[] page : pages(access, "/api/jobs?task_id=" + task)) {
            jobs.addAll(CvatJson.jobs(page));
        }
        return jobs;
    }

    /** An encoded image: the original one, or a frame of a video. */
    byte[] frame(PlatformAccess access, long task, int frame) throws IOException {
        return get(access, "/api/tasks/" + task + "/data?type=frame&number=" + frame + "&quality=original");
    }

    /** @param labels by number */
    Annotations annotations(PlatformAccess access, long task, Map<Long, String> labels, Meta meta) throws IOException {
        return CvatJson.annotations(get(access, "/api/tasks/" + task + "/annotations"), labels, meta);
    }

    /** Adds shapes to those of a task; not to be repeated before asking what it has. */
    void create(PlatformAccess access, long task, Collection<NewShape> shapes) throws IOException {
        send(access, "/api/tasks/" + task + "/annotations?action=create", "PATCH", CvatJson.created(shapes));
    }

    /** Takes an annotation request of this category, if there is one. */
    Optional<Assignment> acquire(PlatformAccess access, long function, String agent, String category) throws IOException {
        return CvatJson.assignment(send(access, queue(function) + "/requests/acquire", "POST", CvatJson.acquiring(agent, category)).body());
    }

    void update(PlatformAccess access, long function, String request, String agent, double progress) throws IOException {
        send(access, request(function, request) + "/update", "POST", CvatJson.progress(agent, progress));
    }

    void complete(PlatformAccess access, long function, String request, String agent, Collection<NewShape> shapes) throws IOException {
        send(access, request(function, request) + "/complete", "POST", CvatJson.completed(agent, shapes));
    }

    void fail(PlatformAccess access, long function, String request, String agent, String reason) throws IOException {
        send(access, request(function, request) + "/fail", "POST", CvatJson.failed(agent, reason));
    }

    /** Server-sent events of a function's queue, for as long as CVAT keeps the line open. */
    InputStream watch(PlatformAccess access, long function) throws IOException {
        String path = queue(function) + "/watch";
        HttpResponse<InputStream> answer;
        try {
            answer = http.client().send(request(access, path, "GET", null), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + shown(access, path), e);
        } catch (IOException e) {
            throw new IOException(PlatformHttp.failure(e, shown(access, path)), e);
        }
        if (answer.statusCode() != 200) {
            answer.body().close();
            throw refused(access, path, answer.statusCode());
        }
        return answer.body();
    }

    private static String queue(long function) {
        return "/api/functions/queues/function:" + function;
    }

    private static String request(long function, String request) throws Refused {
        if (!request.matches("[A-Za-z0-9._:-]{1,200}")) {
            throw new Refused(400, "CVAT gives out an annotation request whose id cannot be used");
        }
        return queue(function) + "/requests/" + request;
    }

    private List<byte[]> pages(PlatformAccess access, String list) throws IOException {
        List<byte[]> pages = new ArrayList<>();
        do {
            try {
                pages.add(get(access, list + "&page_size=" + PAGE + "&page=" + (pages.size() + 1)));
            } catch (Refused e) {
                if (e.status() == 404 && !pages.isEmpty()) {
                    // What was on it has been deleted meanwhile.
                    return pages;
                }
                throw e;
            }
            if (pages.size() > 1 && Arrays.equals(pages.get(pages.size() - 1), pages.get(pages.size() - 2)) || pages.size() > MOST_PAGES) {
                throw new Refused(508, shown(access, list) + " gives page after page without an end");
            }
        } while (CvatJson.hasNext(pages.get(pages.size() - 1)));
        return pages;
    }

    private byte[] get(PlatformAccess access, String path) throws IOException {
        return send(access, path, "GET", null).body();
    }

    private Answer send(PlatformAccess access, String path, String method, byte[] body) throws IOException {
        Answer answer = http.send(request(access, path, method, body), shown(access, path));
        if (!answer.isGood()) {
            throw refused(access, path, answer.status());
        }
        if (answer.isPage()) {
            // Nothing was done, whatever the status says.
            throw new Refused(502, shown(access, path) + " answers with a page for people, as a proxy or a sign-in does; expected CVAT's interface");
        }
        return answer;
    }

    private static Refused refused(PlatformAccess access, String path, int status) {
        return new Refused(status, shown(access, path) + " answers " + status);
    }

    private static HttpRequest request(PlatformAccess access, String path, String method, byte[] body) throws IOException {
        String token = access.token().orElseThrow(() -> new Refused(401, "there is no token of CVAT's that this server can read: connect it again"));
        URI uri;
        try {
            uri = URI.create(address(access) + path);
        } catch (IllegalArgumentException e) {
            throw new Refused(400, address(access) + " is no address");
        }
        if (uri.getHost() == null || RemoteHosts.isNeverAsked(uri.getHost())) {
            throw new Refused(400, address(access) + " is no address of a CVAT");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER).header("Authorization", authorization(token))
                .header("Accept", path.endsWith("/watch") ? EVENTS : path.contains("/data?") ? ANY : JSON)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    /** A legacy token is 40 hexadecimal digits; personal access tokens are anything else. */
    private static String authorization(String token) {
        return (token.matches("[0-9a-f]{40}") ? "Token " : "Bearer ") + token;
    }

    private static String address(PlatformAccess access) {
        return access.address().orElse("nowhere");
    }

    private static String shown(PlatformAccess access, String path) {
        return address(access) + path.replaceFirst("\\?.*", "");
    }
}
