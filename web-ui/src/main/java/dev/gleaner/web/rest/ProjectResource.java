package dev.gleaner.web.rest;

import dev.gleaner.project.Category;
import dev.gleaner.project.Project;
import dev.gleaner.project.ProjectService;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

/** Labeling efforts and the categories they look for. */
@Path("projects")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ProjectResource {

    /** @param name 1 to 200 characters, of no other project */
    public record NewProject(String name) {
    }

    public record ProjectView(long id, String name, List<String> categories, Instant createdAt) {
    }

    public record ProjectList(List<ProjectView> items) {
    }

    @Inject
    private ProjectService projects;

    @GET
    public ProjectList list() {
        return new ProjectList(projects.all().stream().map(this::view).toList());
    }

    @GET
    @Path("{id}")
    public ProjectView get(@PathParam("id") long id) {
        return view(projects.get(id));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(NewProject request) {
        Project project = projects.create(request.name());
        return Answers.created("projects", project.id(), view(project));
    }

    private ProjectView view(Project project) {
        List<String> categories = projects.categories(project.id()).stream().map(Category::name).toList();
        return new ProjectView(project.id(), project.name(), categories, project.createdAt());
    }
}
