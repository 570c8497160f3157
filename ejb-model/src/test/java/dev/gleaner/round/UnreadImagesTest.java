package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnreadImagesTest {

    private static final Gate.Decision BETTER = new Gate.Decision(true, List.of("AP changed by +5.0"));
    private static final Gate.Decision WORSE = new Gate.Decision(false, List.of("AP changed by -5.0"));

    /** Of images 1 to 6 the champion read 1 to 4, the candidate 3 to 5; 6 nobody did. */
    @Test
    void countsWhoFailedWhere() {
        assertThat(UnreadImages.of("the held-out gold", 6, Set.of(1L, 2L, 3L, 4L), Set.of(3L, 4L, 5L)))
                .isEqualTo(new UnreadImages("the held-out gold", 6, 2, 1, 1));
    }

    @Test
    void aCandidateThatFailsWhereTheChampionDoesNotIsRefused() {
        UnreadImages two = new UnreadImages("the held-out gold", 6, 2, 1, 1);
        String failed = "the candidate failed on 2 of 6 images of the held-out gold that the champion could read";
        String leftOut = "of the held-out gold, 2 of 6 images are left out: both models failed on 1, the champion alone on 1";
        assertThat(two.applied(BETTER)).isEqualTo(new Gate.Decision(false, List.of(failed, leftOut)));
        assertThat(two.applied(WORSE)).isEqualTo(new Gate.Decision(false, List.of("AP changed by -5.0", failed, leftOut)));
    }

    @Test
    void imagesThatTheChampionFailedOnAreToldOf() {
        assertThat(new UnreadImages("domain street", 6, 0, 1, 0).applied(BETTER)).isEqualTo(new Gate.Decision(true, List.of("AP changed by +5.0",
                "of domain street, 1 of 6 images are left out: both models failed on 0, the champion alone on 1")));
        assertThat(new UnreadImages("domain street", 6, 0, 0, 0).applied(BETTER)).isEqualTo(BETTER);
    }
}
