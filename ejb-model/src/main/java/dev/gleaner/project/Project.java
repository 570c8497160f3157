package dev.gleaner.project;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/**
 * A labeling effort: what one team looks for in its datasets. It owns the categories; a project named {@value #DEFAULT}
 * exists from the start.
 */
@Entity
@Table(name = "projects")
public class Project {

    public static final String DEFAULT = "default";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    private String name;
    private Instant createdAt;

    protected Project() {
    }

    public Project(String name) {
        this.name = name;
        this.createdAt = Instant.now();
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
