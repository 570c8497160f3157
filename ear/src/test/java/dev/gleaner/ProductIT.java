package dev.gleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What is packaged, and where: each library once, and none that the server brings itself. */
class ProductIT {

    private static final Path PRODUCT = Path.of(System.getProperty("gleaner.product"));

    @Test
    void theArchiveHoldsItsModulesAndTheLibrariesThatTheServerLacks() throws IOException {
        assertThat(jars("", ".jar")).containsExactlyInAnyOrder("ejb-model", "batch-jobs");
        assertThat(jars("", ".war")).containsExactly("web-ui");
        assertThat(jars("lib/", ".jar")).containsExactlyInAnyOrder(
                "hibernate-core", "hibernate-commons-annotations", "jandex", "byte-buddy", "antlr4-runtime",
                "db-scheduler", "cron-utils", "jspecify", "snakeyaml", "opennlp-tools", "opennlp-models-pos-en", "metadata-extractor", "xmpcore",
                "commons-csv", "commons-numbers-gamma", "commons-numbers-core", "commons-numbers-fraction", "httpclient5", "httpcore5", "httpcore5-h2",
                // Amazon's client of S3, in its many parts.
                "s3", "url-connection-client", "annotations", "arns", "auth", "aws-core", "aws-query-protocol", "aws-xml-protocol", "checksums", "checksums-spi",
                "crt-core", "endpoints-spi", "eventstream", "http-auth", "http-auth-aws", "http-auth-aws-eventstream", "http-auth-spi", "http-client-spi",
                "identity-spi", "json-utils", "metrics-spi", "profiles", "protocol-core", "regions", "retries", "retries-spi", "sdk-core",
                "third-party-jackson-core", "utils", "utils-lite");
    }

    @Test
    void theWebModuleBringsNoLibraryTwice() throws IOException {
        List<String> own = new ArrayList<>();
        try (ZipFile archive = new ZipFile(PRODUCT.resolve("gleaner.ear").toFile())) {
            ZipEntry war = archive.stream().filter(entry -> entry.getName().endsWith(".war")).findFirst().orElseThrow();
            try (InputStream in = archive.getInputStream(war); ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(in.readAllBytes()))) {
                for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                    if (entry.getName().matches("WEB-INF/lib/.+\\.jar")) {
                        own.add(withoutVersion(entry.getName().substring("WEB-INF/lib/".length())));
                    }
                }
            }
        }
        assertThat(own).doesNotContainAnyElementsOf(jars("lib/", ".jar")).noneMatch(name -> name.startsWith("jakarta."));
    }

    @Test
    void theServerLoadsDjlItself() throws IOException {
        assertThat(files("server-lib")).containsExactlyInAnyOrder("api", "pytorch-engine", "pytorch-jni", "pytorch-native-cpu", "gson", "jna",
                "slf4j-api", "slf4j-jdk14", "postgresql");
    }

    @Test
    void theLaunchersManifestNamesEveryLibraryBesideIt() throws IOException {
        try (JarFile jar = new JarFile(PRODUCT.resolve("gleaner-launcher.jar").toFile()); Stream<Path> files = Files.list(PRODUCT.resolve("lib"))) {
            assertThat(Arrays.asList(jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ")))
                    .containsExactlyInAnyOrderElementsOf(files.map(file -> "lib/" + file.getFileName()).toList());
        }
    }

    private static List<String> jars(String folder, String ending) throws IOException {
        try (ZipFile archive = new ZipFile(PRODUCT.resolve("gleaner.ear").toFile())) {
            return archive.stream().map(ZipEntry::getName)
                    .filter(name -> name.startsWith(folder) && name.endsWith(ending) && name.indexOf('/', folder.length()) < 0)
                    .map(name -> withoutVersion(name.substring(folder.length())))
                    .toList();
        }
    }

    private static List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(PRODUCT.resolve(folder))) {
            return files.map(file -> withoutVersion(file.getFileName().toString())).toList();
        }
    }

    /** {@code pytorch-jni-2.7.1-0.35.1.jar} is pytorch-jni. */
    private static String withoutVersion(String fileName) {
        return fileName.replaceFirst("-\\d.*", "");
    }
}
