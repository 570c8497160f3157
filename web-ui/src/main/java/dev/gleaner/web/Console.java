package dev.gleaner.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The console's pages are drawn in the browser: each of their addresses is answered with the same document. */
@WebServlet({"/datasets/*", "/images/*", "/runs/*", "/evaluations/*", "/evaluation-families/*", "/models/*", "/train/*", "/rounds/*", "/review/*",
        "/gallery", "/quality", "/platforms/*", "/try", "/users/*", "/account"})
public class Console extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        request.getRequestDispatcher("/index.html").forward(request, response);
    }
}
