package dev.gleaner.web;

import dev.gleaner.account.ConsoleSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.ext.RuntimeDelegate;

/** The console's session in the browser: no script reads it, no other site makes the browser send it. */
public final class SessionCookie {

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
                .httpOnly(true).sameSite(NewCookie.SameSite.STRICT).secure(request.isSecure()).build();
        return RuntimeDelegate.getInstance().createHeaderDelegate(NewCookie.class).toString(cookie);
    }
}
