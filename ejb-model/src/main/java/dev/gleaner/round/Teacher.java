package dev.gleaner.round;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.train.LeftRight;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.round.Views.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proposes boxes for images without any, from several views of each (test-time augmentation).
 *
 * <p>The boxes are those of the plain view, with its scores; the other views tell how well they agree, and move them: a box becomes
 * the mean, weighted by score, of itself and of the box in each other view that overlaps it by {@value #SAME} or more (box voting,
 * Gidaris and Komodakis 2015, section 5). Weighted boxes fusion (Solovyev et al. 2021) places boxes in the same way, but also lowers scores
 * by how many views agree and adds boxes that the plain view did not see. Here agreement stays a number of its own, so that
 * scores are on the scale of labeling runs, which is what reviewed thresholds were learnt on.
 *
 * <p>In a mirrored view prompts are read with "left" and "right" exchanged. Used by one thread at a time; closes what it prepared,
 * not the model.
 */
public final class Teacher implements AutoCloseable {

    private static final double SAME = 0.55;

    private final Glip glip;
    private final Map<String, Long> categories;
    private final Views views;
    private final Thresholds least;
    private final Glip.PreparedText text;
    private final Glip.PreparedText mirroredText;

    /**
     * @param prompts    what to look for
     * @param categories ids of the prompts' categories, by name
     * @param least      lowest score of a box in any view
     * @throws IllegalArgumentException naming the prompt that cannot be read, or whose category has no id
     */
    public Teacher(Glip glip, List<Prompt> prompts, Map<String, Long> categories, Views views, double least) {
        for (int i = 0; i < prompts.size(); i++) {
            if (!categories.containsKey(prompts.get(i).category())) {
                throw new IllegalArgumentException("prompts[" + i + "].category: \"" + prompts.get(i).category() + "\", expected one of "
                        + categories.keySet());
            }
        }
        if (!(least >= 0 && least <= 1)) {
            throw new IllegalArgumentException("least: " + least + ", expected a number from 0 to 1");
        }
        this.glip = glip;
        this.categories = Map.copyOf(categories);
        this.views = views;
        this.least = Thresholds.all(least);
        List<Prompt> mirrored = prompts.stream()
                .map(prompt -> new Prompt(prompt.category(), LeftRight.exchanged(prompt.phrase()).text())).toList();
        text = glip.prepare(prompts, Glip.Chunking.OFFICIAL);
        mirroredText = !views.flip() || mirrored.equals(prompts) ? text : glip.prepare(mirrored, Glip.Chunking.OFFICIAL);
    }

    /** What the teacher finds in an image, best first. */
    public List<PseudoBox> label(long imageId, RgbImage image) {
        List<Detection> plain = detect(image, View.PLAIN);
        List<List<Detection>> others = views.others().stream().map(view -> detect(image, view)).toList();
        return plain.stream().map(box -> confirmed(imageId, box, others)).toList();
    }

    /** Detections in pixels of the image, whatever the view. */
    private List<Detection> detect(RgbImage image, View view) {
        List<Detection> found = glip.detect(glip.view(image, view.mirrored(), view.scale()), view.mirrored() ? mirroredText : text, least);
        return view.mirrored() ? found.stream().map(detection -> mirrored(detection, image.width())).toList() : found;
    }

    private static Detection mirrored(Detection detection, int width) {
        Box box = detection.box();
        return new Detection(detection.category(), detection.phrase(),
                Box.xywh(width - box.x() - box.width(), box.y(), box.width(), box.height()), detection.score());
    }

    private PseudoBox confirmed(long imageId, Detection plain, List<List<Detection>> others) {
        double overlaps = 0;
        List<Detection> votes = new ArrayList<>(List.of(plain));
        for (List<Detection> view : others) {
            Optional<Detection> nearest = view.stream().filter(other -> other.category().equals(plain.category()))
                    .max(Comparator.comparingDouble(other -> other.box().iou(plain.box())));
            double overlap = nearest.map(other -> other.box().iou(plain.box())).orElse(0.0);
            overlaps += overlap;
            if (overlap >= SAME) {
                votes.add(nearest.get());
            }
        }
        return new PseudoBox(imageId, categories.get(plain.category()), mean(votes), plain.score(),
                others.isEmpty() ? 1 : overlaps / others.size());
    }

    private static Box mean(List<Detection> votes) {
        if (votes.size() == 1) {
            return votes.get(0).box();
        }
        double sum = 0;
        double[] sides = new double[4];
        for (Detection vote : votes) {
            double weight = Math.max(vote.score(), Double.MIN_NORMAL);
            sum += weight;
            sides[0] += weight * vote.box().x();
            sides[1] += weight * vote.box().y();
            sides[2] += weight * vote.box().width();
            sides[3] += weight * vote.box().height();
        }
        return Box.xywh(sides[0] / sum, sides[1] / sum, sides[2] / sum, sides[3] / sum);
    }

    @Override
    public void close() {
        text.close();
        if (mirroredText != text) {
            mirroredText.close();
        }
    }
}
