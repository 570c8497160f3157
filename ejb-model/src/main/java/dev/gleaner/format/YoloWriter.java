package dev.gleaner.format;

import dev.gleaner.format.LabeledImage.LabeledBox;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Writes a YOLO dataset into an archive: a label file for each image, and what describes them. Boxes are cut at the edge of
 * their image before they become fractions, because one that reaches over it by a rounding makes Ultralytics drop the image.
 *
 * <p>YOLO knows no crowds: they are left out, as Ultralytics' own conversion of COCO leaves them out. It has one label file for
 * {@code a.jpg} and {@code a.png} of one folder: the second is named {@code a.png.png}. {@value #NOTES} in the archive tells of both, if there is
 * anything to be told.
 */
public final class YoloWriter implements DatasetWriter {

    /** The two layouts of descriptions and folders. */
    public enum Layout { ULTRALYTICS, DARKNET }

    /** What is otherwise in the archive than in the dataset, a line for each. */
    static final String NOTES = "notes.txt";
    private static final String DARKNET_FOLDER = "obj_train_data/";
    private static final Set<String> SPLITS = Set.of("train", "val", "test");

    private final ZipFiles zip;
    private final Layout layout;
    private final List<String> categories;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> folders = new TreeSet<>();
    private final ZippedList list;
    private final StringBuilder renamed = new StringBuilder();
    private int crowds;

    /** @throws IOException if there is no place for temporary files */
    public YoloWriter(ZipFiles zip, Layout layout, List<String> categories) throws IOException {
        this.zip = zip;
        this.layout = layout;
        this.categories = categories.stream().map(YoloWriter::onOneLine).toList();
        for (int i = 0; i < categories.size(); i++) {
            numbers.put(categories.get(i), i);
        }
        list = layout == Layout.DARKNET ? new ZippedList() : null;
    }

    private static String onOneLine(String name) {
        return name.replaceAll("\\R", " ");
    }

    /**
     * Where an image goes in the archive, so that its label file is found.
     *
     * @param taken the label files of the images before it, in the order in which they were written
     */
    static String place(Layout layout, String fileName, Set<String> taken) {
        String name = folder(layout) + fileName;
        int dot = fileName.lastIndexOf('.');
        String extension = dot > fileName.lastIndexOf('/') ? fileName.substring(dot) : "_";
        while (!taken.add(labelFile(layout, name))) {
            name = name + extension;
        }
        return name;
    }

    private static String folder(Layout layout) {
        return layout == Layout.DARKNET ? DARKNET_FOLDER : "images/";
    }

    private static String labelFile(Layout layout, String image) {
        return layout == Layout.DARKNET ? YoloLayout.withExtension(image, "txt") : YoloLayout.labelFile(image);
    }

    @Override
    public void image(LabeledImage image) throws IOException {
        String name = place(layout, image.fileName(), taken);
        if (!name.equals(folder(layout) + image.fileName())) {
            renamed.append(onOneLine(image.fileName() + " is " + name + " here: another image has the label file that it would have under its own name")).append('\n');
        }
        int slash = image.fileName().indexOf('/');
        folders.add(slash < 0 ? "" : image.fileName().substring(0, slash));
        if (layout == Layout.DARKNET) {
            list.add("data/" + name);
        }
        StringBuilder lines = new StringBuilder();
        for (LabeledBox box : image.boxes()) {
            Box inside = inside(box.box(), image.size());
            crowds += box.crowd() ? 1 : 0;
            if (!box.crowd() && inside.width() > 0 && inside.height() > 0) {
                lines.append(numbers.get(box.category()));
                for (BigDecimal number : RelativeBox.Convention.CENTRE.write(inside, image.size())) {
                    lines.append(' ').append(number.toPlainString());
                }
                lines.append('\n');
            }
        }
        zip.text(labelFile(layout, name), lines.toString());
    }

    private static Box inside(Box box, PixelSize image) {
        double left = Math.max(0, box.x());
        double top = Math.max(0, box.y());
        return Box.xywh(left, top,
                left + box.width() <= image.width() && left == box.x() ? box.width() : Math.min(image.width(), box.x() + box.width()) - left,
                top + box.height() <= image.height() && top == box.y() ? box.height() : Math.min(image.height(), box.y() + box.height()) - top);
    }

    @Override
    public void end() throws IOException {
        String notes = renamed + (crowds == 0 ? "" : crowds + " boxes of crowds are left out: YOLO knows none\n");
        if (!notes.isEmpty()) {
            zip.text(NOTES, notes);
        }
        if (layout == Layout.ULTRALYTICS) {
            zip.text("data.yaml", description());
            return;
        }
        zip.text("obj.names", categories.stream().map(name -> name + "\n").collect(Collectors.joining()));
        zip.text("obj.data", "classes = " + categories.size() + "\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n");
        list.into(zip, "train.txt");
    }

    @Override
    public void close() throws IOException {
        if (list != null) {
            list.close();
        }
    }

    /** Images that lie in folders named for splits are described as such; otherwise one folder is both. */
    private String description() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", ".");
        boolean split = !folders.isEmpty() && SPLITS.containsAll(folders) && folders.contains("train");
        fields.put("train", split ? "images/train" : "images");
        fields.put("val", !split ? "images" : folders.contains("val") ? "images/val" : "images/train");
        if (split && folders.contains("test")) {
            fields.put("test", "images/test");
        }
        Map<Integer, String> names = new LinkedHashMap<>();
        for (int i = 0; i < categories.size(); i++) {
            names.put(i, categories.get(i));
        }
        fields.put("names", names);
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(true);
        options.setSplitLines(false);
        return new Yaml(options).dump(fields);
    }
}
