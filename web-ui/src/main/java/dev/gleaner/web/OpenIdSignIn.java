package dev.gleaner.web;

import dev.gleaner.account.OpenIdProvider;
import dev.gleaner.account.OpenIdRequest;
import dev.gleaner.account.SignInRefused;
import dev.gleaner.account.SignInService;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sends a browser to the identity provider, and takes it back. What belongs to its request stays in a cookie meanwhile; that one has to
 * be {@code SameSite=Lax}, since it is the provider's page that sends the browser back.
 */
@WebServlet({OpenIdSignIn.PATH, OpenIdSignIn.PATH + "/callback"})
public class OpenIdSignIn extends HttpServlet {

    static final String PATH = "/sign-in/openid";

    private static final long serialVersionUID = 1;
    private static final System.Logger LOG = System.getLogger(OpenIdSignIn.class.getName());
    private static final String COOKIE = "gleaner-openid";
    private static final int MINUTES_TO_SIGN_IN = 10;

    @Inject
    private transient OpenIdProvider provider;
    @Inject
    private transient SignInService signIn;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!provider.isThere()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        URI here = URI.create(request.getRequestURL().toString());
        try {
            if (request.getServletPath().equals(PATH)) {
                OpenIdRequest asked = OpenIdRequest.random();
                response.addHeader("Set-Cookie", cookie(asked.text(), MINUTES_TO_SIGN_IN * 60, request));
                response.sendRedirect(provider.authorization(asked, provider.redirect(here.resolve(PATH + "/callback"))).toString());
            } else {
                response.addHeader("Set-Cookie", cookie("", 0, request));
                response.addHeader("Set-Cookie", SessionCookie.opening(session(request, provider.redirect(here)), request));
                response.sendRedirect("/");
            }
        } catch (SignInRefused refused) {
            LOG.log(Level.WARNING, "nobody was signed in: " + refused.getMessage());
            response.sendRedirect("/?refused=" + (refused.isForAnAdministrator() ? "account" : "provider"));
        }
    }

    private String session(HttpServletRequest request, URI redirect) {
        Optional<OpenIdRequest> asked = Optional.ofNullable(request.getCookies()).stream().flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(COOKIE)).map(Cookie::getValue).flatMap(text -> OpenIdRequest.of(text).stream()).findFirst();
        String code = request.getParameter("code");
        if (asked.isEmpty() || !asked.get().isAnsweredBy(request.getParameter("state")) || code == null) {
            throw SignInRefused.notVouchedFor(Stream.of("error", "error_description").map(request::getParameter).filter(text -> text != null).findFirst()
                    .map("The identity provider says: "::concat).orElse("This is no answer to what this browser asked."));
        }
        return signIn.byProvider(code, asked.get(), redirect, request.getRemoteAddr());
    }

    private static String cookie(String value, int seconds, HttpServletRequest request) {
        return COOKIE + "=" + value + "; Path=" + PATH + "; Max-Age=" + seconds + "; HttpOnly; SameSite=Lax" + (SessionCookie.isSecure(request) ? "; Secure" : "");
    }
}
