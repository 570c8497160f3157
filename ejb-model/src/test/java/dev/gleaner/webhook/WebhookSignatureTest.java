package dev.gleaner.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WebhookSignatureTest {

    /** Test case 2 of RFC 4231. */
    @Test
    void isHmacSha256() {
        assertThat(WebhookSignature.of("Jefe", "what do ya want for nothing?"))
                .isEqualTo("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void coversTheDeliveryAndItsTime() {
        String signature = WebhookSignature.ofDelivery("secret", 7, 1_800_000_000, "{}");

        assertThat(signature).isEqualTo(WebhookSignature.of("secret", "7.1800000000.{}"));
        assertThat(signature).isNotEqualTo(WebhookSignature.ofDelivery("secret", 8, 1_800_000_000, "{}"))
                .isNotEqualTo(WebhookSignature.ofDelivery("secret", 7, 1_800_000_001, "{}"));
    }
}
