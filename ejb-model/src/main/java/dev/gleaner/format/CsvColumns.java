package dev.gleaner.format;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;

/**
 * What the columns of a table hold, as their names tell.
 *
 * @param places the number of each column, from 0, by the name that it has here
 * @param kind   what its rows are
 */
record CsvColumns(Map<String, Integer> places, Kind kind) {

    static final List<String> CORNER = List.of("x", "y", "width", "height");
    static final List<String> EDGES = List.of("xmin", "ymin", "xmax", "ymax");

    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            Map.entry("filename", "image"), Map.entry("file_name", "image"), Map.entry("path", "image"), Map.entry("image_path", "image"),
            Map.entry("image_name", "image"),
            Map.entry("class", "category"), Map.entry("label", "category"), Map.entry("label_name", "category"), Map.entry("labelname", "category"),
            Map.entry("is_crowd", "iscrowd"), Map.entry("isgroupof", "iscrowd"),
            Map.entry("x1", "xmin"), Map.entry("y1", "ymin"), Map.entry("x2", "xmax"), Map.entry("y2", "ymax"),
            Map.entry("x_min", "xmin"), Map.entry("y_min", "ymin"), Map.entry("x_max", "xmax"), Map.entry("y_max", "ymax"),
            Map.entry("bbox_x", "x"), Map.entry("bbox_y", "y"), Map.entry("bbox_width", "width"), Map.entry("bbox_height", "height"));

    /** What a row is. */
    enum Kind {
        /** A box by its corner and size, in pixels. */
        CORNER,
        /** A box by its edges, in pixels. */
        EDGES,
        /** A box by its edges, in fractions of the image, as Open Images has it. */
        FRACTIONS,
        /** A region of the VGG Image Annotator, whose shape and attributes are JSON. */
        VIA,
        /** A task of Label Studio, whose regions are JSON. */
        LABEL_STUDIO
    }

    /** Empty where columns are missing. */
    static Optional<CsvColumns> of(CSVRecord header) {
        Map<String, Integer> places = new HashMap<>();
        Map<String, Integer> own = new HashMap<>();
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i).replace("\ufeff", "").strip().toLowerCase(Locale.ROOT);
            own.putIfAbsent(name, i);
            places.putIfAbsent(OTHER_NAMES.getOrDefault(name, name), i);
        }
        // An id is a name only where there is no other.
        Stream.of("imageid", "image_id").filter(own::containsKey).forEach(id -> places.putIfAbsent("image", own.get(id)));
        // Where several columns could be meant, the one that is called so is.
        own.forEach((name, place) -> {
            if (!OTHER_NAMES.containsKey(name)) {
                places.put(name, place);
            }
        });
        if (own.keySet().containsAll(Set.of("annotation_id", "annotator", "lead_time"))) {
            return Optional.of(new CsvColumns(own, Kind.LABEL_STUDIO));
        }
        if (own.keySet().containsAll(Set.of("filename", "region_shape_attributes", "region_attributes"))) {
            return Optional.of(new CsvColumns(places, Kind.VIA));
        }
        boolean edges = places.keySet().containsAll(EDGES);
        boolean whole = Stream.concat(Stream.of("image", "category"), edges ? Stream.of() : CORNER.stream()).allMatch(places::containsKey);
        Kind kind = !edges ? Kind.CORNER : own.keySet().containsAll(Set.of("imageid", "labelname")) ? Kind.FRACTIONS : Kind.EDGES;
        return whole ? Optional.of(new CsvColumns(places, kind)) : Optional.empty();
    }

    /** What is missing, for a table that is none of these. */
    static List<String> missing(CSVRecord header) {
        Set<String> there = header.stream().map(name -> name.replace("\ufeff", "").strip().toLowerCase(Locale.ROOT)).map(name -> OTHER_NAMES.getOrDefault(name, name))
                .collect(Collectors.toSet());
        return Stream.concat(Stream.of("image", "category"), CORNER.stream()).filter(name -> !there.contains(name)).toList();
    }

    boolean has(String column) {
        return places.containsKey(column);
    }

    /** Null where the row is shorter, or there is no such column. */
    String value(CSVRecord row, String column) {
        Integer place = places.get(column);
        return place == null || place >= row.size() ? null : row.get(place).replace('\0', '\ufffd');
    }
}
