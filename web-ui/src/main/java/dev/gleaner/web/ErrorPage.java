package dev.gleaner.web;

import dev.gleaner.web.rest.Problem;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What the container shows when something failed outside JAX-RS: a problem to callers of the API, a plain page to people. */
@WebServlet("/error")
public class ErrorPage extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        Integer status = (Integer) request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        String address = (String) request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        if (status == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else if (address.startsWith("/api/")) {
            Problem.of(status, "The server could not handle this request.").sendTo(response);
        } else {
            response.setContentType("text/html;charset=UTF-8");
            request.getRequestDispatcher("/error.html").include(request, response);
        }
    }
}
