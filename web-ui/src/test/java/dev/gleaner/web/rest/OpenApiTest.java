package dev.gleaner.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The document that describes the interface says what the code does: the same routes, parameters and fields. */
class OpenApiTest {

    private static Map<String, Object> document;
    private static List<Class<?>> classes;

    @BeforeAll
    static void read() throws IOException, ReflectiveOperationException {
        try (InputStream yaml = OpenApiTest.class.getResourceAsStream("/META-INF/openapi.yaml")) {
            document = new Yaml().load(yaml);
        }
        java.nio.file.Path compiled = java.nio.file.Path.of("target/classes/dev/gleaner/web/rest");
        classes = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.list(compiled)) {
            for (java.nio.file.Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                classes.add(Class.forName("dev.gleaner.web.rest." + file.getFileName().toString().replace(".class", "")));
            }
        }
    }

    @Test
    void hasTheRoutesOfTheCodeAndNoOthers() {
        Set<String> written = new TreeSet<>();
        paths().forEach((path, item) -> item.keySet().stream().filter(key -> !key.equals("parameters"))
                .forEach(method -> written.add(method.toUpperCase() + " " + path)));
        assertThat(written).containsExactlyElementsOf(routes().keySet());
    }

    @Test
    void hasTheParametersOfTheCodeAndNoOthers() {
        routes().forEach((route, methods) -> {
            Set<String> inCode = methods.stream().flatMap(method -> Arrays.stream(method.getParameters()))
                    .map(OpenApiTest::parameterName).filter(name -> !name.isEmpty()).collect(Collectors.toCollection(TreeSet::new));
            assertThat(parameters(route)).as(route).isEqualTo(inCode);
        });
    }

    @Test
    void eachOperationHasASummaryAndSaysHowItFails() {
        routes().keySet().forEach(route -> {
            Map<String, Object> operation = operation(route);
            assertThat((String) operation.get("summary")).as(route).isNotBlank();
            assertThat(map(operation.get("responses"))).as(route).containsKey("default");
        });
    }

    @Test
    void hasTheFieldsOfTheCodeAndNoOthers() {
        Map<String, Object> schemas = map(map(document.get("components")).get("schemas"));
        Set<String> seen = new TreeSet<>();
        classes.stream().filter(Class::isRecord).filter(type -> type != Paging.class && !type.getSimpleName().equals("Param"))
                .forEach(type -> compare(type, schemas, seen));
        Set<String> withoutARecord = Set.of("AnnotationStatus", "MistakeKind", "Bbox", "Thresholds", "EventType", "DetectForm", "ModelVersionForm",
                "UpdatePreviewForm", "UpdateForm");
        assertThat(schemas.keySet()).containsAll(withoutARecord);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(schemas.keySet().stream().filter(name -> !withoutARecord.contains(name)).toList());
    }

    private static void compare(Class<?> type, Map<String, Object> schemas, Set<String> seen) {
        String name = schemaName(type);
        if (!seen.add(name)) {
            return;
        }
        assertThat(schemas).as("schemas").containsKey(name);
        Set<String> fields = map(map(schemas.get(name)).get("properties")).keySet();
        assertThat(fields).as(name).containsExactlyInAnyOrderElementsOf(
                Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList());
        Arrays.stream(type.getRecordComponents()).forEach(component -> recordsWithin(component.getGenericType().getTypeName())
                .forEach(inner -> compare(inner, schemas, seen)));
    }

    /** Two records are called Source: a dataset's and a model's. */
    private static String schemaName(Class<?> type) {
        return type.getName().endsWith("Provenance$Source") ? "SourceFile" : type.getSimpleName();
    }

    private static Stream<Class<?>> recordsWithin(String typeName) {
        return Arrays.stream(typeName.split("[<>, ]+")).filter(name -> name.startsWith("dev.gleaner.")).<Class<?>>map(name -> {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }).filter(Class::isRecord);
    }

    /** "GET /api/projects/{id}" and the methods that answer it, more than one where they take different media types. */
    private static Map<String, List<Method>> routes() {
        Map<String, List<Method>> routes = new TreeMap<>();
        for (Class<?> type : classes) {
            Path root = type.getAnnotation(Path.class);
            if (root == null) {
                continue;
            }
            for (Method method : type.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (http != null) {
                        Path path = method.getAnnotation(Path.class);
                        routes.computeIfAbsent(http.value() + " /api/" + root.value() + (path == null ? "" : "/" + path.value()),
                                route -> new ArrayList<>()).add(method);
                    }
                }
            }
        }
        return routes;
    }

    private static String parameterName(Parameter parameter) {
        if (parameter.isAnnotationPresent(PathParam.class)) {
            return "path " + parameter.getAnnotation(PathParam.class).value();
        }
        return parameter.isAnnotationPresent(QueryParam.class) ? "query " + parameter.getAnnotation(QueryParam.class).value() : "";
    }

    private static Set<String> parameters(String route) {
        Stream<Object> all = Stream.concat(list(item(route).get("parameters")), list(operation(route).get("parameters")));
        return all.map(OpenApiTest::resolved).map(parameter -> parameter.get("in") + " " + parameter.get("name"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Object> resolved(Object parameter) {
        Object reference = map(parameter).get("$ref");
        return reference == null ? map(parameter)
                : map(map(map(document.get("components")).get("parameters")).get(reference.toString().replaceFirst(".*/", "")));
    }

    private static Map<String, Map<String, Object>> paths() {
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        map(document.get("paths")).forEach((path, item) -> paths.put(path, map(item)));
        return paths;
    }

    private static Map<String, Object> item(String route) {
        return paths().get(route.substring(route.indexOf(' ') + 1));
    }

    private static Map<String, Object> operation(String route) {
        return map(item(route).get(route.substring(0, route.indexOf(' ')).toLowerCase()));
    }

    private static Stream<Object> list(Object yaml) {
        return yaml == null ? Stream.empty() : ((List<?>) yaml).stream().map(Object.class::cast);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }
}
