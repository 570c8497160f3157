package dev.gleaner.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CvatSettingsTest {

    @Test
    void nothingListensUnlessAPortIsSet() {
        assertThat(CvatSettings.of(Map.of()).listen()).isEmpty();
        assertThat(CvatSettings.of(Map.of("GLEANER_CVAT_PORT", " ", "GLEANER_CVAT_ADDRESS", "0.0.0.0")).listen()).isEmpty();
        assertThat(CvatSettings.of(Map.of("GLEANER_CVAT_PORT", "8070")).listen()).contains(new InetSocketAddress("127.0.0.1", 8070));
        assertThat(CvatSettings.of(Map.of("GLEANER_CVAT_PORT", " 8070 ", "GLEANER_CVAT_ADDRESS", "0.0.0.0")).listen())
                .contains(new InetSocketAddress("0.0.0.0", 8070));
    }
}
