package dev.gleaner.labelstudio;

import java.util.Optional;

/**
 * What it takes to call a Label Studio.
 *
 * @param address where it is; empty if nobody told
 * @param token   a legacy token or a personal access token; empty if there is none
 */
public record LabelStudioAccess(Optional<String> address, Optional<String> token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "LabelStudioAccess[" + address.orElse("nowhere") + "]";
    }
}
