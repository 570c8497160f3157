package dev.gleaner.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoxAgreementTest {

    private static AnswerBox box(long category, double x) {
        return new AnswerBox(category, x, 0, 10, 10);
    }

    @Test
    void boxesMeetThatOverlapEnoughAndAreOfOneCategory() {
        // Moved by 2 of 10: 80 of 120 is 0.67. Moved by 4: 60 of 140 is 0.43.
        assertThat(BoxAgreement.of(List.of(box(1, 0)), List.of(box(1, 2)))).isEqualTo(Map.of(1L, new BoxAgreement(1, 0, 0)));
        assertThat(BoxAgreement.of(List.of(box(1, 0)), List.of(box(1, 4)))).isEqualTo(Map.of(1L, new BoxAgreement(0, 1, 1)));
        assertThat(BoxAgreement.of(List.of(box(1, 0)), List.of(box(2, 0))))
                .isEqualTo(Map.of(1L, new BoxAgreement(0, 1, 0), 2L, new BoxAgreement(0, 0, 1)));
    }

    @Test
    void eachMeetsOneAndTheNearestFirst() {
        // The second of the first list is nearer to the only one of the second list.
        assertThat(BoxAgreement.of(List.of(box(1, 0), box(1, 3)), List.of(box(1, 2)))).isEqualTo(Map.of(1L, new BoxAgreement(1, 1, 0)));
        assertThat(BoxAgreement.of(List.of(), List.of())).isEmpty();
    }

    @Test
    void theirShareIsTheSameFromEitherSide() {
        BoxAgreement agreement = new BoxAgreement(3, 1, 2);
        // 6 of 6 + 3.
        assertThat(agreement.f1()).isEqualTo(6 / 9.0);
        assertThat(agreement.turned()).isEqualTo(new BoxAgreement(3, 2, 1));
        assertThat(agreement.turned().f1()).isEqualTo(agreement.f1());
        assertThat(agreement.plus(new BoxAgreement(1, 0, 0))).isEqualTo(new BoxAgreement(4, 1, 2));
        assertThat(BoxAgreement.NONE.f1()).isNull();
    }
}
