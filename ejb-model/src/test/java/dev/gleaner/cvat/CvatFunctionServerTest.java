package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gleaner.Conflict;
import dev.gleaner.InvalidInput;
import dev.gleaner.NotFound;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What CVAT's server sends, as its lambda manager does, through HTTP; the model is stood in for. */
class CvatFunctionServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CvatFunction CATS = new CvatFunction(7, "Cats", 3, "tiny", List.of("cat", "wild \"cat\""));
    private static final CvatFunction DOGS = new CvatFunction(8, "Dogs", 4, "tiny", List.of("dog"));

    private final CountDownLatch busy = new CountDownLatch(1);
    private final HttpClient http = HttpClient.newHttpClient();
    private CvatFunctionServer server;

    /** A model that finds one box, sure of it as much as it was asked to be, or 0.875. */
    private static class StandInFunctions extends CvatFunctionService {

        private final List<CvatFunction> all;
        private final List<Integer> sizes = new ArrayList<>();

        StandInFunctions(CvatFunction... all) {
            this.all = List.of(all);
        }

        @Override
        public List<CvatFunction> all() {
            return all;
        }

        @Override
        public List<CvatBox.Found> invoke(String id, byte[] image, Optional<Double> threshold) {
            CvatFunction function = get(id);
            sizes.add(image.length);
            return List.of(new CvatBox.Found(new CvatBox(function.labels().get(0), 1.5, 2, 30, 40.25), threshold.orElse(0.875)));
        }
    }

    @AfterEach
    void stop() {
        busy.countDown();
        server.close();
    }

    private void serve(CvatFunctionService functions, Duration patience) throws IOException {
        server = new CvatFunctionServer(functions, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Executors.defaultThreadFactory(), patience);
    }

    private void serve(CvatFunctionService functions) throws IOException {
        serve(functions, Duration.ofSeconds(30));
    }

    private HttpRequest.Builder call(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).header("x-nuclio-project-name", "cvat")
                .header("x-nuclio-function-namespace", "nuclio").header("x-nuclio-invoke-via", "domain-name");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> invoke(String function, String body) throws IOException {
        return send(call("/api/function_invocations").header("x-nuclio-function-name", function).header("x-nuclio-path", "/")
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readTree(answer.body());
    }

    private static String error(HttpResponse<String> answer) throws IOException {
        return json(answer).get("error").asText();
    }

    private static String image(int bytes) {
        return "\"image\":\"" + Base64.getEncoder().encodeToString(new byte[bytes]) + "\"";
    }

    @Test
    void functionsAreListedAndDescribed() throws IOException {
        serve(new StandInFunctions(CATS, DOGS));
        JsonNode all = json(send(call("/api/functions").GET()));
        assertThat(all.fieldNames()).toIterable().containsExactly("cats-7", "dogs-8");
        JsonNode cats = all.get("cats-7");
        assertThat(cats.at("/metadata/name").asText()).isEqualTo("cats-7");
        assertThat(cats.at("/metadata/annotations/type").asText()).isEqualTo("detector");
        assertThat(cats.at("/metadata/annotations/version").asText()).isEqualTo("3");
        assertThat(cats.at("/metadata/annotations")).allMatch(JsonNode::isTextual);
        assertThat(JSON.readTree(cats.at("/metadata/annotations/spec").asText()).findValuesAsText("name")).containsExactly("cat", "wild \"cat\"");
        assertThat(cats.at("/spec/description").asText()).contains("Cats");
        assertThat(cats.at("/status/state").asText()).isEqualTo("ready");
        assertThat(cats.at("/status/httpPort").asInt()).isEqualTo(server.port());
        assertThat(json(send(call("/api/functions/cats-7").GET()))).isEqualTo(cats);

        HttpResponse<String> unknown = send(call("/api/functions/none").GET());
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(error(unknown)).contains("none");
    }

    @Test
    void aFrameIsLabeled() throws IOException {
        StandInFunctions functions = new StandInFunctions(CATS, DOGS);
        serve(functions);
        assertThat(json(invoke("cats-7", "{" + image(10) + "}"))).isEqualTo(
                JSON.readTree("[{\"confidence\":\"0.8750\",\"label\":\"cat\",\"type\":\"rectangle\",\"points\":[1.5,2.0,30.0,40.25]}]"));
        assertThat(json(invoke("dogs-8", "{" + image(11) + ",\"threshold\":0.25}")).get(0).get("confidence").asText()).isEqualTo("0.2500");
        assertThat(json(invoke("dogs-8", "{\"threshold\":null," + image(12) + "}")).get(0).get("confidence").asText()).isEqualTo("0.8750");
        int large = 24 << 20;
        assertThat(invoke("cats-7", "{" + image(large) + "}").statusCode()).as("a text longer than Jackson takes by itself").isEqualTo(200);
        assertThat(functions.sizes).containsExactly(10, 11, 12, large);
    }

    @Test
    void aFunctionThatIsCalledDirectlyIsTheOnlyOne() throws IOException {
        serve(new StandInFunctions(CATS));
        assertThat(json(send(call("/").POST(BodyPublishers.ofString("{" + image(3) + "}")))).get(0).get("label").asText()).isEqualTo("cat");
        server.close();
        serve(new StandInFunctions(CATS, DOGS));
        HttpResponse<String> doubtful = send(call("/").POST(BodyPublishers.ofString("{" + image(3) + "}")));
        assertThat(doubtful.statusCode()).isEqualTo(400);
        assertThat(error(doubtful)).contains("x-nuclio-function-name");
    }

    @Test
    void badCallsAreToldWhatIsWrong() throws IOException {
        serve(new StandInFunctions(CATS) {
            @Override
            public List<CvatBox.Found> invoke(String id, byte[] image, Optional<Double> threshold) {
                get(id);
                if (image.length == 1) {
                    throw new Conflict("the project has no champion");
                }
                throw new InvalidInput("image", image.length + " bytes", "an image that can be decoded");
            }
        });
        for (List<String> bad : List.of(
                List.of("cats-7", "{", "well-formed JSON"), List.of("cats-7", "[]", "image is missing"), List.of("cats-7", "{\"image\":3}", "base 64"),
                List.of("cats-7", "{\"image\":\"a\"}", "base 64"), List.of("cats-7", "{" + image(2) + "}", "can be decoded"),
                List.of("cats-7", "{" + image(2) + ",\"threshold\":1.5}", "threshold is \"1.5\"; expected a number from 0 to 1"),
                List.of("cats-7", "{" + image(2) + ",\"threshold\":\"0.5\"}", "a number from 0 to 1"))) {
            HttpResponse<String> answer = invoke(bad.get(0), bad.get(1));
            assertThat(answer.statusCode()).as(bad.get(1)).isEqualTo(400);
            assertThat(error(answer)).as(bad.get(1)).contains(bad.get(2));
        }
        assertThat(invoke("none-1", "{" + image(2) + "}").statusCode()).isEqualTo(404);
        assertThat(invoke("cats-7", "{" + image(1) + "}").statusCode()).isEqualTo(409);
        HttpResponse<String> wrong = send(call("/api/function_invocations").GET());
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Allow")).contains("POST");
        assertThat(send(call("/api/functions").DELETE()).statusCode()).isEqualTo(405);
        for (String path : List.of("/api/projects", "/api", "/index.html", "/health/ready", "/ml/default/health")) {
            assertThat(send(call(path).GET()).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(send(call("/").GET()).statusCode()).isEqualTo(405);
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws IOException {
        serve(new StandInFunctions(CATS));
        HttpResponse<String> answer = invoke("cats-7", " ".repeat(NuclioJson.MOST_BYTES + 1));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer)).contains("bytes");
    }

    @Test
    void whatPassesByItselfIsWaitedFor() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        serve(new StandInFunctions(CATS) {
            @Override
            public List<CvatBox.Found> invoke(String id, byte[] image, Optional<Double> threshold) {
                if (calls.incrementAndGet() < 3) {
                    throw new IllegalStateException("the database is away");
                }
                return super.invoke(id, image, threshold);
            }
        });
        assertThat(invoke("cats-7", "{" + image(2) + "}").statusCode()).isEqualTo(200);
        assertThat(calls).hasValue(3);
    }

    @Test
    void whatTakesTooLongIsToldWithoutDetails() throws IOException {
        serve(new StandInFunctions(CATS) {
            @Override
            public List<CvatBox.Found> invoke(String id, byte[] image, Optional<Double> threshold) {
                if (image.length == 1) {
                    throw new IllegalStateException("secret");
                }
                try {
                    busy.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return List.of();
            }

            @Override
            public CvatFunction get(String id) {
                throw new NotFound("function", id);
            }
        }, Duration.ofMillis(600));
        for (int size : List.of(1, 2)) {
            HttpResponse<String> answer = invoke("cats-7", "{" + image(size) + "}");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(error(answer)).doesNotContain("secret");
        }
        assertThat(send(call("/api/functions").GET()).statusCode()).as("others are served meanwhile").isEqualTo(200);
    }
}
