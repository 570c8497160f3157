package dev.gleaner.cvat;

/**
 * What it takes to call a CVAT.
 *
 * @param address where it is, without a slash at its end
 * @param token   a personal access token, or a legacy token of 40 digits
 */
public record CvatAccess(String address, String token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "CvatAccess[" + address + "]";
    }
}
