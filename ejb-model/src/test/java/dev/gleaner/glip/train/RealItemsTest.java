package dev.gleaner.glip.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.RealPhotos;
import dev.gleaner.format.Finding;
import dev.gleaner.format.ImageFiles;
import dev.gleaner.format.SourceBox;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceItem;
import dev.gleaner.format.VocReader;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.vision.ImageDecoder;
import dev.gleaner.glip.vision.ImageTensor;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Items of all real photos with everything that augmentation can do. */
class RealItemsTest {

    private static final List<String> CATEGORIES = List.of("raccoon", "umbrella", "left_hand", "dog (animal)");

    private final GlipConfig config = new ReferenceModel(Reference.file("tiny")).config();

    @Test
    void everyPhotoMakesAnItem() throws IOException {
        BertTokenizer tokenizer = BertTokenizer.read(Reference.file("tiny/vocab.txt"));
        Augmentation augmentation = Augmentation.strong().scaledTo(config.input());
        ItemMaker maker = new ItemMaker(config, tokenizer, augmentation, new CaptionSampler(3, 0.5, true));
        ItemMaker plain = new ItemMaker(config, tokenizer, Augmentation.none(config.input()), CaptionSampler.everyCategory());
        SplittableRandom random = new SplittableRandom(30);
        Map<Path, List<TargetBox>> photos = photos();
        Set<Integer> sizes = new HashSet<>();
        Set<String> captions = new HashSet<>();
        int boxes = 0;
        int dropped = 0;
        for (Map.Entry<Path, List<TargetBox>> photo : photos.entrySet()) {
            RgbImage image = ImageDecoder.decode(Files.readAllBytes(photo.getKey()));
            DetectionExample example = new DetectionExample(image, photo.getValue(), CATEGORIES);
            byte[] before = image.rgb().clone();

            TrainingItem item = maker.make(example, random);

            assertThat(image.rgb()).isEqualTo(before);
            assertSound(item, augmentation);
            assertThat(item.size() + item.droppedBoxes()).isEqualTo(photo.getValue().size());
            assertThat(item.size()).isPositive();
            sizes.add(Math.min(item.image().width(), item.image().height()));
            captions.add(item.caption());
            boxes += item.size();
            dropped += item.droppedBoxes();

            TrainingItem whole = plain.make(example, random);
            assertSound(whole, Augmentation.none(config.input()));
            assertThat(whole.droppedBoxes()).isZero();
            assertThat(whole.caption()).isEqualTo("raccoon. umbrella. left hand. dog ");
        }
        assertThat(photos).hasSize(160);
        assertThat(boxes + dropped).isEqualTo(173);
        assertThat(dropped).isBetween(0, 17);
        assertThat(sizes).containsAll(augmentation.shorterSides());
        assertThat(captions).hasSizeGreaterThan(20);
    }

    private void assertSound(TrainingItem item, Augmentation augmentation) {
        ImageTensor image = item.image();
        assertThat(image.paddedHeight() % 32).isZero();
        assertThat(image.paddedWidth() % 32).isZero();
        assertThat(image.values()).hasSize(3 * image.paddedHeight() * image.paddedWidth());
        assertThat(Math.max(image.width(), image.height())).isLessThanOrEqualTo(augmentation.longestSide());
        for (float value : image.values()) {
            assertThat(Math.abs(value)).isLessThan(3);
        }
        for (int i = 0; i < item.size(); i++) {
            float[] box = {item.boxes()[4 * i], item.boxes()[4 * i + 1], item.boxes()[4 * i + 2], item.boxes()[4 * i + 3]};
            // The official convention lets the corners of a shrunk box pass the edge by less than a pixel.
            assertThat(box[0]).isGreaterThan(-1).isLessThan(box[2]);
            assertThat(box[1]).isGreaterThanOrEqualTo(0).isLessThan(box[3]);
            assertThat(box[2]).isLessThan(image.width());
            assertThat(box[3]).isLessThan(image.height());
            assertThat(item.labels()[i]).isZero();
            assertThat(item.positiveTokens().get(i)).isNotEmpty();
            for (int token : item.positiveTokens().get(i)) {
                assertThat(item.attentionMask()[token]).isEqualTo(1);
            }
        }
    }

    private static Map<Path, List<TargetBox>> photos() throws IOException {
        Path raccoons = RealPhotos.raccoons();
        Path images = raccoons.resolve("JPEGImages").toRealPath();
        Map<String, Path> files = new LinkedHashMap<>();
        Map<String, List<TargetBox>> boxes = new HashMap<>();
        try (VocReader reader = new VocReader(raccoons.resolve("Annotations"), new ImageFiles(images, List.of(images)))) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof SourceImage image) {
                    files.put(image.id(), image.file().orElseThrow());
                } else if (item.get() instanceof SourceBox box) {
                    boxes.computeIfAbsent(box.imageId(), id -> new ArrayList<>()).add(new TargetBox(box.box(), 0));
                } else {
                    assertThat(item.get()).isNotInstanceOf(Finding.class);
                }
            }
        }
        Map<Path, List<TargetBox>> photos = new LinkedHashMap<>();
        files.forEach((id, file) -> photos.put(file, boxes.getOrDefault(id, List.of())));
        return photos;
    }
}
