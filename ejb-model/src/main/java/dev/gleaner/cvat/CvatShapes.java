package dev.gleaner.cvat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.Shape;
import dev.gleaner.format.CvatTrack;
import dev.gleaner.glip.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what is labeled in a task of CVAT's. A track ends where CVAT says so: it puts an end to each that does not go on in the next job.
 *
 * @param labels by number; what has another one is passed over
 */
record CvatShapes(Map<Long, String> labels, Meta meta) {

    List<Shape> read(JsonNode annotations) {
        List<Shape> shapes = new ArrayList<>();
        for (JsonNode shape : annotations.path("shapes")) {
            String label = labels.get(shape.path("label_id").longValue());
            if (label != null) {
                corners(shape).ifPresent(box -> shapes.add(new Shape(shape.path("frame").intValue(), turned(label, box, degrees(shape)), isByModel(shape))));
            }
        }
        for (JsonNode track : annotations.path("tracks")) {
            String label = labels.get(track.path("label_id").longValue());
            if (label != null) {
                track(track).boxes(0, meta.size(), meta::shows, (frame, box, isKey) -> shapes.add(new Shape(frame,
                        new CvatBox(label, box.x(), box.y(), box.x() + box.width(), box.y() + box.height()), isByModel(track))));
            }
        }
        return shapes;
    }

    private static CvatTrack track(JsonNode json) {
        CvatTrack track = new CvatTrack();
        for (JsonNode shape : json.path("shapes")) {
            corners(shape).ifPresent(corners -> track.add(shape.path("frame").intValue(), new CvatTrack.Key(
                    Box.xywh(corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]), degrees(shape), shape.path("outside").asBoolean(),
                    !shape.path("type").asText().equals("mask"))));
        }
        return track;
    }

    private static boolean isByModel(JsonNode labeled) {
        return labeled.path("source").asText().equals("auto");
    }

    private static double degrees(JsonNode shape) {
        String type = shape.path("type").asText();
        return type.equals("rectangle") || type.equals("ellipse") ? shape.path("rotation").doubleValue() : 0;
    }

    /** Left, top, right and bottom, before it is turned; empty if there is no box around it. */
    private static Optional<double[]> corners(JsonNode shape) {
        double[] points = new double[shape.path("points").size()];
        for (int i = 0; i < points.length; i++) {
            points[i] = shape.get("points").get(i).doubleValue();
        }
        return switch (shape.path("type").asText()) {
            case "rectangle" -> points.length == 4 ? Optional.of(around(points)) : Optional.empty();
            case "polygon" -> points.length >= 6 ? Optional.of(around(points)) : Optional.empty();
            // The centre, then the rightmost x and the topmost y.
            case "ellipse" -> points.length == 4 ? Optional.of(around(2 * points[0] - points[2], points[3], points[2], 2 * points[1] - points[3])) : Optional.empty();
            // Run lengths, then the box with its last column and row within.
            case "mask" -> points.length > 4 ? Optional.of(new double[] {points[points.length - 4], points[points.length - 3],
                    points[points.length - 2] + 1, points[points.length - 1] + 1}) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The box around a rectangle that is turned about its centre, clockwise. */
    private static CvatBox turned(String label, double[] corners, double degrees) {
        if (degrees == 0) {
            return new CvatBox(label, corners[0], corners[1], corners[2], corners[3]);
        }
        double x = (corners[0] + corners[2]) / 2;
        double y = (corners[1] + corners[3]) / 2;
        double halfWidth = (corners[2] - corners[0]) / 2;
        double halfHeight = (corners[3] - corners[1]) / 2;
        double cos = Math.abs(Math.cos(Math.toRadians(degrees)));
        double sin = Math.abs(Math.sin(Math.toRadians(degrees)));
        double right = halfWidth * cos + halfHeight * sin;
        double down = halfWidth * sin + halfHeight * cos;
        return new CvatBox(label, x - right, y - down, x + right, y + down);
    }

    private static double[] around(double... points) {
        double left = Double.MAX_VALUE;
        double top = Double.MAX_VALUE;
        double right = -Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        for (int i = 0; i + 1 < points.length; i += 2) {
            left = Math.min(left, points[i]);
            right = Math.max(right, points[i]);
            top = Math.min(top, points[i + 1]);
            bottom = Math.max(bottom, points[i + 1]);
        }
        return new double[] {left, top, right, bottom};
    }
}
