package dev.gleaner.round;

import dev.gleaner.glip.Detection;
import dev.gleaner.glip.Glip;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.Thresholds;
import dev.gleaner.glip.text.Caption;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.round.Views.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model that finds in each view what it is told to, and notes what it was asked. */
final class ScriptedGlip implements Glip {

    private final Map<View, List<Detection>> found;
    final List<String> asked = new ArrayList<>();
    int open;

    ScriptedGlip(Map<View, List<Detection>> found) {
        this.found = found;
    }

    private record Seen(int width, int height, View view) implements PreparedImage {
    }

    private final class Text implements PreparedText {
        private final String words;

        Text(String words) {
            this.words = words;
            open++;
        }

        @Override
        public void close() {
            open--;
        }
    }

    @Override
    public PreparedImage decode(byte[] encoded) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedImage view(RgbImage image, boolean mirrored, double scale) {
        return new Seen(image.width(), image.height(), new View(mirrored, scale));
    }

    @Override
    public PreparedText prepare(List<Prompt> prompts, Chunking chunking) {
        return new Text(String.join(", ", prompts.stream().map(Prompt::phrase).toList()));
    }

    @Override
    public PreparedText prepareCaption(String caption) {
        return new Text(caption);
    }

    @Override
    public PreparedText prepareCaption(Caption caption) {
        return new Text(caption.text());
    }

    @Override
    public List<Detection> detect(PreparedImage image, PreparedText text, Thresholds thresholds) {
        View view = ((Seen) image).view;
        asked.add((view.mirrored() ? "mirrored " : "") + view.scale() + ": " + ((Text) text).words);
        return found.getOrDefault(view, List.of()).stream().filter(thresholds::keeps).toList();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
