package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.format.Finding.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that name images by where they are elsewhere. */
class RemoteNamesTest {

    @TempDir
    private Path temp;
    private Path folder;

    @BeforeEach
    void real() throws IOException {
        folder = temp.toRealPath();
    }

    private List<SourceItem> read(SourceFormat format, String file, String content) throws IOException {
        Path path = Files.writeString(folder.resolve(file), content);
        List<SourceItem> items = new ArrayList<>();
        try (SourceReader reader = format.open(path, folder, List.of(folder))) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                items.add(item.get());
            }
        }
        return items;
    }

    private static List<SourceImage> images(List<SourceItem> items) {
        return items.stream().filter(SourceImage.class::isInstance).map(SourceImage.class::cast).toList();
    }

    private static SourceImage elsewhere(String id, String name, String address) {
        return new SourceImage(id, name, Optional.empty(), Optional.of(new RemoteAddress(address)), Optional.empty(), Optional.empty());
    }

    @Test
    void aFileHereIsTakenBeforeCocosUrl() throws IOException {
        Pictures.write(folder.resolve("here.jpg"), 4, 3);
        List<SourceItem> items = read(SourceFormat.COCO, "coco.json", """
                {"images": [{"id": 1, "file_name": "here.jpg", "coco_url": "https://a.example/here.jpg"},
                            {"id": 2, "file_name": "../../there.jpg", "coco_url": "https://a.example/there.jpg"},
                            {"id": 3, "file_name": "gone.jpg", "coco_url": ""},
                            {"id": 4, "file_name": "https://b.example/x/1.jpg", "coco_url": "https://a.example/1.jpg"}]}""");
        assertThat(images(items)).containsExactly(
                new SourceImage("1", "here.jpg", Optional.of(folder.resolve("here.jpg")), Optional.empty()),
                elsewhere("2", "_/_/there.jpg", "https://a.example/there.jpg"),
                new SourceImage("3", "gone.jpg", Optional.empty(), Optional.empty()),
                elsewhere("4", "b.example/x/1.jpg", "https://b.example/x/1.jpg"));
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code()).containsExactly(Code.MISSING_FILE);
    }

    @Test
    void rowsOfOneImageNameItByOneAddressHoweverSigned() throws IOException {
        List<SourceItem> items = read(SourceFormat.CSV, "boxes.csv", """
                image,category,x,y,width,height
                https://a.example/1.jpg?sig=one,cat,1,2,3,4
                https://a.example/1.jpg?sig=two,dog,1,2,3,4
                s3://bucket/2.jpg,cat,x,2,3,4
                """);
        assertThat(images(items)).containsExactly(elsewhere("a.example/1.jpg", "a.example/1.jpg", "https://a.example/1.jpg?sig=one"),
                elsewhere("bucket/2.jpg", "bucket/2.jpg", "s3://bucket/2.jpg"));
        assertThat(items).filteredOn(SourceBox.class::isInstance).extracting(item -> ((SourceBox) item).imageId()).containsExactly("a.example/1.jpg", "a.example/1.jpg");
        assertThat(items.toString().replace("https://a.example/1.jpg?sig=one", "")).doesNotContain("sig=");
    }

    @Test
    void whatAnExportPutIntoAnArchiveIsHere() throws IOException {
        Files.createDirectories(folder.resolve("a.example/x"));
        Pictures.write(folder.resolve("a.example/x/1.jpg"), 4, 3);
        assertThat(images(read(SourceFormat.CSV, "boxes.csv", "image,category,x,y,width,height\nhttps://a.example/x/1.jpg,cat,1,2,3,4\n")))
                .containsExactly(new SourceImage("a.example/x/1.jpg", "a.example/x/1.jpg", Optional.of(folder.resolve("a.example/x/1.jpg")), Optional.empty()));
    }

    @Test
    void labelStudiosTasksAreWhereTheirDataSayUnlessAFileIsHere() throws IOException {
        Pictures.write(folder.resolve("here.jpg"), 4, 3);
        List<SourceItem> items = read(SourceFormat.LABEL_STUDIO, "tasks.json", """
                [{"id": 1, "data": {"image": "https://a.example/x/here.jpg"}}, {"id": 2, "data": {"image": "https://a.example/x/there.jpg?token=secret"}},
                 {"id": 3, "data": {"image": "/data/upload/1/gone.jpg"}}, {"id": 4, "data": {"image": "s3://bucket/x/2.jpg"}}]""");
        assertThat(images(items)).extracting(SourceImage::fileName).containsExactly("here.jpg", "a.example/x/there.jpg", "gone.jpg", "bucket/x/2.jpg");
        assertThat(images(items)).extracting(image -> image.address().map(RemoteAddress::text).orElse("")).containsExactly("", "https://a.example/x/there.jpg?token=secret", "",
                "s3://bucket/x/2.jpg");
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code()).containsOnlyOnce(Code.MISSING_FILE);
    }

    @Test
    void cvatAndVocNameThemToo() throws IOException {
        assertThat(images(read(SourceFormat.CVAT, "cvat.xml", "<annotations><image id=\"0\" name=\"https://a.example/1.jpg\" width=\"4\" height=\"3\"></image></annotations>")))
                .extracting(SourceImage::address).containsExactly(Optional.of(new RemoteAddress("https://a.example/1.jpg")));
        Path voc = Files.createDirectory(folder.resolve("Annotations"));
        Files.writeString(voc.resolve("1.xml"), "<annotation><filename>https://a.example/1.jpg</filename><size><width>4</width><height>3</height></size></annotation>");
        try (SourceReader reader = SourceFormat.VOC.open(voc, folder, List.of(folder))) {
            List<SourceItem> items = new ArrayList<>();
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                items.add(item.get());
            }
            assertThat(images(items)).extracting(SourceImage::fileName).containsExactly("a.example/1.jpg");
        }
    }

    /** Labels of YOLO lie where the path of their image says. */
    @Test
    void yoloNeedsFiles() throws IOException {
        Files.writeString(folder.resolve("data.yaml"), "train: train.txt\nnames: [cat]\n");
        Files.writeString(folder.resolve("train.txt"), "https://a.example/images/1.jpg\n");
        List<SourceItem> items = new ArrayList<>();
        try (SourceReader reader = SourceFormat.YOLO.open(folder.resolve("data.yaml"), folder, List.of(folder))) {
            for (Optional<SourceItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                items.add(item.get());
            }
        }
        assertThat(images(items)).noneMatch(image -> image.file().isPresent() || image.address().isPresent());
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).code()).contains(Code.MISSING_FILE);
    }

    @Test
    void aListIsReadLineByLine() throws IOException {
        List<SourceItem> items = read(SourceFormat.URLS, "list.txt", "\ufeffhttps://a.example/1.jpg\r\n#no\n\n  s3://b-b/ä.jpg\nphotos/1.jpg\nhttps://a.example/" + "x".repeat(9000) + "\n"
                + "https://a.example/2.jpg");
        assertThat(images(items)).containsExactly(elsewhere("line 1", "a.example/1.jpg", "https://a.example/1.jpg"), elsewhere("line 4", "b-b/ä.jpg", "s3://b-b/ä.jpg"),
                elsewhere("line 7", "a.example/2.jpg", "https://a.example/2.jpg"));
        assertThat(items).filteredOn(Finding.class::isInstance).extracting(item -> ((Finding) item).message()).containsExactly(
                "line 5: it is no address; expected http://, https:// or s3:// and where the image is",
                "line 6: it has more than 8192 characters; expected http://, https:// or s3:// and where the image is");
    }
}
