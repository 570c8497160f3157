package dev.gleaner.webhook;

import dev.gleaner.HmacSha256;
import java.nio.charset.StandardCharsets;

/**
 * How a delivery is signed, by HMAC-SHA256 under the webhook's secret in UTF-8, as {@code sha256=} and 64 small hexadecimal digits. Over the bytes of
 * the body alone, as GitHub has it and many receivers can check; and over {@code DELIVERY.TIMESTAMP.BODY}, the values of those two headers, a dot
 * after each, and the body, so that nobody can send an old delivery as a new one.
 */
public final class WebhookSignature {

    /** Of the body. */
    public static final String BODY = "X-Gleaner-Signature-256";
    /** Of the delivery's id, the timestamp and the body. */
    public static final String DELIVERY = "X-Gleaner-Delivery-Signature-256";

    private WebhookSignature() {
    }

    public static String of(String secret, String text) {
        return HmacSha256.of(secret, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param timestamp seconds since 1970 of this attempt */
    public static String ofDelivery(String secret, long delivery, long timestamp, String body) {
        return of(secret, delivery + "." + timestamp + "." + body);
    }
}
