package dev.gleaner.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteAddressTest {

    private static String name(String address) {
        return RemoteAddress.of(address).orElseThrow().name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jpg", "images/a.jpg", "C:\\photos\\a.jpg", "http:a.jpg", "http://", "https:///a.jpg", "s3:/a/b.jpg", "s3://", "s3:///key", "gs://bucket/a.jpg",
            "data:image/png;base64,AAAA", "/data/upload/1/a.jpg", "file:///etc/passwd", "http://a b/c.jpg", "http://[::zz]/a.jpg", "ftp://a.example/x.jpg", ""})
    void namesOfFilesAndOtherAddressesAreNone(String text) {
        assertThat(RemoteAddress.of(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "https://a.example/photos/1.jpg | a.example/photos/1.jpg",
        "HTTP://A.Example:8080/photos/1.jpg | a.example_8080/photos/1.jpg",
        "https://a.example/m%C3%A4dchen%20und+junge.jpg | a.example/mädchen und+junge.jpg",
        "https://a.example/mädchen und.jpg | a.example/mädchen und.jpg",
        "https://bücher.example/1.jpg | xn--bcher-kva.example/1.jpg",
        "https://[2a00:1450::1]/1.jpg | 2a00-1450--1/1.jpg",
        "https://a.example | a.example/image",
        "https://a.example/../../%2e%2e/%2Fetc/x.jpg | a.example/_/_/_/etc/x.jpg",
        "https://a.example/1.jpg?X-Amz-Signature=abc&X-Amz-Date=1#part | a.example/1.jpg",
        "https://a.example/1.jpg?sv=2024&se=2026&sr=b&sp=r&sig=abc | a.example/1.jpg",
        "https://user:secret@a.example/1.jpg | a.example/1.jpg",
        "s3://bucket/a b/1.jpg | bucket/a b/1.jpg",
        "s3://bucket/a/../b/C:1?.jpg | bucket/a/_/b/C_1_.jpg"})
    void aNameIsThatOfAFileBelowItsHost(String address, String name) {
        assertThat(name(address)).isEqualTo(name);
    }

    @Test
    void whatTellsImagesOfOnePathApartIsInTheirNames() {
        assertThat(name("https://a.example/get.php?id=1")).isNotEqualTo(name("https://a.example/get.php?id=2")).startsWith("a.example/get-").endsWith(".php");
        assertThat(name("https://a.example/get?id=1&sig=x")).isEqualTo(name("https://a.example/get?id=1&sig=y"));
    }

    @Test
    void partsThatFileSystemsRefuseAreShortened() {
        String one = name("https://a.example/" + "x".repeat(400) + "1.jpg");
        assertThat(one).hasSizeLessThan(200).endsWith(".jpg").isNotEqualTo(name("https://a.example/" + "y" + "x".repeat(399) + "1.jpg"));
    }

    @Test
    void secretsAreNotShown() {
        RemoteAddress signed = new RemoteAddress("https://me:secret@a.example/x y.jpg?id=7&X-Amz-Signature=secret&token=secret");
        assertThat(signed).hasToString("https://a.example/x%20y.jpg");
        assertThat(signed.open()).isEqualTo("https://a.example/x%20y.jpg?id=7");
        assertThatThrownBy(() -> new RemoteAddress("http:///x?token=secret")).hasMessageNotContaining("secret");
    }

    @Test
    void whatIsEncodedStaysSo() {
        assertThat(new RemoteAddress("https://a.example/a%20b/100%/ü.jpg?q=a b&r=%2F").uri()).hasToString("https://a.example/a%20b/100%25/%C3%BC.jpg?q=a%20b&r=%2F");
    }

    @Test
    void aStoresKeyIsAsItIsWritten() {
        RemoteAddress address = new RemoteAddress("s3://my.bucket/a%20b/x+y?z#1.jpg");
        assertThat(address.bucket()).isEqualTo("my.bucket");
        assertThat(address.key()).isEqualTo("a%20b/x+y?z#1.jpg");
        assertThat(new RemoteAddress("s3://my.bucket").key()).isEmpty();
    }
}
