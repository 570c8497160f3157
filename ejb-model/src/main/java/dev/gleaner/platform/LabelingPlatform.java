package dev.gleaner.platform;

import dev.gleaner.InvalidInput;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A labeling platform that people work with, such as Label Studio or CVAT: where images come from, proposals go to, and decisions come back from. Whoever
 * writes one says how the platform is called; connections, tokens, images, retries, what was sent already and what has become a review are kept here.
 *
 * <p>A platform is one class that is found by its type: a {@code @Stateless} bean with the transaction attribute {@code NOT_SUPPORTED}, alone in an EJB
 * module of its own (a jar with an empty {@code META-INF/beans.xml}, compiled against {@code ejb-model}) that is added to the application archive, as
 * {@code batch-jobs} is one. The server refuses a module without any EJB, so that one with only CDI beans needs an EJB beside them. Within the
 * archive it can have everything injected, and it is started, stopped and rolled out with the product. {@link java.util.ServiceLoader} would find
 * classes in the archive's {@code lib}, but these do not see the classes of its modules, this interface among them; another application on the same
 * server does not either, so that JNDI would ask for the interface in the server's own {@code lib}. Such an application is told of events by webhooks,
 * and decides through the REST interface.
 *
 * <p>Calls come without a transaction and from several threads and servers, but about one connection's due tasks from one at a time. An
 * {@link IOException} or a {@link RuntimeException} says that a call failed: it is told on the Platforms page, so that its message must hold no secrets,
 * and the call is made again after a pause that grows, a limited number of times.
 */
public interface LabelingPlatform {

    /**
     * What somebody who connects a project has to tell, each in words such as "the address of Label Studio, such as http://label-studio.example:8080";
     * null for what is not needed.
     *
     * @param secret that it signs its events with: null if it signs none; others may do without
     */
    record Needs(String address, String token, String project, String secret) {

        public Needs(String address, String token, String project) {
            this(address, token, project, null);
        }
    }

    /**
     * A project there.
     *
     * @param identity    that no other project of this platform has; it stays when addresses change
     * @param labelConfig what it labels, in the platform's own words, for the platform to read again; null if it needs none
     */
    record Described(String identity, String title, String labelConfig) {
    }

    /**
     * What an event says.
     *
     * @param reviews   that were made or changed
     * @param withdrawn ids of those that are gone: what they said is taken back
     */
    record Said(List<PlatformReview> reviews, List<String> withdrawn) {
    }

    /**
     * What is kept of an event until it is handled.
     *
     * @param action as people shall see it
     * @param body   what {@link #event} needs of it, without secrets; null if nothing is to be done about it
     */
    record Heard(String action, String body) {
    }

    /**
     * A look at what people have decided.
     *
     * @param mark    how far it went, for the next look to tell what was decided since; null if that has to tell everything again
     * @param more    whether the next look is due at once
     * @param problem what could not be read and has to be looked at again, in words for people; null if nothing
     * @param whole   of which tasks, by their ids, all reviews that there are now are told: what is known of such a task and not told any more is gone
     */
    record Look(List<PlatformReview> reviews, String mark, boolean more, String problem, Predicate<String> whole) {

        /** That says nothing of what is gone. */
        public Look(List<PlatformReview> reviews, String mark, boolean more, String problem) {
            this(reviews, mark, more, problem, task -> false);
        }
    }

    /** In addresses, names of folders and as the origin of reviews: a letter, then at most 39 letters, digits and hyphens, all small. It never changes. */
    String name();

    /** As people call it. */
    String title();

    Needs needs();

    /**
     * Looks at a project there, when somebody connects it.
     *
     * @param project as {@link Needs#project} asks for it
     * @throws InvalidInput if there can be no such project, or it cannot be worked with
     * @throws IOException  if the platform does not answer, or not to this token
     */
    Described describe(PlatformAccess access, String project) throws IOException;

    /** Its tasks, by pages from 1; empty after the last. */
    List<PlatformTask> tasks(PlatformProject project, int page) throws IOException;

    /** Its tasks, all of them, some at a time. Platforms that can list them better than by pages do. */
    default void tasks(PlatformProject project, Consumer<List<PlatformTask>> told) throws IOException {
        List<PlatformTask> before = List.of();
        for (int page = 1;; page++) {
            List<PlatformTask> found = tasks(project, page);
            if (found.isEmpty()) {
                return;
            }
            if (found.equals(before)) {
                throw new IOException(title() + " gives the same page of tasks again and again");
            }
            told.accept(found);
            before = found;
        }
    }

    /**
     * What it is now, if it does not tell of changes itself; empty if {@link Described#labelConfig} is not needed, or what is known is good.
     *
     * @throws IOException if the platform does not answer
     */
    default Optional<Described> current(PlatformProject project) throws IOException {
        return Optional.empty();
    }

    /**
     * The images that a task shows: their addresses, by the names that tell them apart within the task.
     *
     * @throws InvalidInput if the task's data tell none
     */
    Map<String, String> images(PlatformProject project, PlatformTask task);

    /** The bytes of an image file at one of the addresses of {@link #images}. */
    byte[] image(PlatformProject project, PlatformTask task, String address) throws IOException;

    /** What people label there; proposals of other categories are not sent, and reviews do not speak of them. */
    Set<String> labels(PlatformProject project) throws IOException;

    /**
     * Makes the platform have this prediction once: what it has of the same task and model version is replaced, what people made stays. It may have
     * been sent before with nobody knowing whether it arrived. Where a prediction cannot be told from what people made, a {@link BoxPlatform} takes its boxes.
     */
    void put(PlatformProject project, PlatformPrediction prediction) throws IOException;

    /** Adds predictions of tasks to which none was ever sent: a chance to send many in one call. */
    default void add(PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        for (PlatformPrediction prediction : predictions) {
            put(project, prediction);
        }
    }

    /**
     * Whether it keeps predictions beside what people make, so that one can be replaced. Where it does not, boxes are sent, each once: see
     * {@link BoxPlatform}, which says so.
     */
    default boolean keepsPredictions() {
        return true;
    }

    /**
     * Adds boxes, where no predictions are kept: see {@link BoxPlatform#send}. Platforms that keep predictions are never asked.
     *
     * @return the boxes that are there now and not by people, by task
     */
    default Map<String, List<ProposedBox>> send(PlatformProject project, List<PlatformPrediction> predictions) throws IOException {
        throw new UnsupportedOperationException(title() + " keeps predictions");
    }

    /** What people have decided there, all of it. */
    List<PlatformReview> reviews(PlatformProject project) throws IOException;

    /**
     * What people have decided there since an earlier look; what is known already may be among it. Asked every few minutes, since events may be lost, so
     * that platforms with much of it tell what changed only.
     *
     * @param mark of the earlier look; null for everything
     */
    default Look changed(PlatformProject project, String mark) throws IOException {
        return new Look(reviews(project), null, false, null);
    }

    /**
     * Whether somebody who has the connection's secret sent an event. It must take the same time for all wrong signatures. Platforms that sign none
     * need not do anything.
     *
     * @param headers values by the names of headers, in any case; null for those that are not there
     */
    default boolean isSigned(String secret, UnaryOperator<String> headers, byte[] body) {
        return false;
    }

    /**
     * Looks at an event that is signed, while the platform waits.
     *
     * @throws InvalidInput if it is none
     */
    default Heard hear(byte[] body) {
        throw new InvalidInput("event", null, "no event: " + title() + " signs none");
    }

    /**
     * Reads an event that the platform sent and {@link PlatformInbox} keeps. Platforms that send none need not do anything.
     *
     * @throws InvalidInput if it is none
     */
    default Said event(PlatformProject project, String body) throws IOException {
        throw new InvalidInput("event", null, "no event: " + title() + " sends none");
    }

    /**
     * Labels a task that a call of the platform's own could not wait for, see {@link PlatformTasks#defer}; proposals are sent afterwards. Platforms that
     * defer none need not do anything.
     */
    default void label(PlatformProject project, PlatformTask task) throws IOException {
        throw new UnsupportedOperationException(title() + " defers no tasks");
    }
}
