package dev.gleaner.glip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {

    @Test
    void theFirstGpuNeedsNoNumber() {
        assertThat(Devices.named("cpu", 0)).isEqualTo(Device.cpu());
        assertThat(Devices.named("gpu", 2)).isEqualTo(Device.gpu(0));
        assertThat(Devices.named("gpu:1", 2)).isEqualTo(Device.gpu(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "gpu:", "gpu:-1", "GPU", "gpu:1000000000000", ""})
    void otherWordsAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Devices.named(name, 2))
                .withMessage("GLEANER_DEVICE: \"" + name + "\", expected cpu, gpu or gpu:N");
    }

    @Test
    void aMissingGpuIsRefusedNamingWhatIsThere() {
        assertThatIllegalArgumentException().isThrownBy(() -> Devices.named("gpu:2", 2))
                .withMessage("GLEANER_DEVICE: \"gpu:2\" is not there, expected cpu or gpu:0 to gpu:1");
        assertThatIllegalArgumentException().isThrownBy(() -> Devices.named("gpu", 0))
                .withMessageContaining("\"gpu\" is not there, expected cpu: PyTorch finds no GPU");
    }
}
