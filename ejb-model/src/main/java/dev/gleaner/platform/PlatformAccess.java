package dev.gleaner.platform;

import java.util.Optional;

/**
 * What it takes to call a platform.
 *
 * @param address where it is; empty if nobody told
 * @param token   empty if there is none
 */
public record PlatformAccess(Optional<String> address, Optional<String> token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "PlatformAccess[" + address.orElse("nowhere") + "]";
    }
}
