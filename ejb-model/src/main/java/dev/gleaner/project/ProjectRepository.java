package dev.gleaner.project;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Projects and their categories. Every call joins the caller's transaction. */
@ApplicationScoped
public class ProjectRepository {

    @PersistenceContext(unitName = "gleaner")
    private EntityManager entities;

    protected ProjectRepository() {
    }

    public ProjectRepository(EntityManager entities) {
        this.entities = entities;
    }

    public void add(Project project) {
        entities.persist(project);
    }

    public Optional<Project> find(long id) {
        return Optional.ofNullable(entities.find(Project.class, id));
    }

    public Optional<Project> findByName(String name) {
        return entities.createQuery("select p from Project p where p.name = :name", Project.class)
                .setParameter("name", name).getResultList().stream().findFirst();
    }

    /** All projects by name. */
    public List<Project> all() {
        return entities.createQuery("select p from Project p order by p.name", Project.class).getResultList();
    }

    /** The project's categories by id, that is in the order in which they were made. */
    public List<Category> categories(long projectId) {
        return entities.createQuery("select c from Category c where c.projectId = :project order by c.id", Category.class)
                .setParameter("project", projectId).getResultList();
    }

    void add(ThresholdChange change) {
        entities.persist(change);
    }

    /** Changes of the project's thresholds with ids below {@code before}, newest first, at most {@code limit} of them. */
    List<ThresholdChange> thresholdChanges(long projectId, long before, int limit) {
        return entities.createQuery("select c from ThresholdChange c where c.projectId = :project and c.id < :before order by c.id desc", ThresholdChange.class)
                .setParameter("project", projectId).setParameter("before", before).setMaxResults(limit).getResultList();
    }

    /** The thresholds that the project has set, by name of the category. */
    public Map<String, Double> thresholds(long projectId) {
        Map<String, Double> set = new TreeMap<>();
        categories(projectId).forEach(category -> category.threshold().ifPresent(threshold -> set.put(category.name(), threshold)));
        return set;
    }

    /**
     * The project's categories of these names; those it lacks are made. Two callers that make the same name at once end with
     * one category.
     *
     * @return category by name, for exactly the given names
     */
    public Map<String, Category> categoriesNamed(Project project, Collection<String> names) {
        Map<String, Category> named = new TreeMap<>();
        for (String name : names) {
            entities.createNativeQuery("insert into categories (project_id, name) values (:project, :name) on conflict do nothing")
                    .setParameter("project", project.id()).setParameter("name", name).executeUpdate();
        }
        entities.createQuery("select c from Category c where c.projectId = :project and c.name in :names", Category.class)
                .setParameter("project", project.id()).setParameter("names", names).getResultList()
                .forEach(c -> named.put(c.name(), c));
        return named;
    }
}
