package dev.gleaner.cvat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gleaner.InvalidInput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The JSON of CVAT's own interface, of its agents' queues and of its events, from its sources of 2.x and its documentation. Fields that nobody asks
 * for may be there or not.
 */
final class CvatJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> FOR_RECTANGLES = Set.of("any", "rectangle", "unknown");

    private CvatJson() {
    }

    /** CVAT answered something that is not what its interface is documented to be. */
    static final class Unreadable extends IOException {

        private static final long serialVersionUID = 1;

        Unreadable(String expected) {
            super("CVAT's answer cannot be read; expected " + expected);
        }
    }

    /**
     * A task.
     *
     * @param size    how many frames it has
     * @param project its number; empty if the task is of none
     */
    record Task(long id, String name, int size, Optional<Long> project) {
    }

    /** What a task, a project or a function says of itself. @param created empty if it does not say */
    record About(String name, Optional<Instant> created) {
    }

    /** What a task shows, by frame; those that somebody deleted have no part in anything. A video has one name for all. */
    record Meta(int size, List<String> names, Set<Integer> deleted) {

        boolean shows(int frame) {
            return frame >= 0 && frame < size && !deleted.contains(frame);
        }

        String name(int frame) {
            return names.isEmpty() ? "frame" : names.get(Math.min(frame, names.size() - 1));
        }
    }

    /**
     * A job: some frames of a task that somebody is to label.
     *
     * @param assignee the name of whom it is given to; null if of nobody
     * @param isDone   whether its labeling is completed
     * @param updated  when it or what is labeled in it was changed; null if CVAT does not say
     */
    record Job(long id, long task, int first, int last, String assignee, boolean isDone, Instant updated) {

        boolean has(int frame) {
            return frame >= first && frame <= last;
        }
    }

    /**
     * Something that is labeled on a frame: the box around it. Of one that goes from frame to frame there is one for each frame.
     *
     * @param isByModel whether nobody has touched it since a model made it
     */
    record Shape(int frame, CvatBox box, boolean isByModel) {
    }

    record Annotations(List<Shape> shapes) {

        Map<Integer, List<CvatBox>> byFrame() {
            return shapes.stream().collect(Collectors.groupingBy(Shape::frame, Collectors.mapping(Shape::box, Collectors.toList())));
        }
    }

    /** A box for a label, by its number, to be added to a frame. */
    record NewShape(int frame, long label, CvatBox box) {
    }

    /**
     * What an agent is to do.
     *
     * @param type      {@code annotate_task} or {@code annotate_frame}
     * @param frame     null for the whole task
     * @param mapping   the task's label by the function's; empty for the same names
     * @param threshold empty where the function's own hold
     */
    record Assignment(String id, String type, long task, Integer frame, Map<String, String> mapping, Optional<Double> threshold) {
    }

    /** @param task null if it is about none */
    record Event(String name, Long task, boolean isDoneJob) {
    }

    private static JsonNode read(byte[] body) throws Unreadable {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new Unreadable("JSON");
        }
    }

    static Task task(byte[] body) throws Unreadable {
        return task(read(body));
    }

    /** Those on one page. */
    static List<Task> tasks(byte[] body) throws Unreadable {
        List<Task> tasks = new ArrayList<>();
        for (JsonNode task : results(body)) {
            tasks.add(task(task));
        }
        return tasks;
    }

    static About about(byte[] body) throws Unreadable {
        JsonNode json = read(body);
        if (!json.path("id").isIntegralNumber()) {
            throw new Unreadable("something with an id");
        }
        return new About(json.path("name").asText(""), Optional.ofNullable(CvatMark.instant(json.path("created_date").asText(""))));
    }

    private static Task task(JsonNode json) throws Unreadable {
        // A task that nobody has given images yet has no size.
        JsonNode size = json.path("size");
        if (!json.path("id").isIntegralNumber() || !(size.isMissingNode() || size.isNull() || size.canConvertToInt())) {
            throw new Unreadable("a task with id and size");
        }
        return new Task(json.get("id").longValue(), json.path("name").asText(""), size.asInt(0),
                json.path("project_id").isIntegralNumber() ? Optional.of(json.get("project_id").longValue()) : Optional.empty());
    }

    static Meta meta(byte[] body) throws Unreadable {
        JsonNode json = read(body);
        if (!json.path("frames").isArray()) {
            throw new Unreadable("the frames of a task");
        }
        List<String> names = new ArrayList<>();
        json.get("frames").forEach(frame -> names.add(frame.path("name").asText("frame")));
        Set<Integer> deleted = new HashSet<>();
        json.path("deleted_frames").forEach(frame -> deleted.add(frame.intValue()));
        return new Meta(json.path("size").asInt(names.size()), List.copyOf(names), Set.copyOf(deleted));
    }

    /** The labels that rectangles may have, by number, on one page. */
    static Map<Long, String> labels(byte[] body) throws Unreadable {
        Map<Long, String> labels = new LinkedHashMap<>();
        for (JsonNode label : results(body)) {
            if (FOR_RECTANGLES.contains(label.path("type").asText("any")) && !label.path("has_parent").asBoolean()) {
                labels.put(label.path("id").longValue(), label.path("name").asText());
            }
        }
        return labels;
    }

    /** Those on one page that people label; such as are only there to measure others by are left out. */
    static List<Job> jobs(byte[] body) throws Unreadable {
        List<Job> jobs = new ArrayList<>();
        for (JsonNode job : results(body)) {
            if (job.path("type").asText("annotation").equals("annotation")) {
                jobs.add(new Job(job.path("id").longValue(), job.path("task_id").longValue(), job.path("start_frame").intValue(), job.path("stop_frame").intValue(),
                        text(job.path("assignee").path("username")), job.path("state").asText().equals("completed"),
                        CvatMark.instant(job.path("updated_date").asText())));
            }
        }
        return jobs;
    }

    /** Whether another page comes after this one. */
    static boolean hasNext(byte[] body) throws Unreadable {
        return text(read(body).path("next")) != null;
    }

    private static JsonNode results(byte[] body) throws Unreadable {
        JsonNode json = read(body);
        if (!json.path("results").isArray()) {
            throw new Unreadable("a page of results");
        }
        return json.get("results");
    }

    private static String text(JsonNode text) {
        return text.isTextual() && !text.textValue().isBlank() ? text.textValue() : null;
    }

    /**
     * What is labeled on the frames of a task, as far as its label is known and there is a box around it.
     *
     * @param labels by number
     */
    static Annotations annotations(byte[] body, Map<Long, String> labels, Meta meta) throws Unreadable {
        JsonNode json = read(body);
        if (!json.path("shapes").isArray()) {
            throw new Unreadable("the shapes of a task");
        }
        return new Annotations(new CvatShapes(labels, meta).read(json));
    }

    /** Shapes to be added to a task's. */
    static byte[] created(Collection<NewShape> shapes) {
        ObjectNode json = MAPPER.createObjectNode().put("version", 0);
        json.putArray("tags");
        json.set("shapes", shapes(shapes));
        json.putArray("tracks");
        return bytes(json);
    }

    private static ArrayNode shapes(Collection<NewShape> shapes) {
        ArrayNode all = MAPPER.createArrayNode();
        for (NewShape shape : shapes) {
            ObjectNode json = all.addObject().put("frame", shape.frame()).put("label_id", shape.label()).put("type", "rectangle").put("occluded", false);
            json.putArray("points").add(shape.box().left()).add(shape.box().top()).add(shape.box().right()).add(shape.box().bottom());
            json.put("z_order", 0).put("group", 0).put("source", "auto").putArray("attributes");
        }
        return all;
    }

    /** An agent asks for work. @param category {@code interactive} or {@code batch} */
    static byte[] acquiring(String agent, String category) {
        return bytes(MAPPER.createObjectNode().put("agent_id", agent).put("request_category", category));
    }

    /** What there is for the agent; empty if there is nothing. */
    static Optional<Assignment> assignment(byte[] body) throws Unreadable {
        JsonNode json = read(body).path("ar_assignment");
        if (json.isNull()) {
            return Optional.empty();
        }
        JsonNode params = json.path("ar_params");
        if (!json.path("ar_id").isValueNode() || !params.isObject()) {
            throw new Unreadable("an annotation request with ar_id and ar_params");
        }
        Map<String, String> mapping = new HashMap<>();
        params.path("mapping").properties().forEach(entry -> mapping.put(entry.getKey(),
                entry.getValue().isTextual() ? entry.getValue().textValue() : entry.getValue().path("name").asText()));
        JsonNode threshold = params.path("threshold");
        return Optional.of(new Assignment(json.get("ar_id").asText(), params.path("type").asText(), params.path("task").longValue(),
                params.path("frame").isIntegralNumber() ? params.get("frame").intValue() : null, mapping,
                threshold.isNumber() ? Optional.of(threshold.doubleValue()) : Optional.empty()));
    }

    /** @param progress 0 to 1 */
    static byte[] progress(String agent, double progress) {
        return bytes(MAPPER.createObjectNode().put("agent_id", agent).put("progress", progress));
    }

    static byte[] completed(String agent, Collection<NewShape> shapes) {
        ObjectNode json = MAPPER.createObjectNode().put("agent_id", agent);
        ObjectNode annotations = json.putObject("annotations");
        annotations.putArray("tags");
        annotations.set("shapes", shapes(shapes));
        return bytes(json);
    }

    static byte[] failed(String agent, String reason) {
        return bytes(MAPPER.createObjectNode().put("agent_id", agent).put("exc_info", reason));
    }

    /** The category of the requests that an event of a queue tells of; empty if it tells of something else. */
    static Optional<String> newRequest(String event, String data) {
        try {
            return event.equals("newrequest") ? Optional.ofNullable(text(MAPPER.readTree(data).path("request_category"))) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** @throws InvalidInput if it is none */
    static Event event(byte[] body) {
        JsonNode json;
        try {
            json = read(body);
        } catch (Unreadable e) {
            throw new InvalidInput("body", body.length + " bytes", "well-formed JSON");
        }
        String name = text(json.path("event"));
        if (name == null) {
            throw new InvalidInput("event", null, "the name of what happened");
        }
        JsonNode job = json.path("job");
        JsonNode task = job.path("task_id").isIntegralNumber() ? job.get("task_id") : json.path("task").path("id");
        return new Event(name, task.isIntegralNumber() ? task.longValue() : null, name.equals("update:job") && job.path("state").asText().equals("completed"));
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
