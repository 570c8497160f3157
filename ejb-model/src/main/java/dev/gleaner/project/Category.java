package dev.gleaner.project;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Optional;

/** A class of things that a project's boxes are filed under. Its name is unique within the project. */
@Entity
@Table(name = "categories")
public class Category {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private long projectId;
    private String name;
    private Double threshold;

    protected Category() {
    }

    public Category(Project project, String name) {
        this.projectId = project.id();
        this.name = name;
    }

    public Long id() {
        return id;
    }

    public long projectId() {
        return projectId;
    }

    public String name() {
        return name;
    }

    /** The least score at which labeling runs propose a box of it where their order does not say, 0 to 1; empty for the default. */
    public Optional<Double> threshold() {
        return Optional.ofNullable(threshold);
    }

    /** @param threshold 0 to 1; null for the default */
    void propose(Double threshold) {
        this.threshold = threshold;
    }
}
