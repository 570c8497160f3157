package dev.gleaner;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts the product, so that Arquillian has a server to run a test in; stands before {@code @ArquillianTest}. It is not deployed with the
 * test, and inside the server the JVM passes over an annotation whose class is missing.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(GleanerServerExtension.class)
public @interface InsideTheServer {
}
