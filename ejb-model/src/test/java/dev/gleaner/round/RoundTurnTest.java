package dev.gleaner.round;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundTurnTest {

    @Test
    void oneRoundAtATime() {
        RoundTurn turn = new RoundTurn();
        assertThat(turn.take(1)).isTrue();
        assertThat(turn.take(1)).as("an earlier attempt of it is still at work").isFalse();
        assertThat(turn.take(2)).isFalse();
        turn.giveBack(2);
        assertThat(turn.take(2)).as("what it did not have it cannot give back").isFalse();
        turn.giveBack(1);
        assertThat(turn.take(2)).isTrue();
    }
}
