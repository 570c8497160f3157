package dev.gleaner.round;

import dev.gleaner.evaluation.DetectedBox;
import dev.gleaner.evaluation.GroundTruth;
import dev.gleaner.evaluation.ImageFindings;
import dev.gleaner.evaluation.ImageFindings.Found;
import dev.gleaner.evaluation.Protocol;
import dev.gleaner.evaluation.TruthBox;
import dev.gleaner.evaluation.TruthCategory;
import dev.gleaner.evaluation.TruthImage;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the teacher found on gold, and which of it is right.
 *
 * @param right the numbers of the boxes that are
 * @param seen  whether the teacher was trained on any of these images
 */
record JudgedBoxes(FoundBoxes boxes, BitSet right, boolean seen) {

    /** Where there is no gold. */
    static final JudgedBoxes NONE = new JudgedBoxes(new FoundBoxes(0), new BitSet(), false);

    private static final double SAME = 0.5;

    /** A box of the teacher's on an image with gold. */
    record Judged(PseudoBox box, boolean right) {
    }

    /**
     * Judges what the teacher found on one image. A box is right if it overlaps gold of its category by {@value #SAME} or more, and no better one
     * does; boxes in a crowd, of categories that nobody looked for there, and beside gold that is not all there is, are neither right nor wrong
     * and left out.
     */
    static List<Judged> judge(RoundImage image, List<PseudoBox> found) {
        Set<Long> named = found.stream().map(PseudoBox::categoryId).collect(Collectors.toCollection(HashSet::new));
        boolean federated = image.absent() != null;
        TruthImage known = federated ? new TruthImage(image.imageId(), set(image.absent()), set(image.notExhaustive())) : TruthImage.of(image.imageId());
        List<TruthBox> gold = image.gold().stream().map(box -> {
            Box place = Box.xywh(box.x(), box.y(), box.width(), box.height());
            return new TruthBox(box.id(), image.imageId(), box.category(), place, place.area(), box.crowd(), box.crowd());
        }).toList();
        Map<DetectedBox, PseudoBox> boxes = new IdentityHashMap<>();
        List<DetectedBox> detections = new ArrayList<>();
        for (PseudoBox box : found) {
            DetectedBox detection = new DetectedBox(image.imageId(), box.categoryId(), box.box(), box.score());
            boxes.put(detection, box);
            detections.add(detection);
        }
        List<TruthCategory> categories = named.stream().sorted().map(id -> new TruthCategory(id, Long.toString(id), Optional.empty())).toList();
        List<Judged> judged = new ArrayList<>();
        for (ImageFindings findings : ImageFindings.of(federated ? Protocol.LVIS : Protocol.COCO, new GroundTruth(List.of(known), categories, gold), detections,
                SAME, 0)) {
            findings.found().stream().map(Found::detection).forEach(detection -> judged.add(new Judged(boxes.get(detection), true)));
            findings.falsePositives().forEach(detection -> judged.add(new Judged(boxes.get(detection), false)));
        }
        return judged;
    }

    private static Set<Long> set(long[] ids) {
        return ids == null ? Set.of() : Arrays.stream(ids).boxed().collect(Collectors.toSet());
    }

    /** Those that selections keep, one after the other. */
    JudgedBoxes after(List<Selection> selections) {
        BitSet left = boxes.all();
        for (Selection selection : selections) {
            left = selection.select(boxes, left);
        }
        FoundBoxes kept = new FoundBoxes(left.cardinality());
        BitSet keptRight = new BitSet();
        for (int box = left.nextSetBit(0); box >= 0; box = left.nextSetBit(box + 1)) {
            keptRight.set(kept.size(), right.get(box));
            kept.add(boxes, box);
        }
        return new JudgedBoxes(kept, keptRight, seen);
    }
}
