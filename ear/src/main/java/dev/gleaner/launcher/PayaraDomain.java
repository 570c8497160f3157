package dev.gleaner.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The application server's files: unpacked once per version, with a domain that is written anew from the server's own template
 * at every start, so that nothing a crash left behind matters.
 */
final class PayaraDomain {

    private static final Pattern FOR_JAVA = Pattern.compile("\\[(\\d*)\\|(\\d*)](.*)");
    private static final String CONFIG = "/domain/configs/config[@name='server-config']";

    private final Path installRoot;
    private final Path instanceRoot;
    private final List<String> jvmOptions;

    private PayaraDomain(Path installRoot, Path instanceRoot, List<String> jvmOptions) {
        this.installRoot = installRoot;
        this.instanceRoot = instanceRoot;
        this.jvmOptions = jvmOptions;
    }

    static boolean isUnpacked(Path folder, Path zip) {
        return Files.exists(unpacked(folder, zip));
    }

    private static Path unpacked(Path folder, Path zip) {
        return folder.resolve(zip.getFileName().toString().replace(".zip", ""));
    }

    /** Unpacks the server under another name first: a folder with the final name is whole. */
    static void unpack(Path folder, Path zip) throws IOException {
        Path partial = folder.resolve("unpacking");
        Folders.delete(partial);
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path target = partial.resolve(entry.getName()).normalize();
                if (!target.startsWith(partial)) {
                    throw new IOException(zip + ": " + entry.getName() + " leads out of the archive");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(entries, target);
                }
            }
        }
        Files.move(partial, unpacked(folder, zip), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Writes the domain: one HTTP listener, one connection pool whose address the server process finds in its environment,
     * the batch job repository and the timers in the same database, and nothing that talks to other machines.
     *
     * @param adminPort opens the administration listener on loopback
     */
    static PayaraDomain prepare(Path folder, Product product, InetAddress address, int httpPort, Optional<Integer> adminPort,
            List<X509Certificate> trusted, Path logs) throws IOException {
        Path installRoot = unpacked(folder, product.serverZip()).resolve("payara6/glassfish");
        Path instanceRoot = folder.resolve("domain");
        Folders.delete(instanceRoot);
        Folders.copy(installRoot.resolve("domains/domain1"), instanceRoot);
        Folders.delete(instanceRoot.resolve("docroot"));
        Files.createDirectory(instanceRoot.resolve("docroot"));
        for (Path jar : product.serverLib()) {
            Files.createSymbolicLink(instanceRoot.resolve("lib").resolve(jar.getFileName()), jar);
        }
        Path file = instanceRoot.resolve("config/domain.xml");
        try {
            Document domain = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
            listen(domain, address, httpPort, adminPort);
            useDatabase(domain);
            stayOnThisMachine(domain);
            TransformerFactory.newInstance().newTransformer().transform(new DOMSource(domain), new StreamResult(file.toFile()));
            logTo(logs, instanceRoot.resolve("config/logging.properties"));
            TrustedAuthorities.write(instanceRoot.resolve("config/cacerts.p12"), trusted);
            return new PayaraDomain(installRoot, instanceRoot, jvmOptions(domain, installRoot, instanceRoot));
        } catch (ParserConfigurationException | SAXException | XPathExpressionException | TransformerException e) {
            throw new IOException("cannot write the server's domain in " + instanceRoot, e);
        }
    }

    private static void listen(Document domain, InetAddress address, int httpPort, Optional<Integer> adminPort) throws XPathExpressionException {
        Element http = element(domain, CONFIG + "//network-listener[@name='http-listener-1']");
        http.setAttribute("address", address.getHostAddress());
        http.setAttribute("port", Integer.toString(httpPort));
        remove(element(domain, CONFIG + "//network-listener[@name='http-listener-2']"));
        element(domain, CONFIG + "//virtual-server[@id='server']").setAttribute("network-listeners", "http-listener-1");
        Element admin = element(domain, CONFIG + "//network-listener[@name='admin-listener']");
        if (adminPort.isPresent()) {
            admin.setAttribute("address", "127.0.0.1");
            admin.setAttribute("port", adminPort.get().toString());
        } else {
            remove(admin);
            remove(element(domain, CONFIG + "//virtual-server[@id='__asadmin']"));
        }
        for (Element listener : elements(domain, CONFIG + "/iiop-service/iiop-listener | " + CONFIG + "/admin-service/jmx-connector")) {
            listener.setAttribute("enabled", "false");
        }
    }

    private static void useDatabase(Document domain) throws XPathExpressionException {
        Element resources = element(domain, "/domain/resources");
        Element pool = append(resources, "jdbc-connection-pool", Map.of("name", "gleaner", "res-type", "javax.sql.DataSource",
                "datasource-classname", "org.postgresql.ds.PGSimpleDataSource", "max-pool-size", "40",
                "is-connection-validation-required", "true", "connection-validation-method", "auto-commit",
                "validate-atmost-once-period-in-seconds", "5"));
        append(pool, "property", Map.of("name", "url", "value", "${ENV=GLEANER_DATABASE_URL}"));
        // Batches travel as one statement: imports write hundreds of thousands of rows.
        append(pool, "property", Map.of("name", "reWriteBatchedInserts", "value", "true"));
        append(pool, "property", Map.of("name", "user", "value", "${ENV=GLEANER_DATABASE_USER}"));
        append(pool, "property", Map.of("name", "password", "value", "${ENV=GLEANER_DATABASE_PASSWORD}"));
        append(resources, "jdbc-resource", Map.of("pool-name", "gleaner", "jndi-name", "jdbc/gleaner"));
        append(element(domain, "/domain/servers/server"), "resource-ref", Map.of("ref", "jdbc/gleaner"));
        Element config = element(domain, CONFIG);
        append(config, "batch-runtime-configuration", Map.of("data-source-lookup-name", "jdbc/gleaner", "table-prefix", "batch_"));
        append(append(config, "ejb-container", Map.of()), "ejb-timer-service", Map.of("timer-datasource", "jdbc/gleaner"));
    }

    private static void stayOnThisMachine(Document domain) throws XPathExpressionException {
        append(element(domain, "/domain"), "phone-home-runtime-configuration", Map.of("enabled", "false"));
        element(domain, CONFIG + "/hazelcast-config-specific-configuration").setAttribute("enabled", "false");
        append(element(domain, CONFIG), "jms-service", Map.of("type", "DISABLED"));
    }

    private static void logTo(Path logs, Path file) throws IOException {
        Properties logging = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            logging.load(in);
        }
        String handler = "com.sun.enterprise.server.logging.GFFileHandler.";
        logging.setProperty(handler + "file", logs.resolve("server.log").toString());
        logging.setProperty(handler + "formatter", "com.sun.enterprise.server.logging.UniformLogFormatter");
        logging.setProperty(handler + "rotationLimitInBytes", "10000000");
        logging.setProperty(handler + "maxHistoryFiles", "5");
        logging.setProperty("com.sun.enterprise.server.logging.UniformLogFormatter.ansiColor", "false");
        logging.setProperty("java.util.logging.ConsoleHandler.level", "WARNING");
        logging.setProperty("javax.enterprise.system.security.ssl.level", "SEVERE");
        try (OutputStream out = Files.newOutputStream(file)) {
            logging.store(out, null);
        }
    }

    /** The options that the server's makers give for the running Java, but for its heap, its database driver and its remote shell. */
    private static List<String> jvmOptions(Document domain, Path installRoot, Path instanceRoot) throws XPathExpressionException {
        List<String> options = new ArrayList<>();
        for (Element element : elements(domain, CONFIG + "/java-config/jvm-options")) {
            String option = element.getTextContent().strip();
            Matcher conditional = FOR_JAVA.matcher(option);
            if (conditional.matches()) {
                option = isFor(conditional.group(1), conditional.group(2)) ? conditional.group(3) : "";
            }
            if (option.isEmpty() || option.startsWith("[") || option.matches("-(Xmx|XX:NewRatio|Djdbc\\.drivers|Dosgi\\.shell|Dfelix\\.fileinstall|Dorg\\.glassfish\\.additionalOSGiBundlesToStart).*")) {
                continue;
            }
            options.add(option.replace("${com.sun.aas.installRoot}", installRoot.toString())
                    .replace("${com.sun.aas.instanceRoot}", instanceRoot.toString()));
        }
        options.add("-Dcom.sun.aas.installRoot=" + installRoot);
        options.add("-Dcom.sun.aas.instanceRoot=" + instanceRoot);
        // Without it Java finds nobody to trust in the store.
        options.add("-Djavax.net.ssl.trustStorePassword=" + TrustedAuthorities.PASSWORD);
        return options;
    }

    private static boolean isFor(String from, String to) {
        int java = Runtime.version().feature();
        return (from.isEmpty() || java >= Integer.parseInt(from)) && (to.isEmpty() || java <= Integer.parseInt(to));
    }

    private static Element append(Element parent, String name, Map<String, String> attributes) {
        Element child = parent.getOwnerDocument().createElement(name);
        attributes.forEach(child::setAttribute);
        parent.appendChild(child);
        return child;
    }

    private static void remove(Node node) {
        node.getParentNode().removeChild(node);
    }

    private static Element element(Document document, String path) throws XPathExpressionException {
        return elements(document, path).get(0);
    }

    private static List<Element> elements(Document document, String path) throws XPathExpressionException {
        NodeList nodes = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            elements.add((Element) node);
        }
        return elements;
    }

    Path installRoot() {
        return installRoot;
    }

    Path instanceRoot() {
        return instanceRoot;
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }
}
