package dev.gleaner.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the stand-in refuses what the real one was recorded to refuse, so that other tests see when it is called otherwise. */
class LabelStudioStandInTest {

    private static final String IMPORT = "/api/projects/1/import/predictions";
    private static final String GOOD = "{'task':1,'score':0.5,'model_version':'v','result':[{'from_name':'label','to_name':'image','type':'rectanglelabels',"
            + "'value':{'x':6,'y':10,'width':30,'height':25,'rotation':0,'rectanglelabels':['car']}}]}";

    private final StandInLabelStudio labelStudio = new StandInLabelStudio();

    @AfterEach
    void close() {
        labelStudio.close();
    }

    private int status(String method, String path, String authorization, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(labelStudio.address() + path)).header("Authorization", authorization).header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body.replace('\'', '"'))).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    }

    private int status(String method, String path, String body) throws IOException, InterruptedException {
        return status(method, path, "Token " + StandInLabelStudio.LEGACY, "application/json", body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'score':0.5>'score':42", "'score':0.5>'score':'high'", "'v'>null", "['car']>['zebra']", "['car']>[]", "'label'>'nope'", "'image'>'nope'", "'x':6>'x':-5",
            "'width':30>'width':200", "'rectanglelabels','value'>'polygonlabels','value'", "'task':1>'task':9", "'task':1,>", "'result'>'results'"})
    void aPredictionThatIsWrongSpoilsItsWholeCall(String change) throws Exception {
        labelStudio.tasks(2, i -> "/" + i + ".png");
        String wrong = GOOD.replace(change.substring(0, change.indexOf('>')), change.substring(change.indexOf('>') + 1));
        assertThat(wrong).isNotEqualTo(GOOD);

        assertThat(status("POST", IMPORT, "[" + GOOD + "," + wrong + "]")).isEqualTo(400);
        assertThat(labelStudio.predictionCount()).isZero();
        assertThat(status("POST", IMPORT, "[" + GOOD + "]")).isEqualTo(201);
        if (!change.contains("task")) {
            assertThat(status("PATCH", "/api/predictions/1/", wrong)).isEqualTo(400);
        }
        assertThat(labelStudio.predictionCount()).isEqualTo(1);
    }

    @Test
    void callsThatTheRealOneDoesNotKnowAreRefused() throws Exception {
        labelStudio.tasks(1, i -> "/" + i + ".png");
        assertThat(status("POST", IMPORT, "Bearer " + StandInLabelStudio.LEGACY, "application/json", "[" + GOOD + "]")).as("the scheme of the other kind").isEqualTo(401);
        assertThat(status("POST", IMPORT, "Token " + StandInLabelStudio.PERSONAL, "application/json", "[" + GOOD + "]")).isEqualTo(401);
        assertThat(status("POST", IMPORT, "Token " + StandInLabelStudio.LEGACY, "text/plain", "[" + GOOD + "]")).isEqualTo(415);
        assertThat(status("POST", IMPORT, GOOD)).as("no list").isEqualTo(400);
        assertThat(status("POST", "/api/projects/2/import/predictions", "[" + GOOD + "]")).isEqualTo(404);
        assertThat(status("GET", "/api/projects/2", "")).isEqualTo(404);
        assertThat(status("GET", "/api/tasks?project=2&page=1&page_size=10", "")).isNotEqualTo(200);
        assertThat(status("GET", "/api/predictions/?task=9", "")).isEqualTo(400);
        assertThat(status("PATCH", "/api/predictions/9/", GOOD)).isEqualTo(404);
        assertThat(labelStudio.predictionCount()).isZero();
    }
}
