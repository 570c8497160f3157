package dev.gleaner.batch.inference;

import dev.gleaner.inference.InferenceWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** Whom the artifacts of this package work for: the name of the batch job tells. */
@ApplicationScoped
public class InferenceWorks {

    @Inject
    @Any
    private Instance<InferenceWork> works;

    public InferenceWork of(String job) {
        return works.stream().filter(work -> work.job().equals(job)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no feature takes images through a model for the job " + job));
    }
}
