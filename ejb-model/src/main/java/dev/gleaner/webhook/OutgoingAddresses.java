package dev.gleaner.webhook;

import dev.gleaner.InvalidInput;
import java.net.URI;

/** Which addresses this server may call because somebody typed them in. Asked when an address is given, and again before each call. */
public interface OutgoingAddresses {

    /** @throws InvalidInput if it may not be called, naming the field {@code url} */
    void check(URI address);
}
