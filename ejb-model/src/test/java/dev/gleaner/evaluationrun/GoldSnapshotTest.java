package dev.gleaner.evaluationrun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.TestDatabase;
import dev.gleaner.format.Sha256;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GoldSnapshotTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    /** More than are read at a time, among those of another owner; some are known for some categories alone. */
    @Test
    void theDigestIsOverALineForEachImage() throws Exception {
        EntityManager entities = database.entities();
        database.inTransaction(() -> {
            entities.createNativeQuery("create temporary table snapshots (owner bigint, image_id bigint, sha256 text, absent bigint[], not_exhaustive bigint[],"
                    + " gold jsonb, caption text)").executeUpdate();
            entities.createNativeQuery("insert into snapshots select n % 2, n, lpad(to_hex(n), 64, '0'), case when n % 3 = 0 then array[1, n] end, '{}',"
                    + " jsonb_build_array(jsonb_build_object('id', n, 'x', n / 8.0)), case when n % 5 = 0 then 'größer ' || n end"
                    + " from generate_series(1, 6001) as n").executeUpdate();
            String all = (String) entities.createNativeQuery("select string_agg(concat_ws(' ', image_id, sha256, gold, absent, not_exhaustive, caption), E'\\n'"
                    + " order by image_id) from snapshots where owner = 1", String.class).getSingleResult();
            assertThat(all.lines()).hasSize(3001);
            GoldSnapshot snapshot = new GoldSnapshot(entities, "snapshots", "owner", "caption");
            assertThat(snapshot.digest(1)).isEqualTo(Sha256.of(all.getBytes(StandardCharsets.UTF_8)));
            entities.createNativeQuery("update snapshots set caption = 'other' where image_id = 5999").executeUpdate();
            assertThat(snapshot.digest(1)).isNotEqualTo(Sha256.of(all.getBytes(StandardCharsets.UTF_8)));
            return null;
        });
    }
}
