package dev.gleaner.transfer;

import dev.gleaner.dataset.Dataset;
import dev.gleaner.format.ContentHash;
import dev.gleaner.format.Finding;
import dev.gleaner.format.Finding.Code;
import dev.gleaner.format.ImageInspection.Picture;
import dev.gleaner.format.Orientation;
import dev.gleaner.format.PixelFrame;
import dev.gleaner.format.PixelSize;
import dev.gleaner.format.Preflight;
import dev.gleaner.format.RelativeBox;
import dev.gleaner.format.RemoteAddress;
import dev.gleaner.format.SourceBox;
import dev.gleaner.format.SourceCaption;
import dev.gleaner.format.SourceCategory;
import dev.gleaner.format.SourceDocument;
import dev.gleaner.format.SourceFormat;
import dev.gleaner.format.SourceImage;
import dev.gleaner.format.SourceImage.Known;
import dev.gleaner.format.SourceItem;
import dev.gleaner.glip.Box;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.Session;

/**
 * The tables that an import reads its source into, and what is asked of them as sets. They exist so that memory does not
 * grow with the source, and so that nobody sees a dataset before all of it is there. Every call joins the caller's
 * transaction.
 */
@ApplicationScoped
public class ImportStaging {

    private static final int FETCH = 1000;

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected ImportStaging() {
    }

    public ImportStaging(EntityManager entities) {
        this.entities = entities;
    }

    /** Opens the import, for the first time or again. @return the number of the attempt, 1 for the first */
    int begin(long dataset) {
        return (Integer) entities.createNativeQuery("""
                        insert into dataset_imports (dataset_id, attempt) values (:dataset, 1)
                        on conflict (dataset_id) do update set attempt = dataset_imports.attempt + 1 returning attempt""", Integer.class)
                .setParameter("dataset", dataset).getSingleResult();
    }

    /** Whether this is still the import's latest attempt; keeps it so to the end of the transaction. */
    boolean isCurrent(long dataset, int attempt) {
        return !entities.createNativeQuery("select 1 from dataset_imports where dataset_id = :dataset and attempt = :attempt for share", Integer.class)
                .setParameter("dataset", dataset).setParameter("attempt", attempt).getResultList().isEmpty();
    }

    /** Forgets everything that was read; the attempt stays. */
    void clear(long dataset) {
        for (String table : List.of("import_documents", "import_categories", "import_images", "import_boxes", "import_captions", "import_findings")) {
            entities.createNativeQuery("delete from " + table + " where dataset_id = :dataset").setParameter("dataset", dataset).executeUpdate();
        }
        entities.createNativeQuery("update dataset_imports set boxes_checked = 0 where dataset_id = :dataset")
                .setParameter("dataset", dataset).executeUpdate();
    }

    /** Closes the import and forgets all of it. */
    void end(long dataset) {
        clear(dataset);
        entities.createNativeQuery("delete from dataset_imports where dataset_id = :dataset").setParameter("dataset", dataset).executeUpdate();
    }

    void stage(long dataset, List<SourceItem> items) {
        withConnection(connection -> {
            try (var documents = connection.prepareStatement("insert into import_documents (dataset_id, name, sha256) values (?, ?, ?)");
                    var categories = connection.prepareStatement("insert into import_categories (dataset_id, source_id, name, frequency) values (?, ?, ?, ?)");
                    var images = connection.prepareStatement("insert into import_images"
                            + " (dataset_id, source_id, file_name, path, address, declared_width, declared_height, absent, not_exhaustive, frame)"
                            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                    var boxes = connection.prepareStatement("insert into import_boxes (dataset_id, source_id, image_source_id,"
                            + " category_source_id, x, y, width, height, is_crowd, relative) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                    var captions = connection.prepareStatement("insert into import_captions (dataset_id, file_name, caption) values (?, ?, ?)");
                    var findings = connection.prepareStatement(INSERT_FINDING)) {
                for (SourceItem item : items) {
                    if (item instanceof SourceBox box) {
                        add(boxes, dataset, box.id(), box.imageId(), box.categoryId(),
                                box.box().x(), box.box().y(), box.box().width(), box.box().height(), box.crowd(),
                                box.relative().map(RelativeBox::toString).orElse(null));
                    } else if (item instanceof SourceImage image) {
                        add(images, dataset, image.id(), image.fileName(), image.file().map(Path::toString).orElse(null),
                                image.address().map(RemoteAddress::text).orElse(null),
                                image.declared().map(PixelSize::width).orElse(null), image.declared().map(PixelSize::height).orElse(null),
                                texts(connection, image.known().map(Known::absent)), texts(connection, image.known().map(Known::notExhaustive)),
                                image.frame().map(PixelFrame::name).orElse(null));
                    } else if (item instanceof SourceCategory category) {
                        add(categories, dataset, category.id(), category.name(), category.frequency().orElse(null));
                    } else if (item instanceof SourceDocument document) {
                        add(documents, dataset, document.name(), document.sha256());
                    } else if (item instanceof SourceCaption caption) {
                        add(captions, dataset, caption.fileName(), caption.caption());
                    } else if (item instanceof Finding finding) {
                        add(findings, dataset, finding.code().name(), finding.file(), finding.message());
                    }
                }
                for (PreparedStatement statement : List.of(documents, categories, images, boxes, captions, findings)) {
                    statement.executeBatch();
                }
            }
        });
    }

    private static Array texts(Connection connection, Optional<List<String>> texts) throws SQLException {
        return texts.isEmpty() ? null : connection.createArrayOf("text", texts.get().toArray());
    }

    private static final String INSERT_FINDING = "insert into import_findings (dataset_id, code, file, message) values (?, ?, ?, ?)";

    void addFindings(long dataset, List<Finding> findings) {
        stage(dataset, List.copyOf(findings));
    }

    int imagesToInspect(long dataset) {
        return count("select count(*) from import_images where dataset_id = ? and (path is not null or address is not null)", dataset);
    }

    int imagesInspected(long dataset) {
        return count("select count(*) from import_images where dataset_id = ? and inspected", dataset);
    }

    /** Images not yet inspected with ids above {@code after}, at most {@code limit} of them. */
    List<PendingInspection> toInspect(long dataset, long after, int limit) {
        return query("select id, file_name, path, declared_width, declared_height, address, frame from import_images"
                + " where dataset_id = ? and not inspected and (path is not null or address is not null) and id > ? order by id limit ?",
                row -> new PendingInspection(row.getLong(1), row.getString(2), Optional.ofNullable(row.getString(3)).map(Path::of),
                        Optional.ofNullable(row.getString(6)).map(RemoteAddress::new),
                        row.getObject(4) == null ? Optional.empty()
                                : Optional.of(new PixelSize(row.getInt(4), row.getInt(5))),
                        Optional.ofNullable(row.getString(7)).map(PixelFrame::valueOf)), dataset, after, limit);
    }

    void inspected(long dataset, List<InspectedImage> images) {
        withConnection(connection -> {
            try (var update = connection.prepareStatement("update import_images set inspected = true, usable = ?, sha256 = ?, stored_width = ?,"
                            + " stored_height = ?, orientation = ?, frame = ? where id = ?")) {
                for (InspectedImage image : images) {
                    Optional<Picture> picture = image.inspection().picture();
                    add(update, image.check().usable(), image.inspection().sha256().orElse(null),
                            picture.map(p -> p.stored().width()).orElse(null), picture.map(p -> p.stored().height()).orElse(null),
                            picture.map(p -> p.orientation().exif()).orElse(null), image.check().frame().map(PixelFrame::name).orElse(null), image.id());
                }
                update.executeBatch();
            }
        });
        addFindings(dataset, images.stream().flatMap(image -> image.check().findings().stream()).toList());
    }

    /**
     * The pixels that this source's turned images have their boxes in, as far as declared sizes tell: those of the stored
     * picture when every image that tells says so, otherwise the upright ones.
     */
    PixelFrame usualFrame(long dataset) {
        return query("select count(*) filter (where frame = 'UPRIGHT'), count(*) filter (where frame = 'STORED') from import_images"
                + " where dataset_id = ? and orientation > 1 and usable",
                row -> row.getLong(1) == 0 && row.getLong(2) > 0 ? PixelFrame.STORED : PixelFrame.UPRIGHT, dataset).get(0);
    }

    /** The next boxes to fit into their images, at most {@code limit}; boxes of unknown or unusable images are passed over. */
    List<PendingBox> toCheck(long dataset, int limit) {
        return query("select b.id, b.source_id, b.x, b.y, b.width, b.height, i.file_name, i.stored_width, i.stored_height, i.orientation, i.frame, b.relative"
                + " from import_boxes b join import_images i on i.dataset_id = b.dataset_id and i.source_id = b.image_source_id and i.usable"
                + " where b.dataset_id = ? and b.id > (select boxes_checked from dataset_imports where dataset_id = ?) order by b.id limit ?",
                row -> new PendingBox(row.getLong(1), row.getString(2),
                        Box.xywh(row.getDouble(3), row.getDouble(4), row.getDouble(5), row.getDouble(6)),
                        Optional.ofNullable(row.getString(12)).map(RelativeBox::parse), row.getString(7),
                        new Picture(new PixelSize(row.getInt(8), row.getInt(9)), new Orientation(row.getInt(10))),
                        Optional.ofNullable(row.getString(11)).map(PixelFrame::valueOf)),
                dataset, dataset, limit);
    }

    void checked(long dataset, List<FittedBox> boxes) {
        withConnection(connection -> {
            try (var move = connection.prepareStatement("update import_boxes set x = ?, y = ?, width = ?, height = ? where id = ?");
                    var leaveOut = connection.prepareStatement("update import_boxes set left_out = true where id = ?");
                    var progress = connection.prepareStatement("update dataset_imports set boxes_checked = ? where dataset_id = ?")) {
                for (FittedBox box : boxes) {
                    if (box.fitted().isEmpty()) {
                        add(leaveOut, box.id());
                    } else if (box.isMoved()) {
                        Box to = box.fitted().get();
                        add(move, to.x(), to.y(), to.width(), to.height(), box.id());
                    }
                }
                move.executeBatch();
                leaveOut.executeBatch();
                add(progress, boxes.get(boxes.size() - 1).id(), dataset);
                progress.executeBatch();
            }
        });
        addFindings(dataset, boxes.stream().map(FittedBox::finding).flatMap(Optional::stream).toList());
    }

    /** Lets the planner know how much has been staged: it was empty when it last looked. */
    void analyse() {
        for (String table : List.of("import_categories", "import_images", "import_boxes", "import_findings")) {
            entities.createNativeQuery("analyze " + table).executeUpdate();
        }
    }

    /** Finds what no single entry shows: ids and names given twice, and references that lead nowhere. */
    void findAcrossEntries(long dataset) {
        find(dataset, Code.DUPLICATE_IMAGE_ID, "null", "'image id ' || source_id || ' is given ' || count(*) || ' times (' || min(file_name) || ', ' "
                + "|| max(file_name) || '); expected once'", "import_images", "group by source_id having count(*) > 1");
        find(dataset, Code.DUPLICATE_FILE_NAME, "file_name", "'named by ' || count(*) || ' entries (' || min(source_id) || ', ' || max(source_id) "
                + "|| '); expected one'", "import_images", "group by file_name having count(*) > 1");
        find(dataset, Code.DUPLICATE_PHOTO, "max(file_name)", "'the same bytes as ' || min(file_name) || case when count(*) > 2 then ' and ' "
                + "|| count(*) - 2 || ' more' else '' end", "import_images", "and usable group by sha256 having count(*) > 1");
        find(dataset, Code.DUPLICATE_CATEGORY_ID, "null", "'category id ' || source_id || ' is \"' || min(name) || '\" and \"' || max(name) "
                + "|| '\"; expected one name'", "import_categories", "group by source_id having count(distinct name) > 1");
        find(dataset, Code.DUPLICATE_CATEGORY_NAME, "null", "'category \"' || name || '\" has ' || count(*) || ' entries (ids ' || min(source_id) "
                + "|| ', ' || max(source_id) || '); they became one'", "import_categories", "group by name having count(*) > 1");
        find(dataset, Code.DUPLICATE_BOX_ID, "null", "'annotation id ' || source_id || ' is given ' || count(*) || ' times; expected once'",
                "import_boxes", "and strpos(source_id, ' ') = 0 and source_id <> '' group by source_id having count(*) > 1");
        find(dataset, Code.UNKNOWN_IMAGE, "null", "'annotation ' || source_id || ': image_id is ' || image_source_id || '; expected the id of an image'",
                "import_boxes b", "and not exists (select 1 from import_images i where i.dataset_id = b.dataset_id and i.source_id = b.image_source_id)");
        find(dataset, Code.UNKNOWN_CATEGORY, "null", "case when strpos(source_id, ' ') > 0 then source_id || ' of ' || image_source_id || ': class is ' "
                + "else 'annotation ' || source_id || ': category_id is ' end || category_source_id || '; expected the id of a category'", "import_boxes b",
                "and not exists (select 1 from import_categories c where c.dataset_id = b.dataset_id and c.source_id = b.category_source_id)");
    }

    private void find(long dataset, Code code, String file, String message, String table, String which) {
        entities.createNativeQuery("insert into import_findings (dataset_id, code, file, message) select :dataset, :code, " + file + ", " + message
                        + " from " + table + " where dataset_id = :dataset " + which)
                .setParameter("dataset", dataset).setParameter("code", code.name()).executeUpdate();
    }

    int usableImages(long dataset) {
        return count("select count(*) from import_images where dataset_id = ? and usable", dataset);
    }

    /** @param lenient whether what cannot be used counts as left out */
    Preflight report(long dataset, boolean lenient) {
        List<Preflight.Group> groups = query("select code, count(*) from import_findings where dataset_id = ? group by code", row -> {
            Code code = Code.valueOf(row.getString(1));
            return new Preflight.Group(code.severity(lenient), code, row.getLong(2), List.of());
        }, dataset);
        return Preflight.of(groups.stream().map(group -> new Preflight.Group(group.severity(), group.code(), group.count(),
                query("select file, message from import_findings where dataset_id = ? and code = ? order by id limit ?",
                        row -> new Preflight.Sample(row.getString(1), row.getString(2)), dataset, group.code().name(), Preflight.SAMPLES))).toList());
    }

    String contentHash(long dataset, SourceFormat format) {
        ContentHash hash = new ContentHash(format);
        query("select name, sha256 from import_documents where dataset_id = ? order by name collate \"C\"", row -> {
            hash.document(row.getString(1), row.getString(2));
            return null;
        }, dataset);
        query("select file_name, sha256 from import_images where dataset_id = ? order by file_name collate \"C\"", row -> {
            hash.image(row.getString(1), row.getString(2));
            return null;
        }, dataset);
        return hash.hex();
    }

    /** Turns what was staged into categories, images and boxes. @return how many images and how many boxes */
    Published publish(Dataset dataset) {
        entities.createNativeQuery("""
                        insert into categories (project_id, name)
                        select :project, name from import_categories where dataset_id = :dataset group by name order by min(id)
                        on conflict do nothing""")
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).executeUpdate();
        entities.createNativeQuery("""
                        insert into dataset_categories (dataset_id, category_id, frequency)
                        select :dataset, c.id, min(k.frequency) from import_categories k join categories c on c.project_id = :project and c.name = k.name
                        where k.dataset_id = :dataset and k.frequency is not null group by c.id""")
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).executeUpdate();
        int images = entities.createNativeQuery("""
                        insert into images (dataset_id, file_name, path, address, width, height, orientation, sha256)
                        select dataset_id, file_name, path, address, case when orientation >= 5 then stored_height else stored_width end,
                               case when orientation >= 5 then stored_width else stored_height end, orientation, sha256
                        from import_images where dataset_id = :dataset and usable order by file_name collate "C\"""")
                .setParameter("dataset", dataset.id()).executeUpdate();
        entities.createNativeQuery("analyze images").executeUpdate();
        publishKnown(dataset);
        publishCaptions(dataset);
        int annotations = entities.createNativeQuery("""
                        insert into annotations (image_id, dataset_id, category_id, x, y, width, height, status, is_crowd)
                        select i.id, b.dataset_id, c.id, b.x, b.y, b.width, b.height, 'IMPORTED', b.is_crowd
                        from import_boxes b
                        join import_images s on s.dataset_id = b.dataset_id and s.source_id = b.image_source_id
                        join images i on i.dataset_id = b.dataset_id and i.file_name = s.file_name
                        join (select distinct source_id, name from import_categories where dataset_id = :dataset) k on k.source_id = b.category_source_id
                        join categories c on c.project_id = :project and c.name = k.name
                        where b.dataset_id = :dataset and not b.left_out order by i.id, b.id""")
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).executeUpdate();
        return new Published(images, annotations);
    }

    /** What images tell of categories they have no boxes of. */
    private void publishKnown(Dataset dataset) {
        entities.createNativeQuery("""
                        with known as (select distinct k.source_id, c.id from import_categories k
                            join categories c on c.project_id = :project and c.name = k.name where k.dataset_id = :dataset)
                        update images i set
                            absent = array(select distinct k.id from unnest(s.absent) a join known k on k.source_id = a order by k.id),
                            not_exhaustive = array(select distinct k.id from unnest(s.not_exhaustive) a join known k on k.source_id = a order by k.id)
                        from import_images s
                        where s.dataset_id = :dataset and s.usable and s.absent is not null and i.dataset_id = :dataset and i.file_name = s.file_name""")
                .setParameter("project", dataset.projectId()).setParameter("dataset", dataset.id()).executeUpdate();
    }

    /** Of several captions of an image the first counts. */
    private void publishCaptions(Dataset dataset) {
        entities.createNativeQuery("""
                        insert into image_captions (image_id, caption, set_by, set_at)
                        select distinct on (i.id) i.id, c.caption, 'import', now() from import_captions c
                        join images i on i.dataset_id = c.dataset_id and i.file_name = c.file_name where c.dataset_id = :dataset order by i.id, c.id""")
                .setParameter("dataset", dataset.id()).executeUpdate();
    }

    /** How much a dataset holds. */
    record Published(int images, int annotations) {
    }

    @FunctionalInterface
    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private void withConnection(Work work) {
        entities.unwrap(Session.class).doWork(work::on);
    }

    private int count(String sql, Object... parameters) {
        return query(sql, row -> row.getInt(1), parameters).get(0);
    }

    private <T> List<T> query(String sql, RowReader<T> reader, Object... parameters) {
        List<T> rows = new ArrayList<>();
        withConnection(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH);
                set(statement, parameters);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        T read = reader.read(row);
                        if (read != null) {
                            rows.add(read);
                        }
                    }
                }
            }
        });
        return rows;
    }

    private static void add(PreparedStatement batch, Object... values) throws SQLException {
        set(batch, values);
        batch.addBatch();
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                statement.setNull(i + 1, Types.NULL);
            } else {
                statement.setObject(i + 1, values[i]);
            }
        }
    }
}
