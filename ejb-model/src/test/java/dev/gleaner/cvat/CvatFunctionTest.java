package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.PixelSize;
import dev.gleaner.glip.Box;
import dev.gleaner.glip.Detection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CvatFunctionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "default                                             | default-7",
            "Street Scenes / 2024!                               | street-scenes-2024-7",
            "Bäume & Sträucher                                   | baume-straucher-7",
            "猫                                                  | project-7",
            "---                                                 | project-7",
            "a name that goes on and on and on and on and on and | a-name-that-goes-on-and-on-and-on-and-on-7"})
    void theIdIsSafe(String name, String id) {
        assertThat(named(name, 7).id()).isEqualTo(id).matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    @Test
    void namesThatLookAlikeHaveIdsOfTheirOwn() {
        assertThat(List.of(named("cats", 12), named("Cats!", 3), named("cats 1", 2), named("cats-1", 12))).extracting(CvatFunction::id).doesNotHaveDuplicates();
    }

    private static CvatFunction named(String name, long project) {
        return new CvatFunction(project, name, 1, "m", List.of());
    }

    @Test
    void boxesAreCutToTheImage() {
        PixelSize size = new PixelSize(100, 80);
        assertThat(CvatBox.of("a", Box.xywh(-5, 70, 30, 30), size)).contains(new CvatBox("a", 0, 70, 25, 80));
        assertThat(CvatBox.of("a", Box.xywh(90.5, 0, 10, 80), size)).contains(new CvatBox("a", 90.5, 0, 100, 80));
        assertThat(CvatBox.of("a", Box.xywh(100, 0, 10, 10), size)).as("beside it").isEmpty();
        assertThat(CvatBox.of("a", Box.xywh(10, 10, 0, 10), size)).as("no width").isEmpty();
        assertThat(CvatBox.of("a", Box.xywh(Double.NaN, 10, 5, 10), size)).as("no number").isEmpty();
        assertThat(CvatBox.Found.of(List.of(new Detection("a", "a", Box.xywh(1, 2, 3, 4), Double.NaN), new Detection("b", "b", Box.xywh(1, 2, 3, 4), 0.5)), size))
                .containsExactly(new CvatBox.Found(new CvatBox("b", 1, 2, 4, 6), 0.5));
    }
}
