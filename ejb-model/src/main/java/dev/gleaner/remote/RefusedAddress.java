package dev.gleaner.remote;

import java.net.UnknownHostException;

/** An address that this server asks nothing of. The message names the host and the setting, and no secrets. */
public final class RefusedAddress extends UnknownHostException {

    private static final long serialVersionUID = 1;

    RefusedAddress(String message) {
        super(message);
    }
}
