package dev.gleaner.web;

import dev.gleaner.account.ConsoleSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.ext.RuntimeDelegate;

/** The console's session in the browser: no script reads it, no other site makes the browser send it. */
public final class SessionCookie {

    /** Browsers reach a server behind a proxy by HTTPS, though the proxy does not. */
    private static final boolean BEHIND_HTTPS = System.getenv().getOrDefault("GLEANER_PUBLIC_URL", "").startsWith("https:");

    private SessionCookie() {
    }

    /** The header {@code Set-Cookie} that signs a browser in. */
    public static String opening(String session, HttpServletRequest request) {
        return cookie(session, (int) ConsoleSession.LIFETIME.toSeconds(), request);
    }

    /** The header {@code Set-Cookie} that signs a browser out. */
    public static String closing(HttpServletRequest request) {
        return cookie("", 0, request);
    }

    private static String cookie(String value, int seconds, HttpServletRequest request) {
        NewCookie cookie = new NewCookie.Builder(TokenAuthentication.SESSION_COOKIE).value(value).path("/").maxAge(seconds)
                .httpOnly(true).sameSite(NewCookie.SameSite.STRICT).secure(isSecure(request)).build();
        return RuntimeDelegate.getInstance().createHeaderDelegate(NewCookie.class).toString(cookie);
    }

    /** Whether the browser may send cookies by HTTPS alone. */
    static boolean isSecure(HttpServletRequest request) {
        return BEHIND_HTTPS || request.isSecure();
    }
}
