package dev.gleaner.round;

import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Spoils pseudo labels, as a broken teacher or a broken tool would. */
final class Poison {

    /** Of a box's sides: far enough to meet its thing no more at IoU 0.5. */
    private static final double LEAST_SHIFT = 0.35;
    private static final double MOST_SHIFT = 0.7;

    private Poison() {
    }

    /**
     * Spoils a share of the boxes, drawn at random: half of them get another category, half are shifted by 0.35 to 0.7 of their sides in
     * either direction.
     */
    static List<PseudoBox> poison(List<PseudoBox> boxes, double share, List<Long> categories, RandomGenerator random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            order.add(random.nextInt(order.size() + 1), i);
        }
        List<PseudoBox> poisoned = new ArrayList<>(boxes);
        for (int i = 0; i < Math.round(share * boxes.size()); i++) {
            PseudoBox box = boxes.get(order.get(i));
            boolean shuffle = i % 2 == 0 && categories.size() > 1;
            poisoned.set(order.get(i), shuffle ? shuffled(box, categories, random) : shifted(box, random));
        }
        return poisoned;
    }

    private static PseudoBox shuffled(PseudoBox box, List<Long> categories, RandomGenerator random) {
        List<Long> others = categories.stream().filter(category -> category != box.categoryId()).toList();
        return new PseudoBox(box.imageId(), others.get(random.nextInt(others.size())), box.box(), box.score(), box.agreement());
    }

    private static PseudoBox shifted(PseudoBox box, RandomGenerator random) {
        Box place = box.box();
        Box moved = Box.xywh(place.x() + shift(random) * place.width(), place.y() + shift(random) * place.height(), place.width(), place.height());
        return new PseudoBox(box.imageId(), box.categoryId(), moved, box.score(), box.agreement());
    }

    private static double shift(RandomGenerator random) {
        double shift = LEAST_SHIFT + (MOST_SHIFT - LEAST_SHIFT) * random.nextDouble();
        return random.nextBoolean() ? shift : -shift;
    }
}
