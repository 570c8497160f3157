package dev.gleaner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/** What the COCO tools rely on in a detection file: they index by these ids, and compute with these numbers unchecked. */
final class CocoRules {

    private CocoRules() {
    }

    static void assertKept(JsonNode coco) {
        assertThat(coco.path("info").isObject()).as("info is an object").isTrue();
        Set<Long> categories = ids(coco, "categories");
        Set<Long> images = ids(coco, "images");
        ids(coco, "annotations");
        for (JsonNode category : coco.path("categories")) {
            assertThat(category.path("name").isTextual()).as("name of " + category).isTrue();
        }
        for (JsonNode image : coco.path("images")) {
            assertThat(image.path("file_name").isTextual()).as("file_name of " + image).isTrue();
            assertThat(image.path("width").isInt() && image.path("height").isInt()).as("size of " + image).isTrue();
        }
        for (JsonNode box : coco.path("annotations")) {
            assertThat(images).as("image of " + box).contains(box.path("image_id").longValue());
            assertThat(categories).as("category of " + box).contains(box.path("category_id").longValue());
            assertThat(box.path("bbox")).as("bbox of " + box).hasSize(4).allMatch(JsonNode::isNumber);
            assertThat(box.path("area").doubleValue()).as("area of " + box)
                    .isEqualTo(box.path("bbox").path(2).doubleValue() * box.path("bbox").path(3).doubleValue());
            assertThat(box.path("iscrowd").isInt()).as("iscrowd of " + box).isTrue();
            assertThat(box.path("iscrowd").intValue()).as("iscrowd of " + box).isIn(0, 1);
            assertThat(box.path("segmentation").isArray()).as("segmentation of " + box).isTrue();
        }
    }

    /** Whole numbers above 0, each once. */
    private static Set<Long> ids(JsonNode coco, String list) {
        assertThat(coco.path(list).isArray()).as(list + " is a list").isTrue();
        Set<Long> ids = new HashSet<>();
        for (JsonNode entry : coco.path(list)) {
            assertThat(entry.path("id").isIntegralNumber()).as("id of " + entry).isTrue();
            assertThat(entry.path("id").longValue()).as("id of " + entry).isPositive();
            assertThat(ids.add(entry.path("id").longValue())).as("id of " + entry + " is the first of its kind").isTrue();
        }
        return ids;
    }
}
