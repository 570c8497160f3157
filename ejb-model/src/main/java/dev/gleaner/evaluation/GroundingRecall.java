package dev.gleaner.evaluation;

import dev.gleaner.evaluation.GroundedSentence.Phrase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the boxes found for a phrase hold one that meets it, as Flickr30k Entities is evaluated.
 *
 * @param byType for each type of phrases, and for {@link #ALL} phrases
 */
public record GroundingRecall(SortedMap<String, Recall> byType) {

    public static final String ALL = "all";

    /** What a phrase with several boxes is compared with; the names are those of MDETR's paper. */
    public enum Boxes {

        /** One box around all of them. */
        MERGED {
            @Override
            List<Corners> of(Phrase phrase) {
                return List.of(Corners.around(phrase.boxes()));
            }
        },

        /** Each by itself; meeting any one is enough. */
        ANY {
            @Override
            List<Corners> of(Phrase phrase) {
                return phrase.boxes();
            }
        };

        abstract List<Corners> of(Phrase phrase);
    }

    /**
     * The share of phrases that were met.
     *
     * @param phrases    how many there are, above 0
     * @param at1        by the best box
     * @param at5        by one of the 5 best
     * @param at10       by one of the 10 best
     * @param upperBound by any box
     */
    public record Recall(int phrases, double at1, double at5, double at10, double upperBound) {
    }

    public GroundingRecall {
        byType = Collections.unmodifiableSortedMap(new TreeMap<>(byType));
    }

    /**
     * Detections of sentences that are not among those given are passed over; of several for one sentence the first counts.
     *
     * @param iou the least overlap, usually 0.5
     * @throws IllegalArgumentException if a sentence with phrases has no detections, or not as many lists as phrases
     */
    public static GroundingRecall of(List<GroundedSentence> sentences, List<SentenceDetections> detections, Boxes boxes, double iou) {
        Map<String, GroundedSentence> open = new HashMap<>();
        sentences.stream().filter(sentence -> !sentence.phrases().isEmpty()).forEach(s -> open.put(key(s.image(), s.number()), s));
        SortedMap<String, Tally> tallies = new TreeMap<>();
        for (SentenceDetections found : detections) {
            GroundedSentence sentence = open.remove(key(found.image(), found.number()));
            if (sentence != null) {
                count(sentence, found, boxes, iou, tallies);
            }
        }
        if (!open.isEmpty()) {
            throw new IllegalArgumentException("there are no detections for " + open.size() + " sentences, one of them "
                    + open.keySet().iterator().next() + "; expected a list for each phrase of each sentence");
        }
        SortedMap<String, Recall> recalls = new TreeMap<>();
        tallies.forEach((type, tally) -> recalls.put(type, tally.recall()));
        return new GroundingRecall(recalls);
    }

    private static String key(String image, int sentence) {
        return "sentence " + sentence + " of image " + image;
    }

    private static void count(GroundedSentence sentence, SentenceDetections found, Boxes boxes, double iou, Map<String, Tally> tallies) {
        if (found.boxes().size() != sentence.phrases().size()) {
            throw new IllegalArgumentException("detections for " + key(found.image(), found.number()) + " are " + found.boxes().size()
                    + " lists; expected " + sentence.phrases().size() + ", one for each phrase with boxes");
        }
        for (int p = 0; p < found.boxes().size(); p++) {
            Phrase phrase = sentence.phrases().get(p);
            int met = firstMeeting(found.boxes().get(p), boxes.of(phrase), iou);
            List<String> types = new ArrayList<>(phrase.types());
            types.add(ALL);
            types.forEach(type -> tallies.computeIfAbsent(type, any -> new Tally()).add(met));
        }
    }

    /** The place of the best box that meets one of the targets, or beyond all places. */
    private static int firstMeeting(List<Corners> found, List<Corners> targets, double iou) {
        for (int f = 0; f < found.size(); f++) {
            Corners box = found.get(f);
            if (targets.stream().anyMatch(target -> box.iou(target) >= iou)) {
                return f;
            }
        }
        return Integer.MAX_VALUE;
    }

    private static final class Tally {

        private int phrases;
        private int at1;
        private int at5;
        private int at10;
        private int met;

        void add(int place) {
            phrases++;
            at1 += place < 1 ? 1 : 0;
            at5 += place < 5 ? 1 : 0;
            at10 += place < 10 ? 1 : 0;
            met += place < Integer.MAX_VALUE ? 1 : 0;
        }

        Recall recall() {
            double all = phrases;
            return new Recall(phrases, at1 / all, at5 / all, at10 / all, met / all);
        }
    }
}
