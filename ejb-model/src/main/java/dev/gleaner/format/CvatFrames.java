package dev.gleaner.format;

import dev.gleaner.format.Finding.Code;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which images the frames are that the tracks of a "CVAT for video 1.1" file go through. The file names none: an export has the frames of a video beside
 * it as {@code frame_000000.PNG}, by their numbers in the video. Where the file names images, too, with numbers, those are the frames.
 */
final class CvatFrames {

    private static final int MOST_FRAMES = 1_000_000;

    private final ImageFiles images;
    /** The id of the image that a frame is; empty if there is none. */
    private final Map<Integer, String> ids = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private final Set<String> tasks = new HashSet<>();
    private final Map<String, String> meta = new LinkedHashMap<>();

    CvatFrames(ImageFiles images) {
        this.images = images;
    }

    /** An image is a frame. */
    void named(String frame, String image) {
        told.add(image);
        if (isFrame(frame)) {
            ids.put(Integer.parseInt(frame), image);
        }
    }

    /** What the file says of the whole task or job. */
    void meta(String within, String name, String value) {
        if ("task".equals(within) || "job".equals(within) || "original_size".equals(within)) {
            meta.putIfAbsent(name, value);
        }
        if ("task".equals(within) && "id".equals(name)) {
            tasks.add(value);
        }
    }

    private static boolean isFrame(String number) {
        return number != null && number.matches("[0-9]{1,9}");
    }

    /** The frame behind the last one; 0 if the file does not tell. */
    private long end() {
        if (isFrame(meta.get("stop_frame"))) {
            return Long.parseLong(meta.get("stop_frame")) + 1;
        }
        return isFrame(meta.get("size")) ? first() + Long.parseLong(meta.get("size")) * step() : 0;
    }

    private int first() {
        return isFrame(meta.get("start_frame")) ? Integer.parseInt(meta.get("start_frame")) : 0;
    }

    /** Of a video each so many frames may be labeled only. */
    private int step() {
        String filter = meta.getOrDefault("frame_filter", "").replaceFirst("^step=", "");
        return filter.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(filter) : 1;
    }

    /** @param task whose frames they are, if the file is of several */
    Track track(String id, String label, String task) {
        if (task != null) {
            tasks.add(task);
        }
        return new Track("track " + id, label);
    }

    /** A track that is being read. */
    final class Track {

        private final String id;
        private final String label;
        private final CvatTrack track = new CvatTrack();
        private final SortedSet<Integer> missing = new TreeSet<>();
        private final Collection<Finding> findings = new TreeSet<>((one, other) -> one.message().compareTo(other.message()));
        private int last = -1;

        private Track(String id, String label) {
            this.id = id;
            this.label = label;
        }

        String id() {
            return id;
        }

        String label() {
            return label;
        }

        void add(String frame, CvatReader.Shape shape, boolean outside, boolean moves) {
            if (!isFrame(frame)) {
                findings.add(new Finding(Code.MALFORMED_ENTRY, null, id + ": frame is " + frame + "; expected the number of a frame"));
            } else if (shape.box().isEmpty()) {
                findings.add(new Finding(Code.INVALID_BOX, null, id + ", frame " + frame + ": " + shape.written() + "; expected finite numbers"));
            } else {
                if (shape.around() != null) {
                    findings.add(new Finding(Code.SHAPE_BOXED, null, id + " has a " + shape.around() + "; the upright box around it was taken"));
                }
                int at = Integer.parseInt(frame);
                last = Math.max(last, at);
                track.add(at, new CvatTrack.Key(shape.box().get(), shape.degrees(), outside, moves));
            }
        }

        void passOver(String shape) {
            findings.add(new Finding(Code.NOT_TAKEN, null, id + ": a " + shape + " of \"" + label + "\" is no box; it was left out"));
        }

        /** Tells its boxes, the images that nobody told of yet, and what is to be said. @return how many images of the folder are new */
        long tell(Collection<SourceItem> found) {
            if (tasks.size() > 1) {
                found.add(new Finding(Code.MALFORMED_ENTRY, null, id + " is of one of several tasks, whose frames have the same numbers; expected the file of one task"));
                return 0;
            }
            found.addAll(findings);
            long end = Math.max(end(), last + 1L);
            if (end > MOST_FRAMES) {
                found.add(new Finding(Code.MALFORMED_ENTRY, null, id + " goes up to frame " + (end - 1) + "; expected at most " + MOST_FRAMES + " frames"));
                return 0;
            }
            int before = told.size();
            track.boxes(0, (int) end, frame -> true, (frame, box, isKey) -> {
                if (!isKey && (frame - first()) % step() != 0) {
                    return;
                }
                String image = ids.computeIfAbsent(frame, number -> look(number, found));
                if (image.isEmpty()) {
                    missing.add(frame);
                } else {
                    found.add(new SourceBox(id + " frame " + frame, image, label.strip(), box, false));
                }
            });
            if (!missing.isEmpty()) {
                found.add(new Finding(Code.UNKNOWN_IMAGE, null, id + " of \"" + label + "\": no image is frame " + ranges(missing) + "; expected "
                        + name(missing.first()) + " with the extension of an image in the folder of images"));
            }
            return told.size() - before;
        }

        private String look(int frame, Collection<SourceItem> found) {
            ImageFiles.Lookup lookup = images.find(name(frame) + ".PNG", name(frame) + ".png");
            if (lookup.file().isEmpty()) {
                return "";
            }
            if (told.add(lookup.fileName())) {
                found.add(new SourceImage(lookup.fileName(), lookup, size()));
            }
            return lookup.fileName();
        }
    }

    private Optional<PixelSize> size() {
        String width = meta.get("width");
        String height = meta.get("height");
        return isFrame(width) && isFrame(height) && Integer.parseInt(width) > 0 && Integer.parseInt(height) > 0
                ? Optional.of(new PixelSize(Integer.parseInt(width), Integer.parseInt(height))) : Optional.empty();
    }

    private static String name(int frame) {
        return "frame_%06d".formatted(frame);
    }

    /** {@code 3, 5 to 9}, and no more than some. */
    private static String ranges(SortedSet<Integer> numbers) {
        StringBuilder text = new StringBuilder();
        int from = numbers.first();
        int to = from;
        int told = 0;
        for (int number : numbers) {
            if (number > to + 1) {
                text.append(range(from, to)).append(", ");
                from = number;
                if (++told == 10) {
                    return text + "and more";
                }
            }
            to = number;
        }
        return text + range(from, to);
    }

    private static String range(int from, int to) {
        return from == to ? String.valueOf(from) : from + " to " + to;
    }
}
