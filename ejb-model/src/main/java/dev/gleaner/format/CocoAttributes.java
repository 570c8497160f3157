package dev.gleaner.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** What COCO itself does not have and CVAT writes in {@code attributes}. */
final class CocoAttributes {

    private CocoAttributes() {
    }

    /**
     * By how many degrees the box is turned clockwise about its centre; 0 if it does not say. CVAT writes a turned box as it was before.
     *
     * @param json at the attributes; behind them afterwards
     */
    static double degrees(JsonParser json) throws IOException {
        double degrees = 0;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return degrees;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean rotation = json.currentName().equals("rotation");
            if (json.nextToken().isNumeric() && rotation && Double.isFinite(json.getDoubleValue())) {
                degrees = json.getDoubleValue();
            }
            json.skipChildren();
        }
        return degrees;
    }
}
