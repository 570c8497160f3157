package dev.gleaner.glip.checkpoint;

import dev.gleaner.glip.checkpoint.Provenance.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of an official model.
 *
 * @param checkpoint     its weights ({@code .pth})
 * @param config         its YAML file
 * @param vocabulary     BERT's vocabulary, one token a line
 * @param languageConfig BERT's sizes as Hugging Face has them, or null for bert-base-uncased
 */
public record OfficialModel(Path checkpoint, Path config, Path vocabulary, Path languageConfig) {

    List<Source> origin() throws IOException {
        List<Source> sources = new ArrayList<>();
        sources.add(Source.of("checkpoint", checkpoint));
        sources.add(Source.of("config", config));
        sources.add(Source.of("vocabulary", vocabulary));
        if (languageConfig != null) {
            sources.add(Source.of("languageConfig", languageConfig));
        }
        return sources;
    }
}
