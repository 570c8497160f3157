package dev.gleaner.review;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Puts checks and second opinions among the work of a queue. Checks come at no fixed distance, so that nobody can tell them by their place:
 * one is drawn by lot within each of as many stretches of equal length. Second opinions follow the image's own item at once, so that all
 * of its reviewers see it at about the same time; each of them is passed over by who has the one before.
 */
final class QueueMix {

    /** What stands in a place: work, a check, or a second opinion about work, by their places in their lists. */
    record Slot(ReviewItem.Kind kind, int index, boolean consensus) {
    }

    private QueueMix() {
    }

    /** How many checks make up the share of all, rounded. */
    static int checks(int work, double share) {
        return (int) Math.round(work * share / (1 - share));
    }

    /**
     * How many images of known truth are set aside for checks: no more than their share of what is left for work, so that a dataset that is known
     * throughout is not eaten up by them.
     *
     * @param found how many images there are to review, those of known truth among them
     * @param known how many of known truth there are
     * @param limit how many images to work on at most
     */
    static int setAside(int found, int known, int limit, double share) {
        int checks = known;
        while (checks > 0 && checks > checks(Math.min(limit, found - checks), share)) {
            checks--;
        }
        return checks;
    }

    /** How many images are seen by several; some image wherever that is wanted. */
    private static int several(int work, double share) {
        return (int) Math.ceil(work * share);
    }

    /** How many second opinions are asked for. */
    static int opinions(int work, int reviewers, double share) {
        return several(work, share) * (Math.max(1, reviewers) - 1);
    }

    /**
     * Orders a queue.
     *
     * @param work      how many images wait
     * @param checks    how many checks there are
     * @param reviewers how many see each of a share of the images
     * @param share     that share; which images, the seed says
     * @return all places in their order
     */
    static List<Slot> slots(int work, int checks, int reviewers, double share, long seed) {
        Random random = new Random(seed);
        Set<Integer> several = new HashSet<>();
        if (reviewers > 1) {
            List<Integer> all = new ArrayList<>(IntStream.range(0, work).boxed().toList());
            Collections.shuffle(all, random);
            several.addAll(all.subList(0, several(work, share)));
        }
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < work; i++) {
            boolean consensus = several.contains(i);
            slots.add(new Slot(ReviewItem.Kind.WORK, i, consensus));
            for (int other = 1; consensus && other < reviewers; other++) {
                slots.add(new Slot(ReviewItem.Kind.OPINION, i, true));
            }
        }
        int rest = slots.size();
        for (int check = checks - 1; check >= 0; check--) {
            int from = (int) ((long) rest * check / checks);
            int to = (int) ((long) rest * (check + 1) / checks);
            slots.add(from + random.nextInt(Math.max(1, to - from)), new Slot(ReviewItem.Kind.CHECK, check, false));
        }
        return slots;
    }
}
