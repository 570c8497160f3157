package dev.gleaner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.evaluation.GroundedSentence.Phrase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Flickr30kTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectories(folder.resolve("Annotations"));
        Files.createDirectories(folder.resolve("Sentences"));
        Files.writeString(folder.resolve("val.txt"), "17\n");
        Files.writeString(folder.resolve("Sentences/17.txt"), """
                [/EN#7/people Two boys] with [/EN#8/animals/other a small dog] in [/EN#9/scene a park] .

                [/EN#0/notvisual It] rains .
                [/EN#10/people One] hugs [/EN#8/animals the dog] .
                """);
    }

    private void annotate(String xml) throws IOException {
        Files.writeString(folder.resolve("Annotations/17.xml"), xml);
    }

    @Test
    void readsPhrasesThatHaveBoxes() throws IOException {
        annotate("""
                <annotation><filename>17.jpg</filename><size><width>500</width><height>375</height><depth>3</depth></size>
                  <object><name>7</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>
                  <object><name>7</name><name>10</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>70</xmax><ymax>80</ymax></bndbox></object>
                  <object><name>9</name><nobndbox>0</nobndbox><scene>1</scene></object>
                  <object><name>8</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>19</xmax><ymax>19</ymax></bndbox></object>
                </annotation>""");

        Corners boy = new Corners(1, 2, 30, 40);
        Corners other = new Corners(5, 6, 70, 80);
        Corners dog = new Corners(9, 9, 19, 19);
        assertThat(Flickr30k.read(folder, "val")).containsExactly(
                new GroundedSentence("17", 0, List.of(
                        new Phrase(List.of("people"), List.of(boy, other)), new Phrase(List.of("animals", "other"), List.of(dog)))),
                new GroundedSentence("17", 1, List.of()),
                new GroundedSentence("17", 2, List.of(
                        new Phrase(List.of("people"), List.of(other)), new Phrase(List.of("animals"), List.of(dog)))));
    }

    @Test
    void refusesWithTheFileAndTheReason() throws IOException {
        annotate("<!DOCTYPE annotation [<!ENTITY a \"b\">]><annotation/>");
        assertRefused("document type declaration");
        annotate("<annotation><object><name>7</name><bndbox><xmin>one</xmin></bndbox></object></annotation>");
        assertRefused("xmin is \"one\"; expected a whole number");
        annotate("<annotation><object><name>7</name><bndbox><xmin>1</xmin></bndbox></object></annotation>");
        assertRefused("a box has only [xmin]; expected xmin, ymin, xmax and ymax");
        annotate("<annotation>");
        assertRefused("17.xml");
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> Flickr30k.read(folder, "val"))
                .isInstanceOf(IOException.class).hasMessageContaining("17.xml").hasMessageContaining(reason);
    }
}
