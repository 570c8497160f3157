package dev.gleaner.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The REST API. */
@ApplicationPath("api")
@OpenAPIDefinition(
        info = @Info(title = "Gleaner", version = "1",
                license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0"),
                description = """
                        Registers image datasets, labels them with GLIP in restartable batch jobs, and keeps the model versions.

                        Boxes are [x, y, width, height] in image pixels after EXIF orientation. Long lists come in pages: pass \
                        `next` of one as `after` of the following. Whatever is made answers with its `id`. Errors are \
                        application/problem+json (RFC 9457); bad input lists each field, its value and what was expected, and \
                        changes nothing."""),
        security = @SecurityRequirement(name = "token"))
@SecurityScheme(securitySchemeName = "token", type = SecuritySchemeType.HTTP, scheme = "bearer",
        description = "The administrator's token, shown when the server was first started.")
public class RestApplication extends Application {

    /** Keeps Jersey from writing JSON by any provider but {@link JsonBody}. */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jersey.config.jsonFeature.server", JsonBody.class.getSimpleName());
    }
}
