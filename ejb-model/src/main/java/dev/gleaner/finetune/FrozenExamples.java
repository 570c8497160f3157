package dev.gleaner.finetune;

import dev.gleaner.finetune.FineTuneMaterial.Entry;
import dev.gleaner.glip.train.ExampleSource;
import dev.gleaner.glip.train.TrainingExample;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.vision.RgbImage;
import dev.gleaner.inference.PendingImage;
import java.io.IOException;
import java.util.List;

/** The images of a fine-tune with their boxes, read when they are needed. */
final class FrozenExamples implements ExampleSource {

    /** How a stored image is read. */
    @FunctionalInterface
    interface Reader {
        RgbImage read(PendingImage image) throws IOException;
    }

    private final List<Entry> entries;
    private final Reader reader;

    FrozenExamples(List<Entry> entries, Reader reader) {
        this.entries = entries;
        this.reader = reader;
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public TrainingExample read(int index) throws IOException {
        Entry entry = entries.get(index);
        RgbImage image = reader.read(entry.image());
        return entry.caption() == null ? new DetectionExample(image, entry.boxes(), entry.phrases()) : entry.caption().example(image);
    }

    long imageId(int index) {
        return entries.get(index).image().id();
    }
}
