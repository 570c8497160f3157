package dev.gleaner.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells browsers what the console's pages may do: run this server's own scripts and nothing else, and be framed by nobody.
 * The import map is the one script within a page, so it is named by its hash.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class BrowserRules extends HttpFilter {

    private static final long serialVersionUID = 1;
    private static final Pattern IMPORT_MAP = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

    private String contentSecurityPolicy;

    @Override
    public void init(FilterConfig config) throws ServletException {
        super.init(config);
        try (InputStream page = config.getServletContext().getResourceAsStream("/index.html")) {
            contentSecurityPolicy = contentSecurityPolicy(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ServletException(e);
        }
    }

    static String contentSecurityPolicy(String page) {
        Matcher importMap = IMPORT_MAP.matcher(page);
        if (!importMap.find()) {
            throw new IllegalArgumentException("the page has no import map");
        }
        return "default-src 'none'; script-src 'self' 'sha256-" + sha256(importMap.group(1)) + "'; style-src 'self';"
                + " img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types lit-html";
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", contentSecurityPolicy);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
        String path = request.getServletPath();
        if (path.startsWith("/webjars/")) {
            // Their addresses carry the version.
            response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
        } else if (!path.equals("/api")) {
            response.setHeader("Cache-Control", "no-cache");
        }
        chain.doFilter(request, response);
    }
}
