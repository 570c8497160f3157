package dev.gleaner.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gleaner.Answer;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import dev.gleaner.evaluationrun.Shapes;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input is refused by field, value and expectation, and changes nothing. */
@ExtendWith(GleanerServerExtension.class)
class ProblemIT {

    private static String project;
    private static long dataset;
    private static long model;
    private static String folder;
    private static long boxed;
    private static long firstBoxed;

    @BeforeAll
    static void prepare(GleanerServer server, @TempDir Path temporary) {
        project = Fixtures.project(server);
        folder = Fixtures.images(temporary.resolve("images"), 2).toString();
        dataset = Fixtures.dataset(server, project, Path.of(folder));
        model = Fixtures.model(server, project);
        boxed = Fixtures.dataset(server, project, "boxed", Shapes.draw(temporary.resolve("boxed"), 2, 77));
        firstBoxed = server.get("/api/datasets/" + boxed + "/images").expect(200).json().at("/items/0/id").longValue();
    }

    /**
     * In bodies and paths $P, $D, $M, $F and $T stand for a project's name, a dataset's id, a model's id, a folder and the tiny model's
     * folder; $B and $I for the ids of a dataset of two images with boxes and of its first image.
     */
    private static String filled(String text) {
        return text.replace("$P", project).replace("$D", Long.toString(dataset)).replace("$M", Long.toString(model))
                .replace("$B", Long.toString(boxed)).replace("$I", Long.toString(firstBoxed))
                .replace("$F", folder).replace("$T", Fixtures.TINY.toString());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            projects       | {}                                                                                       | name                    |          | 1 to 200 characters
            projects       | {"name":"  "}                                                                            | name                    | `  `     | 1 to 200 characters
            projects       | {"name":"$P"}                                                                            | name                    | $P       | no other project
            projects       | {"name":"x","colour":"red"}                                                              | colour                  | red      | no such field, but one of name
            projects       | {"name":["x"]}                                                                           | name                    | ["x"]    | a text
            projects       | {"name":"x"                                                                              | body                    | {"name":"x" | well-formed JSON
            projects       | []                                                                                       | body                    | []       | an object
            datasets       | {"source":{"type":"folder","path":"$F"}}                                                 | name                    |          | 1 to 200 characters
            datasets       | {"name":"x","project":"$P"}                                                              | source                  |          | an object with type and path
            datasets       | {"name":"x","project":"none","source":{"type":"folder","path":"$F"}}                     | project                 | none     | existing project
            datasets       | {"name":"x","project":"$P","source":{"type":"zip","path":"$F"}}                          | source.type             | zip      | folder
            datasets       | {"name":"x","project":"$P","source":{"type":"folder"}}                                   | source.path             |          | an absolute path
            datasets       | {"name":"x","project":"$P","source":{"type":"folder","path":"$F/none"}}                  | source.path             | $F/none  | exist
            datasets       | {"name":"x","project":"$P","source":{"type":"coco","path":"$F"}}                         | source.path             | $F       | file
            datasets       | {"name":"x","project":"$P","source":{"type":"folder","path":"$F","lenient":"no"}}        | source.lenient          | no       | true or false
            datasets       | {"name":"x","project":"$P","source":{"type":"folder","path":"$F","depth":1}}             | source.depth            | 1        | no such field
            labeling-runs  | {"prompts":[{"category":"a"}]}                                                           | dataset                 |          | READY
            labeling-runs  | {"dataset":987654321,"modelVersion":$M,"prompts":[{"category":"a"}]}                     | dataset                 | 987654321 | READY
            labeling-runs  | {"dataset":"$D","modelVersion":$M,"prompts":[{"category":"a"}]}                          | dataset                 | $D       | a whole number
            labeling-runs  | {"dataset":$D,"modelVersion":987654321,"prompts":[{"category":"a"}]}                     | modelVersion            | 987654321 | model version
            labeling-runs  | {"dataset":$D,"prompts":[{"category":"a"}]}                                              | modelVersion            |          | champion
            labeling-runs  | {"dataset":$D,"modelVersion":$M}                                                         | prompts                 |          | at least one prompt
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[]}                                            | prompts                 | []       | at least one prompt
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"phrase":"a"}]}                              | prompts[0].category     |          | category
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"a"},{"category":""}]}            | prompts[1].category     | ``       | 1 to 1000 characters
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"a"},{"category":"a"}]}           | prompts[1]              | a: a     | not listed before
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"a"}],"thresholds":{"a":1.5}}     | thresholds.a            | 1.5      | 0 to 1
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"a"}],"thresholds":{"a":null}}    | thresholds.a            |          | 0 to 1
            labeling-runs  | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"a"}],"thresholds":{"b":0.5}}     | thresholds              | b        | category of the prompts
            platform-connections | {"project":"$P"}                                                                   | platform                |          | one of cvat, label-studio
            platform-connections | {"platform":"cvat","url":"cvat.example","token":"x","remote":"tasks/1"}            | url                     | cvat.example | address of CVAT
            platform-connections | {"platform":"cvat","url":"http://cvat.example","token":"x","remote":"jobs/1"}      | remote                  | jobs/1   | tasks/NUMBER
            platform-connections | {"platform":"label-studio","url":"http://127.0.0.1:9","token":"x","remote":"1","secret":"s"} | secret        |          | none: Label Studio
            platform-connections | {"platform":"label-studio","url":"nowhere"}                                        | url                     | nowhere  | the address of Label Studio
            platform-connections | {"platform":"label-studio","url":"http://127.0.0.1:9","token":"x"}                 | remote                  |          | the number of a project
            webhooks       | {"project":"$P"}                                                                         | url                     |          | an http or https address
            webhooks       | {"project":"$P","url":"ftp://127.0.0.1/"}                                                | url                     | ftp://127.0.0.1/ | an http or https address
            webhooks       | {"project":"$P","url":"http://somewhere.example/"}                                       | url                     | http://somewhere.example | GLEANER_WEBHOOK_HOSTS
            webhooks       | {"project":"none","url":"http://127.0.0.1/"}                                             | project                 | none     | existing project
            webhooks       | {"project":"$P","url":"http://127.0.0.1/","secret":"short"}                              | secret                  |          | 16 to 2000 characters
            webhooks       | {"project":"$P","url":"http://127.0.0.1/","types":[]}                                    | types                   |          | at least one of dataset.ready
            webhooks       | {"project":"$P","url":"http://127.0.0.1/","types":["dataset.lost"]}                      | types[0]                | dataset.lost | one of dataset.ready
            evaluations    | {"modelVersion":$M}                                                                      | dataset                 |          | READY
            evaluations    | {"dataset":987654321,"modelVersion":$M}                                                  | dataset                 | 987654321 | READY
            evaluations    | {"dataset":$D,"modelVersion":$M}                                                         | dataset                 | $D       | imported or decided about
            evaluations    | {"dataset":$D,"modelVersion":987654321}                                                  | modelVersion            | 987654321 | model version
            evaluations    | {"dataset":$D,"modelVersion":$M,"protocol":"voc"}                                        | protocol                | voc      | coco or lvis-fixed
            evaluations    | {"dataset":$D,"modelVersion":$M,"protocol":"grounding"}                                  | protocol                | grounding | sentences
            evaluations    | {"dataset":$D,"modelVersion":$M,"chunking":"none"}                                       | chunking                | none     | official or packed
            evaluations    | {"dataset":$D,"modelVersion":$M,"detectionsPerImage":0}                                  | detectionsPerImage      | 0        | 1 to 10000
            evaluations    | {"dataset":$D,"modelVersion":$M,"prompts":[]}                                            | prompts                 | []       | at least one prompt
            evaluations    | {"dataset":$D,"modelVersion":$M,"prompts":[{"category":"no such category"}]}             | prompts[0].category     | no such category | project
            evaluations    | {"dataset":$D,"modelVersion":$M,"split":{"seed":3}}                                      | split.fraction          |          | below 1
            evaluations    | {"dataset":$D,"modelVersion":$M,"split":{"fraction":1}}                                  | split.fraction          | 1.0      | below 1
            evaluations    | {"dataset":$D,"modelVersion":$M,"images":[],"split":{"fraction":0.5}}                    | images                  | 0 ids    | either images or a split
            evaluations    | {"dataset":$D,"modelVersion":$M,"thresholds":{"default":0.5}}                            | thresholds              | {"default":0.5} | no such field
            evaluation-families | {"modelVersion":$M,"datasets":[{"dataset":$D}]}                                     | name                    |          | 1 to 200 characters
            evaluation-families | {"name":"x","datasets":[{"dataset":$D}]}                                            | modelVersion            |          | model version
            evaluation-families | {"name":"x","modelVersion":$M}                                                      | datasets                |          | at least one dataset
            evaluation-families | {"name":"x","modelVersion":$M,"datasets":[null]}                                    | datasets[0]             |          | an object with a dataset
            evaluation-families | {"name":"x","modelVersion":$M,"datasets":[{"dataset":$D}]}                          | datasets[0].dataset     | $D       | imported or decided about
            evaluation-families | {"name":"x","modelVersion":$M,"datasets":[{"dataset":$D,"supervisedAp":50}]}        | datasets[0].supervisedAp | 50.0    | 0 to 1
            evaluation-families | {"name":"x","modelVersion":$M,"detectionsPerImage":-1,"datasets":[{"dataset":$D}]}  | detectionsPerImage      | -1       | 1 to 10000
            fine-tunes     | {"dataset":$D,"modelVersion":$M} | name |  | 1 to 200 characters
            fine-tunes     | {"name":" ","dataset":$D,"modelVersion":$M} | name | ` ` | 1 to 200 characters
            fine-tunes     | {"name":"x","modelVersion":$M} | dataset |  | READY
            fine-tunes     | {"name":"x","dataset":987654321,"modelVersion":$M} | dataset | 987654321 | READY
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M} | dataset | $D | imported or decided about
            fine-tunes     | {"name":"x","dataset":$D} | modelVersion |  | champion
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":987654321} | modelVersion | 987654321 | model version
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"mode":"all"} | mode | all | full or language-frozen or linear-probe or prompt or dyhead
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"mode":"prompt"} | dataset | $D | imported or decided about
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"shots":0} | shots | 0 | a whole number from 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"seed":1.5} | seed | 1.5 | a whole number
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"steps":0} | steps | 0 | a whole number from 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"epochs":0} | epochs | 0.0 | a number above 0
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"epochs":2,"steps":5} | epochs | 2.0 | either steps or epochs
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"batch":0} | batch | 0 | 1 to 1024
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"learningRate":0} | learningRate | 0.0 | a number above 0
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"languageLearningRate":2} | languageLearningRate | 2.0 | a number above 0 and up to 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"schedule":"linear"} | schedule | linear | steps or cosine
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"weightDecay":-1} | weightDecay | -1.0 | from 0 to below 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"clip":0} | clip | 0.0 | a number above 0
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"ema":1} | ema | 1.0 | from 0 to below 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"augmentation":"weak"} | augmentation | weak | none or official or strong
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"recompute":"yes"} | recompute | yes | true or false
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"checkpointEvery":0} | checkpointEvery | 0 | a whole number from 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"split":{"seed":3}} | split.fraction |  | below 1
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"images":[1],"split":{"fraction":0.5}} | images | 1 ids | either images or a split
            fine-tunes     | {"name":"x","dataset":$D,"modelVersion":$M,"validation":{"split":{"fraction":2}}} | validation.split.fraction | 2.0 | below 1
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"images":[]} | images | [] | at least one image
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"images":[987654321]} | images[0] | 987654321 | an image of the dataset
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"prompts":[]} | prompts | [] | at least one prompt
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"prompts":[{"category":"no such category"}]} | prompts[0].category | no such category | project
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"prompts":[{"category":"disc"},{"category":"disc","phrase":"circle"}]} | prompts[1].category | disc | learnt by one phrase
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"split":{"fraction":0.99}} | split.fraction | 0.99 | leaves one to train on
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"split":{"fraction":0.01}} | split.fraction | 0.01 | one image or more
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"validation":{}} | validation.images | $I | images that are not trained on
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"validation":{"dataset":$D}} | validation.dataset | $D | dataset
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"validation":{"dataset":987654321}} | validation.dataset | 987654321 | READY
            fine-tunes     | {"name":"x","dataset":$B,"modelVersion":$M,"thresholds":{}} | thresholds | {} | no such field
            training-rounds | {"modelVersion":$M} | dataset |  | READY
            training-rounds | {"dataset":987654321,"modelVersion":$M} | dataset | 987654321 | READY
            training-rounds | {"dataset":$D,"modelVersion":$M} | dataset | $D | imported or decided about
            training-rounds | {"name":" ","dataset":$B,"modelVersion":$M} | name | ` ` | 1 to 200 characters
            training-rounds | {"dataset":$B} | modelVersion |  | champion
            training-rounds | {"dataset":$B,"modelVersion":987654321} | modelVersion | 987654321 | model version
            training-rounds | {"dataset":$B,"modelVersion":$M,"split":{"fraction":0.001}} | split.fraction | 0.001 | holds out at least one of the 2 images
            training-rounds | {"dataset":$B,"modelVersion":$M,"split":{"fraction":1}} | split.fraction | 1.0 | below 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"split":{"fraction":0.5},"gold":$D} | gold | $D | either a split or a dataset
            training-rounds | {"dataset":$B,"modelVersion":$M,"gold":$B} | gold | $B | another dataset
            training-rounds | {"dataset":$B,"modelVersion":$M,"gold":987654321} | gold | 987654321 | READY
            training-rounds | {"dataset":$B,"modelVersion":$M,"gold":$D} | gold | $D | reviewers are through with
            training-rounds | {"dataset":$B,"modelVersion":$M,"outOfDomain":$B} | outOfDomain | $B | another dataset
            training-rounds | {"dataset":$B,"modelVersion":$M,"split":{"fraction":0.5},"outOfDomain":$D} | outOfDomain | $D | gold of the categories
            training-rounds | {"dataset":$B,"modelVersion":$M,"unlabelled":[$D,$D]} | unlabelled[1] | $D | not listed before
            training-rounds | {"dataset":$B,"modelVersion":$M,"unlabelled":[null]} | unlabelled[0] |  | READY
            training-rounds | {"dataset":$B,"modelVersion":$M,"prompts":[]} | prompts | [] | at least one prompt
            training-rounds | {"dataset":$B,"modelVersion":$M,"prompts":[{"category":"disc"},{"category":"disc","phrase":"circle"}]} | prompts[1].category | disc | learnt by one phrase
            training-rounds | {"dataset":$B,"modelVersion":$M,"teacher":{"average":1}} | teacher.average | 1.0 | from 0 to below 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"teacher":{"scales":[0.5,8]}} | teacher.scales[1] | 8.0 | from 0.25 to 4
            training-rounds | {"dataset":$B,"modelVersion":$M,"teacher":{"least":-1}} | teacher.least | -1.0 | from 0 to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"teacher":{"grounds":2}} | teacher.grounds | 2.0 | from 0 to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"teacher":{"mirror":true}} | teacher.mirror | true | no such field
            training-rounds | {"dataset":$B,"modelVersion":$M,"selection":[{"strategy":"best"}]} | selection[0].strategy | best | fixed or loose-image or class-adaptive or reviewed or agreement or gold or quota
            training-rounds | {"dataset":$B,"modelVersion":$M,"selection":[null]} | selection[0].strategy |  | fixed or
            training-rounds | {"dataset":$B,"modelVersion":$M,"selection":[{"strategy":"fixed","least":2}]} | selection[0].least | 2.0 | from 0 to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"selection":[{"strategy":"fixed","slack":2}]} | selection[0].slack | 2.0 | no such number, but least
            training-rounds | {"dataset":$B,"modelVersion":$M,"pseudoWeight":0} | pseudoWeight | 0.0 | above 0 and up to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"rejected":"forget"} | rejected | forget | ignore or negative
            training-rounds | {"dataset":$B,"modelVersion":$M,"training":{"steps":0}} | training.steps | 0 | a whole number from 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"training":{"mode":"all"}} | training.mode | all | full or language-frozen
            training-rounds | {"dataset":$B,"modelVersion":$M,"gate":{"margin":-0.1}} | gate.margin | -0.1 | from 0 to below 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"gate":{"allowance":2}} | gate.allowance | 2.0 | from 0 to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"gate":{"allowances":{"size small":7}}} | gate.allowances.size small | 7.0 | from 0 to 1
            training-rounds | {"dataset":$B,"modelVersion":$M,"gate":{"allowances":{"disc":0.1}}} | gate.allowances | disc | category NAME
            training-rounds | {"dataset":$B,"modelVersion":$M,"promote":"yes"} | promote | yes | true or false
            model-versions | {"name":"x","project":"$P"}                                                              | checkpoint              |          | path
            model-versions | {"project":"$P","checkpoint":"$T/tiny.pth","config":"$T/tiny.yaml","vocabulary":"$T/vocab.txt"} | name             |          | 1 to 200 characters
            model-versions | {"name":"x","project":"none","checkpoint":"$T/tiny.pth","config":"$T/tiny.yaml","vocabulary":"$T/vocab.txt"} | project | none | existing project
            model-versions | {"name":"x","project":"$P","checkpoint":"$T/none.pth","config":"$T/tiny.yaml","vocabulary":"$T/vocab.txt"} | checkpoint | $T/none.pth | exist
            model-versions | {"name":"x","project":"$P","checkpoint":"$T/vocab.txt","config":"$T/tiny.yaml","vocabulary":"$T/vocab.txt","languageConfig":"$T/bert_config.json"} | checkpoint | $T/vocab.txt | checkpoint
            """)
    void aBodyIsRefusedAndNothingChanges(String collection, String body, String field, String value, String expected, GleanerServer server) {
        List<JsonNode> before = everything(server);
        Answer answer = server.send(server.request("/api/" + collection).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(filled(body))));
        assertRefused(answer, field, value == null ? null : filled(value), expected);
        assertThat(everything(server)).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /api/projects/x                         | id     | x       | a whole number
            /api/projects/1.5                       | id     | 1.5     | a whole number
            /api/datasets/99999999999999999999      | id     | 99999999999999999999 | a whole number
            /api/datasets?limit=0                   | limit  | 0       | 1 to 500
            /api/datasets?limit=501                 | limit  | 501     | 1 to 500
            /api/datasets?limit=many                | limit  | many    | a whole number
            /api/datasets?after=-1                  | after  | -1      | 0 for the first page
            /api/datasets/$D/images?boxes=yes       | boxes  | yes     | true or false
            /api/datasets/$D/images?status=GOOD     | status | GOOD    | PROPOSED
            /api/datasets/$D/annotations?status=x   | status | x       | PROPOSED
            /api/datasets/$D/export?format=zip      | format | zip     | coco
            /api/labeling-runs?after=x              | after  | x       | a whole number
            /api/labeling-runs/x/quarantine         | id     | x       | a whole number
            /api/evaluations/x                      | id     | x       | a whole number
            /api/evaluations/1/curve?iou=half       | iou    | half    | a number
            /api/evaluations/1/curve?iou=0.3        | iou    | 0.3     | 0.5, 0.55
            /api/evaluations/1/curve?category=x     | category | x     | a whole number
            /api/evaluations/1/examples?kind=bad    | kind   | bad     | MISSED
            /api/evaluation-families?limit=0        | limit  | 0       | 1 to 500
            /api/fine-tunes?limit=0                 | limit  | 0       | 1 to 500
            /api/training-rounds?project=x          | project | x      | a whole number
            /api/training-rounds/1/images?role=none | role   | none   | gold or held-out or unlabelled
            /api/training-rounds?limit=0            | limit  | 0       | 1 to 500
            /api/fine-tunes/x                       | id     | x       | a whole number
            /api/fine-tunes/1/losses?after=-1       | after  | -1      | 0 for all
            /api/fine-tunes/1/losses?every=0        | every  | 0       | 1 or more
            /api/fine-tunes/1/losses?limit=5001     | limit  | 5001    | 1 to 5000
            /api/images/x/thumbnail                 | id     | x       | a whole number
            /api/model-versions?limit=1000          | limit  | 1000    | 1 to 500
            /api/webhooks/1/deliveries?limit=0      | limit  | 0       | 1 to 500
            /api/webhooks/x                         | id     | x       | a whole number
            """)
    void anAddressIsRefused(String path, String field, String value, String expected, GleanerServer server) {
        assertRefused(server.get(filled(path)), field, value, expected);
    }

    private static void assertRefused(Answer answer, String field, String value, String expected) {
        answer.expect(400);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode fault = StreamSupport.stream(answer.json().get("errors").spliterator(), false)
                .filter(error -> error.get("field").asText().equals(field)).findFirst()
                .orElseThrow(() -> new AssertionError("no fault of " + field + ": " + answer.body()));
        assertThat(fault.get("expected").asText()).contains(expected);
        if (value == null) {
            assertThat(fault.has("value")).as(answer.body()).isFalse();
        } else {
            JsonNode shown = fault.get("value");
            assertThat(shown.isTextual() ? shown.asText() : shown.toString()).isEqualTo(value);
        }
        assertThat(answer.json().get("detail").asText()).contains(field);
    }

    private static List<JsonNode> everything(GleanerServer server) {
        return Stream.of("/api/projects", "/api/datasets", "/api/labeling-runs", "/api/evaluations", "/api/evaluation-families", "/api/fine-tunes",
                        "/api/training-rounds", "/api/model-versions", "/api/platform-connections", "/api/webhooks")
                .map(path -> server.get(path).expect(200).json()).toList();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, /api/nothing, 404", "GET, /api/datasets/1/nothing, 404",
        "GET, /api/projects/987654321, 404", "GET, /api/datasets/987654321, 404", "GET, /api/datasets/987654321/images, 404",
        "GET, /api/datasets/987654321/annotations, 404", "GET, /api/datasets/987654321/export, 404",
        "GET, /api/datasets/987654321/statistics, 404",
        "GET, /api/images/987654321, 404", "GET, /api/images/987654321/picture, 404", "GET, /api/images/987654321/thumbnail, 404",
        "GET, /api/labeling-runs/987654321, 404", "GET, /api/labeling-runs/987654321/events, 404",
        "GET, /api/labeling-runs/987654321/quarantine, 404", "POST, /api/labeling-runs/987654321/stop, 404",
        "POST, /api/labeling-runs/987654321/restart, 404",
        "GET, /api/evaluations/987654321, 404", "GET, /api/evaluations/987654321/events, 404", "GET, /api/evaluations/987654321/categories, 404",
        "GET, /api/evaluations/987654321/curve, 404", "GET, /api/evaluations/987654321/examples, 404", "GET, /api/evaluations/987654321/gold, 404",
        "GET, /api/evaluations/987654321/detections, 404", "GET, /api/evaluations/987654321/quarantine, 404",
        "POST, /api/evaluations/987654321/stop, 404", "POST, /api/evaluations/987654321/restart, 404", "GET, /api/evaluation-families/987654321, 404",
        "GET, /api/fine-tunes/987654321, 404", "GET, /api/fine-tunes/987654321/losses, 404", "GET, /api/fine-tunes/987654321/events, 404",
        "GET, /api/fine-tunes/987654321/quarantine, 404", "POST, /api/fine-tunes/987654321/stop, 404", "POST, /api/fine-tunes/987654321/restart, 404",
        "GET, /api/training-rounds/987654321, 404", "GET, /api/training-rounds/987654321/steps, 404", "GET, /api/training-rounds/987654321/samples, 404",
        "GET, /api/training-rounds/987654321/images, 404", "GET, /api/datasets/987654321/captions, 404",
        "GET, /api/training-rounds/987654321/events, 404", "GET, /api/training-rounds/987654321/quarantine, 404",
        "POST, /api/training-rounds/987654321/stop, 404", "POST, /api/training-rounds/987654321/restart, 404",
        "GET, /api/model-versions/987654321, 404",
        "POST, /api/model-versions/987654321/promote, 404", "POST, /api/model-versions/987654321/rollback, 404",
        "GET, /api/platform-connections/987654321, 404", "DELETE, /api/platform-connections/987654321, 404",
        "POST, /api/platform-connections/987654321/import, 404", "POST, /api/platform-connections/987654321/push, 404",
        "POST, /api/platform-connections/987654321/pull, 404",
        "GET, /api/webhooks/987654321, 404", "DELETE, /api/webhooks/987654321, 404", "GET, /api/webhooks/987654321/deliveries, 404",
        "POST, /api/webhooks/987654321/test, 404", "POST, /api/webhooks/987654321/replay, 404", "POST, /api/webhook-deliveries/987654321/replay, 404",
        "DELETE, /api/projects, 405", "PUT, /api/datasets/1, 405", "GET, /api/detect, 405",
        "POST, /api/projects, 415", "POST, /api/detect, 415",
    })
    void statusesSayWhatIsWrong(String method, String path, int status, GleanerServer server) {
        HttpRequest.Builder request = server.request(path).header("Content-Type", "text/plain")
                .method(method, status == 415 ? BodyPublishers.ofString("text") : BodyPublishers.noBody());
        Answer answer = server.send(request).expect(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.json().get("status").asInt()).isEqualTo(status);
        assertThat(answer.json().get("title").asText()).isNotBlank();
        assertThat(answer.json().get("detail").asText()).isNotBlank();
        if (status == 405) {
            assertThat(answer.headers().firstValue("Allow")).isPresent();
        }
    }

    @Test
    void moreThanABodyMayHoldIsRefused(GleanerServer server) {
        String large = "{\"name\":\"" + "x".repeat(5 << 20) + "\"}";
        server.send(server.request("/api/projects").header("Content-Type", "application/json").POST(BodyPublishers.ofString(large))).expect(413);
    }

    @Test
    void whatCannotBeAnsweredAsAskedIsRefused(GleanerServer server) {
        server.send(server.request("/api/projects").header("Accept", "text/csv").GET()).expect(406);
    }

    @Test
    void faultsOfAFormAreNamed(GleanerServer server) {
        Path picture = Path.of(folder, "image-0.png");
        String prompts = "[{\"category\":\"a\"}]";
        assertRefused(detect(server, Map.of("modelVersion", "x", "image", picture, "prompts", prompts)), "modelVersion", "x", "a whole number");
        assertRefused(detect(server, Map.of("modelVersion", model, "prompts", prompts)), "image", null, "an encoded image");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", picture)), "prompts", null, "at least one prompt");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", picture, "prompts", "[{\"phrase\":\"a\"}]")),
                "prompts[0].category", null, "category");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", picture, "prompts", prompts, "caption", "a")),
                "caption", "a", "either prompts or a caption");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", picture, "prompts", prompts, "thresholds", "{\"default\":7}")),
                "thresholds.default", "7.0", "0 to 1");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", Fixtures.TINY.resolve("vocab.txt"), "prompts", prompts)),
                "image", Fixtures.TINY.resolve("vocab.txt").toFile().length() + " bytes", "decoded");
        assertRefused(detect(server, Map.of("modelVersion", 987654321, "image", picture, "prompts", prompts)),
                "modelVersion", "987654321", "model version");
        assertRefused(detect(server, Map.of("modelVersion", model, "imageId", 987654321, "prompts", prompts)), "imageId", "987654321", "an image");
        assertRefused(detect(server, Map.of("modelVersion", model, "image", picture, "prompts", prompts, "colour", "red")),
                "colour", "a part of the form", "no such part");
    }

    private static Answer detect(GleanerServer server, Map<String, Object> parts) {
        return server.postMultipart("/api/detect", parts);
    }
}
