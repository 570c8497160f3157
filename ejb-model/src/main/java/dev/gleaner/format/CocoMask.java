package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gleaner.glip.Box;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The box around COCO's {@code segmentation}: around the points of polygons, or around the pixels of a mask in runs. Runs go down
 * the columns, of background and object in turn, background first. Compressed ones are a text that holds five bits of a number in each
 * character, the lowest first, and from the fourth number on the difference to the last but one; as pycocotools has it.
 */
final class CocoMask {

    /** A mask of more runs belongs to no photo. */
    private static final int MOST_RUNS = 1 << 20;

    private double left = Double.POSITIVE_INFINITY;
    private double top = Double.POSITIVE_INFINITY;
    private double right = Double.NEGATIVE_INFINITY;
    private double bottom = Double.NEGATIVE_INFINITY;
    private long[] runs = new long[64];
    private int count;

    private CocoMask() {
    }

    /** Reads the value that the parser stands on, to its end. Empty where it tells of no area. */
    static Optional<Box> around(JsonParser json) throws IOException {
        CocoMask mask = new CocoMask();
        if (json.currentToken() == JsonToken.START_ARRAY) {
            mask.polygons(json);
        } else if (json.currentToken() == JsonToken.START_OBJECT) {
            mask.runs(json);
        }
        double width = mask.right - mask.left;
        double height = mask.bottom - mask.top;
        return width > 0 && height > 0 && Double.isFinite(width) && Double.isFinite(height)
                ? Optional.of(Box.xywh(mask.left, mask.top, width, height)) : Optional.empty();
    }

    /** A list of lists x, y, x, y...; or one such list. */
    private void polygons(JsonParser json) throws IOException {
        boolean vertical = false;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == null) {
                return;
            } else if (token == JsonToken.START_ARRAY) {
                depth++;
                vertical = false;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token == JsonToken.START_OBJECT) {
                json.skipChildren();
            } else if (token.isNumeric()) {
                double value = json.getDoubleValue();
                if (vertical) {
                    top = Math.min(top, value);
                    bottom = Math.max(bottom, value);
                } else {
                    left = Math.min(left, value);
                    right = Math.max(right, value);
                }
                vertical = !vertical;
            }
        }
    }

    private void runs(JsonParser json) throws IOException {
        long[] size = new long[2];
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("counts") && value == JsonToken.VALUE_STRING) {
                decompress(json.getText());
            } else if (field.equals("counts") && value == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null) {
                    add(json.currentToken().isNumeric() ? (long) json.getDoubleValue() : -1);
                    json.skipChildren();
                }
            } else if (field.equals("size") && value == JsonToken.START_ARRAY) {
                for (int i = 0; json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null; i++) {
                    if (i < 2 && json.currentToken().isNumeric()) {
                        size[i] = (long) json.getDoubleValue();
                    }
                    json.skipChildren();
                }
            } else {
                json.skipChildren();
            }
        }
        if (count <= MOST_RUNS) {
            around(size[0], size[1]);
        }
    }

    private void add(long run) {
        if (count < MOST_RUNS) {
            if (count == runs.length) {
                runs = Arrays.copyOf(runs, 2 * count);
            }
            runs[count] = run;
        }
        count++;
    }

    private void decompress(String text) {
        for (int i = 0; i < text.length() && count <= MOST_RUNS;) {
            long number = 0;
            int bits = 0;
            boolean more = true;
            while (more && i < text.length()) {
                int part = text.charAt(i++) - '0';
                number |= (long) (part & 0x1f) << bits;
                bits += 5;
                more = (part & 0x20) != 0 && bits < 60;
                if (!more && (part & 0x10) != 0) {
                    number |= -1L << bits;
                }
            }
            add(count > 2 ? number + runs[count - 2] : number);
        }
    }

    /** Nothing, where the runs are not those of a mask of this size. */
    private void around(long height, long width) {
        long pixel = 0;
        for (int i = 0; i < count; i++) {
            long run = runs[i];
            if (run < 0 || run > height * width - pixel) {
                left = Double.POSITIVE_INFINITY;
                return;
            }
            if (i % 2 == 1 && run > 0) {
                long last = pixel + run - 1;
                boolean oneColumn = pixel / height == last / height;
                left = Math.min(left, pixel / height);
                right = Math.max(right, last / height + 1);
                top = Math.min(top, oneColumn ? pixel % height : 0);
                bottom = Math.max(bottom, oneColumn ? last % height + 1 : height);
            }
            pixel += run;
        }
    }
}
