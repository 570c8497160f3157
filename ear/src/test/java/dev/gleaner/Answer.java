package dev.gleaner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpHeaders;

/** What the server answered to one request. */
public record Answer(int status, HttpHeaders headers, String body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("status " + status + ", no JSON: " + body, e);
        }
    }

    /** This answer when its status is the expected one. */
    public Answer expect(int expected) {
        if (status != expected) {
            throw new AssertionError("expected status " + expected + ", got " + status + ": " + body);
        }
        return this;
    }
}
