package dev.gleaner.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecodingRoomTest {

    /** Room for 1,048,576 pixels: 8 MiB at eight bytes each. */
    private final DecodingRoom room = new DecodingRoom(8 << 20);

    @Test
    void refusesWhatWouldNotFitAlone() {
        assertThat(room.fits(1024 * 1024)).isTrue();
        assertThat(room.fits(1024 * 1024 + 1)).isFalse();
    }

    @Test
    void letsTheNextOneInWhenRoomIsGivenBack() throws InterruptedException {
        var entered = new CountDownLatch(1);
        DecodingRoom.Held first = room.hold(600 * 1024);
        Thread second = new Thread(() -> {
            DecodingRoom.Held held = room.hold(600 * 1024);
            entered.countDown();
            held.close();
        });
        second.start();
        assertThat(entered.await(100, TimeUnit.MILLISECONDS)).as("both would not fit").isFalse();

        first.close();

        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        second.join();
    }
}
