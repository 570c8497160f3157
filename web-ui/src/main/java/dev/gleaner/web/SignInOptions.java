package dev.gleaner.web;

import dev.gleaner.account.AccountService;
import dev.gleaner.account.OpenIdProvider;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells the page on which people sign in how they can; it asks before anybody is known. */
@WebServlet("/sign-in/options")
public class SignInOptions extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    private transient AccountService accounts;
    @Inject
    private transient OpenIdProvider provider;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        // Without users, only a token opens the console.
        response.getWriter().print("{\"users\": %b, \"openId\": %b}".formatted(accounts.hasUsers(), provider.isThere()));
    }
}
