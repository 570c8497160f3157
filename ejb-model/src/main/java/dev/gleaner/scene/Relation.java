package dev.gleaner.scene;

import dev.gleaner.glip.Box;
import java.util.List;

/**
 * Where a thing is, seen from another. Each relation clearly holds, clearly does not, or is doubtful; phrases are made only where
 * nothing is doubtful.
 */
enum Relation {
    LEFT("left of", "to the left of") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return beside(box(scene, thing), box(scene, landmark));
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return middleX(box(scene, thing)) >= middleX(box(scene, landmark));
        }
    },
    RIGHT("right of", "to the right of") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return beside(box(scene, landmark), box(scene, thing));
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return middleX(box(scene, thing)) <= middleX(box(scene, landmark));
        }
    },
    ABOVE("above") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return over(box(scene, thing), box(scene, landmark));
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return middleY(box(scene, thing)) >= middleY(box(scene, landmark));
        }
    },
    BELOW("below", "under") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return over(box(scene, landmark), box(scene, thing));
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return middleY(box(scene, thing)) <= middleY(box(scene, landmark));
        }
    },
    /** Within the box of a thing twice as large or larger. */
    INSIDE("inside") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            Box inner = box(scene, thing);
            Box outer = box(scene, landmark);
            return inner.intersection(outer) == inner.area() && 2 * inner.area() <= outer.area();
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return box(scene, thing).intersection(box(scene, landmark)) == 0;
        }
    },
    /** Seen in place of a part of it. */
    IN_FRONT_OF("in front of") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return scene.hidden()[thing][landmark] >= LEAST_HIDDEN;
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return scene.hidden()[thing][landmark] == 0;
        }
    },
    BEHIND("behind") {
        @Override
        boolean holds(Scene scene, int thing, int landmark) {
            return scene.hidden()[landmark][thing] >= LEAST_HIDDEN;
        }

        @Override
        boolean isOut(Scene scene, int thing, int landmark) {
            return scene.hidden()[landmark][thing] == 0;
        }
    };

    /** Share of a thing's pixels that another must hide to be in front of it. */
    private static final double LEAST_HIDDEN = 0.08;

    private final List<String> words;

    Relation(String... words) {
        this.words = List.of(words);
    }

    /** Ways to say it, between the thing and the landmark. */
    List<String> words() {
        return words;
    }

    /** Whether it clearly holds; both are numbers of things. */
    abstract boolean holds(Scene scene, int thing, int landmark);

    /** Whether it clearly does not hold. */
    abstract boolean isOut(Scene scene, int thing, int landmark);

    private static Box box(Scene scene, int thing) {
        return scene.objects().get(thing).box();
    }

    private static double middleX(Box box) {
        return box.x() + box.width() / 2;
    }

    private static double middleY(Box box) {
        return box.y() + box.height() / 2;
    }

    /** Left of it: further away across than down, and hardly overlapping across. */
    private static boolean beside(Box left, Box right) {
        double across = middleX(right) - middleX(left);
        return across >= Math.abs(middleY(right) - middleY(left))
                && left.x() + left.width() - right.x() <= 0.2 * Math.min(left.width(), right.width());
    }

    private static boolean over(Box upper, Box lower) {
        double down = middleY(lower) - middleY(upper);
        return down >= Math.abs(middleX(lower) - middleX(upper))
                && upper.y() + upper.height() - lower.y() <= 0.2 * Math.min(upper.height(), lower.height());
    }
}
