package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gleaner.HmacSha256;
import dev.gleaner.InvalidInput;
import dev.gleaner.cvat.CvatJson.Annotations;
import dev.gleaner.cvat.CvatJson.Assignment;
import dev.gleaner.cvat.CvatJson.Event;
import dev.gleaner.cvat.CvatJson.Job;
import dev.gleaner.cvat.CvatJson.Meta;
import dev.gleaner.cvat.CvatJson.NewShape;
import dev.gleaner.cvat.CvatJson.Shape;
import dev.gleaner.cvat.CvatJson.Unreadable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CvatJsonTest {

    private static final Meta FRAMES = new Meta(10, List.of("film.mp4"), Set.of(4));

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static CvatBox only(String shape) throws IOException {
        Annotations there = CvatJson.annotations(bytes("{\"shapes\":[" + shape + "],\"tracks\":[]}"), Map.of(3L, "cat"), FRAMES);
        assertThat(there.shapes()).hasSize(1);
        return there.shapes().get(0).box();
    }

    @Test
    void shapesBecomeTheBoxesAroundThem() throws IOException {
        // Worked by hand: 40 x 20 about (30, 20), turned by a right angle, is 20 x 40.
        CvatBox turned = only("{\"frame\":0,\"label_id\":3,\"type\":\"rectangle\",\"points\":[10,10,50,30],\"rotation\":90.0}");
        assertThat(turned.left()).isCloseTo(20, within(1e-9));
        assertThat(turned.top()).isCloseTo(0, within(1e-9));
        assertThat(turned.right()).isCloseTo(40, within(1e-9));
        assertThat(turned.bottom()).isCloseTo(40, within(1e-9));
        assertThat(only("{\"frame\":0,\"label_id\":3,\"type\":\"rectangle\",\"points\":[10.5,10,50,30],\"rotation\":0.0}"))
                .isEqualTo(new CvatBox("cat", 10.5, 10, 50, 30));
        assertThat(only("{\"frame\":0,\"label_id\":3,\"type\":\"polygon\",\"points\":[10,40,20,5,30,50]}")).isEqualTo(new CvatBox("cat", 10, 5, 30, 50));
        assertThat(only("{\"frame\":0,\"label_id\":3,\"type\":\"ellipse\",\"points\":[30,20,45,10]}")).isEqualTo(new CvatBox("cat", 15, 10, 45, 30));
        assertThat(only("{\"frame\":0,\"label_id\":3,\"type\":\"mask\",\"points\":[0,4,2,3,3,4]}")).isEqualTo(new CvatBox("cat", 2, 3, 4, 5));
    }

    @Test
    void whatIsNoBoxOrOfAnUnknownLabelIsLeftOut() throws IOException {
        Annotations there = CvatJson.annotations(bytes("""
                {"shapes":[{"frame":0,"label_id":4,"type":"rectangle","points":[0,0,5,5]},{"frame":0,"label_id":3,"type":"points","points":[1,2]},
                 {"frame":7,"label_id":3,"type":"rectangle","points":[0,0,5,5],"source":"auto","unheard":{}}],"tracks":[{"id":1},{"id":2,"label_id":3,"shapes":[{"frame":0,"type":"points","points":[1,2]}]}]}"""), Map.of(3L, "cat"), FRAMES);
        assertThat(there.shapes()).containsExactly(new Shape(7, new CvatBox("cat", 0, 0, 5, 5), true));
        assertThatThrownBy(() -> CvatJson.annotations(bytes("{}"), Map.of(), FRAMES)).isInstanceOf(Unreadable.class);
    }

    @Test
    void tracksGiveEachFrameTheirBox() throws IOException {
        // Worked by hand: from (10, 10) to (20, 40) in four frames; frame 4 is deleted; nothing from 6 to 7; there are 10 frames.
        Annotations there = CvatJson.annotations(bytes("""
                {"shapes":[],"tracks":[{"id":1,"frame":2,"label_id":3,"source":"manual","shapes":[
                 {"type":"rectangle","frame":6,"outside":true,"points":[20,40,40,60],"rotation":0.0,"attributes":[]},
                 {"type":"rectangle","frame":2,"outside":false,"points":[10,10,30,30],"rotation":0.0},
                 {"type":"rectangle","frame":8,"outside":false,"points":[5,5,25,25],"rotation":0.0},
                 {"type":"rectangle","frame":10,"outside":true,"points":[5,5,25,25],"rotation":0.0}]}]}"""), Map.of(3L, "cat"), FRAMES);
        assertThat(there.shapes()).containsExactly(new Shape(2, new CvatBox("cat", 10, 10, 30, 30), false),
                new Shape(3, new CvatBox("cat", 12.5, 17.5, 32.5, 37.5), false), new Shape(5, new CvatBox("cat", 17.5, 32.5, 37.5, 52.5), false),
                new Shape(8, new CvatBox("cat", 5, 5, 25, 25), false), new Shape(9, new CvatBox("cat", 5, 5, 25, 25), false));
    }

    @Test
    void labelsJobsAndFramesAreRead() throws IOException {
        assertThat(CvatJson.labels(bytes("""
                {"next":null,"results":[{"id":1,"name":"a","type":"any"},{"id":2,"name":"b","type":"rectangle"},{"id":3,"name":"c","type":"polygon"},
                 {"id":4,"name":"d","type":"any","has_parent":true},{"id":5,"name":"e"}]}"""))).isEqualTo(Map.of(1L, "a", 2L, "b", 5L, "e"));
        assertThat(CvatJson.hasNext(bytes("{\"next\":\"http://cvat/api/labels?page=2\",\"results\":[]}"))).isTrue();
        assertThat(CvatJson.hasNext(bytes("{\"next\":null,\"results\":[]}"))).isFalse();
        assertThat(CvatJson.jobs(bytes("""
                {"results":[{"id":1,"task_id":5,"type":"annotation","state":"completed","start_frame":0,"stop_frame":9,"assignee":{"username":"ann"},"updated_date":"2026-01-01T08:00:00.5+01:00"},
                 {"id":2,"task_id":5,"state":"in progress","start_frame":10,"stop_frame":19,"assignee":null},
                 {"id":3,"type":"ground_truth","state":"completed","start_frame":0,"stop_frame":19}]}""")))
                .containsExactly(new Job(1, 5, 0, 9, "ann", true, Instant.parse("2026-01-01T07:00:00.5Z")), new Job(2, 5, 10, 19, null, false, null));
        Meta meta = CvatJson.meta(bytes("{\"frames\":[{\"name\":\"a.png\"},{\"name\":\"b.png\"}],\"deleted_frames\":[1]}"));
        assertThat(meta).isEqualTo(new Meta(2, List.of("a.png", "b.png"), Set.of(1)));
        assertThat(CvatJson.meta(bytes("{\"frames\":[{\"name\":\"film.mp4\"}]}")).name(37)).as("a frame of a video").isEqualTo("film.mp4");
    }

    @Test
    void newShapesAreAsDocumented() {
        assertThat(new String(CvatJson.created(List.of(new NewShape(2, 31, new CvatBox("cat", 1, 2.5, 3, 4)))), StandardCharsets.UTF_8)).isEqualTo(
                "{\"version\":0,\"tags\":[],\"shapes\":[{\"frame\":2,\"label_id\":31,\"type\":\"rectangle\",\"occluded\":false,\"points\":[1.0,2.5,3.0,4.0],"
                        + "\"z_order\":0,\"group\":0,\"source\":\"auto\",\"attributes\":[]}],\"tracks\":[]}");
    }

    @Test
    void assignmentsAreRead() throws IOException {
        assertThat(CvatJson.assignment(bytes("{\"ar_assignment\":null}"))).isEmpty();
        assertThat(CvatJson.assignment(bytes("""
                {"ar_assignment":{"ar_id":"r-1","ar_params":{"type":"annotate_frame","task":5,"frame":3,"threshold":0.25,"conv_mask_to_poly":false,
                 "mapping":{"cat":{"name":"animal","attributes":{},"sublabels":{}}}}}}""")))
                .contains(new Assignment("r-1", "annotate_frame", 5, 3, Map.of("cat", "animal"), Optional.of(0.25)));
        assertThat(CvatJson.assignment(bytes("{\"ar_assignment\":{\"ar_id\":\"r\",\"ar_params\":{\"type\":\"annotate_task\",\"task\":5,\"threshold\":null}}}")))
                .contains(new Assignment("r", "annotate_task", 5, null, Map.of(), Optional.empty()));
        assertThatThrownBy(() -> CvatJson.assignment(bytes("{\"detail\":\"?\"}"))).isInstanceOf(Unreadable.class);
        assertThat(CvatJson.newRequest("newrequest", "{\"request_category\":\"batch\"}\n")).contains("batch");
        assertThat(CvatJson.newRequest("newrequest", "?")).isEmpty();
        assertThat(CvatJson.newRequest("other", "{\"request_category\":\"batch\"}")).isEmpty();
    }

    @Test
    void eventsAreRead() {
        assertThat(CvatJson.event(bytes("{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"completed\"},\"before_update\":{\"state\":\"new\"}}")))
                .isEqualTo(new Event("update:job", 5L, true));
        assertThat(CvatJson.event(bytes("{\"event\":\"update:job\",\"job\":{\"id\":8,\"task_id\":5,\"state\":\"in progress\"}}")))
                .isEqualTo(new Event("update:job", 5L, false));
        assertThat(CvatJson.event(bytes("{\"event\":\"create:task\",\"task\":{\"id\":6}}"))).isEqualTo(new Event("create:task", 6L, false));
        assertThat(CvatJson.event(bytes("{\"event\":\"ping\"}"))).isEqualTo(new Event("ping", null, false));
        assertThatThrownBy(() -> CvatJson.event(bytes("{"))).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> CvatJson.event(bytes("{}"))).isInstanceOf(InvalidInput.class);
    }

    @Test
    void aSignatureIsTheBodysAndTheSecrets() {
        // RFC 4231, test case 2.
        byte[] body = bytes("what do ya want for nothing?");
        String signature = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assertThat(HmacSha256.of("Jefe", body)).isEqualTo(signature);
        assertThat(HmacSha256.isOf("Jefe", body, signature)).isTrue();
        assertThat(HmacSha256.isOf("jefe", body, signature)).isFalse();
        assertThat(HmacSha256.isOf("Jefe", bytes("what do ya want for nothing!"), signature)).isFalse();
        assertThat(HmacSha256.isOf("Jefe", body, signature.substring(7))).isFalse();
        assertThat(HmacSha256.isOf("Jefe", body, "")).isFalse();
        assertThat(HmacSha256.isOf("Jefe", body, null)).isFalse();
    }
}
