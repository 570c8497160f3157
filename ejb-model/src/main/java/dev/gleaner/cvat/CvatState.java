package dev.gleaner.cvat;

import dev.gleaner.cvat.CvatJson.Job;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.NewShape;
import dev.gleaner.cvat.CvatJson.Shape;
import dev.gleaner.platform.PlatformAccess;
import dev.gleaner.platform.PlatformPrediction.ProposedBox;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a task of CVAT's holds while boxes are to be added to it.
 *
 * @param labels their numbers, by name
 */
record CvatState(List<Job> jobs, Meta meta, Map<String, Long> labels, List<Shape> shapes) {

    static CvatState of(CvatClient client, PlatformAccess access, long task) throws IOException {
        Map<Long, String> names = client.labels(access, new CvatSubject(CvatSubject.Kind.TASKS, task));
        Map<String, Long> labels = new HashMap<>();
        names.forEach((number, name) -> labels.put(name, number));
        Meta meta = client.meta(access, task);
        return new CvatState(client.jobs(access, task), meta, labels, client.annotations(access, task, names, meta).shapes());
    }

    /**
     * Whether people are still to decide about a frame: it is in jobs, and none of them is completed. What is sent to a frame of a task's validation
     * pool, which is in no job but that of the ground truth, would become ground truth.
     */
    boolean isOpen(int frame) {
        List<Job> of = jobs.stream().filter(job -> job.has(frame)).toList();
        return meta.shows(frame) && !of.isEmpty() && of.stream().noneMatch(Job::isDone);
    }

    /**
     * Where a box would go.
     *
     * @param isFree         whether nothing of the kind is there
     * @param isTakenByModel whether what is there came from a model
     */
    record Place(NewShape shape, boolean isFree, boolean isTakenByModel) {
    }

    /** Empty if the task has no such label, or nothing of the box is within the image. */
    Optional<Place> place(int frame, ProposedBox proposed) {
        Long label = labels.get(proposed.label());
        return label == null ? Optional.empty() : CvatBox.of(proposed.label(), proposed.box(), proposed.size()).map(box -> {
            List<Shape> same = shapes.stream().filter(shape -> shape.frame() == frame && shape.box().isSame(box)).toList();
            return new Place(new NewShape(frame, label, box), same.isEmpty(), same.stream().anyMatch(Shape::isByModel));
        });
    }
}
