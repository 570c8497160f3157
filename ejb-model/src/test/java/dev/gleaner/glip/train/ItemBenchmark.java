package dev.gleaner.glip.train;

import dev.gleaner.glip.Box;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Reference;
import dev.gleaner.glip.ReferenceModel;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.train.TrainingExample.DetectionExample;
import dev.gleaner.glip.vision.RgbImage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Times what one thread needs to make a training item of a photo of 640 x 480 with 80 categories, official sizes: {@code ItemBenchmark
 * [repetitions]}. Prints milliseconds, the mean over the repetitions after as many that do not count.
 */
public final class ItemBenchmark {

    private ItemBenchmark() {
    }

    public static void main(String[] arguments) throws IOException {
        int repetitions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        GlipConfig.Input input = new GlipConfig.Input(800, 1333, List.of(103.53, 116.28, 123.675), List.of(57.375, 57.12, 58.395), 32);
        GlipConfig tiny = new ReferenceModel(Reference.file("tiny")).config();
        GlipConfig config = new GlipConfig(input, tiny.swin(), tiny.channels(), tiny.bert(), tiny.text(), tiny.fusion(), tiny.head(),
                tiny.anchors(), tiny.selection());
        byte[] rgb = new byte[3 * 640 * 480];
        for (int i = 0; i < rgb.length; i++) {
            int c = i % 3;
            int x = i / 3 % 640;
            int y = i / 3 / 640;
            rgb[i] = (byte) (x * (c + 1) / 5 + y * (3 - c) / 4 + 60 * ((x / 97 + y / 83 + c) % 3));
        }
        List<String> categories = IntStream.range(0, 80).mapToObj(i -> "category " + (char) ('a' + i % 26)).toList();
        DetectionExample example = new DetectionExample(new RgbImage(640, 480, rgb),
                List.of(new TargetBox(Box.xywh(100, 100, 200, 150), 3), new TargetBox(Box.xywh(350, 200, 100, 150), 7)), categories);
        BertTokenizer tokenizer = BertTokenizer.read(Reference.file("text/vocab.txt"));

        Augmentation official = Augmentation.official();
        Augmentation strong = Augmentation.strong();
        time("resize to 800 alone", repetitions, random -> Augmentation.none(input).apply(example, random));
        time("official augmentation", repetitions, random -> official.apply(example, random));
        time("strong augmentation", repetitions, random -> strong.apply(example, random));
        time("colours alone", repetitions, random -> strong.colors().apply(example.image(), random));
        ItemMaker maker = new ItemMaker(config, tokenizer, strong, CaptionSampler.official());
        time("whole item, strong", repetitions, random -> maker.make(example, random));
    }

    private interface Work {
        Object run(SplittableRandom random);
    }

    private static void time(String what, int repetitions, Work work) {
        SplittableRandom random = new SplittableRandom(2);
        long start = 0;
        for (int i = 0; i < 2 * repetitions; i++) {
            if (i == repetitions) {
                start = System.nanoTime();
            }
            work.run(random);
        }
        System.out.printf(Locale.ROOT, "%-24s %6.1f ms%n", what, (System.nanoTime() - start) / 1e6 / repetitions);
    }
}
