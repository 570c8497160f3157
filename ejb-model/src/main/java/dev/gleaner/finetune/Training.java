package dev.gleaner.finetune;

import ai.djl.Device;
import dev.gleaner.Settings;
import dev.gleaner.finetune.FineTune.Phase;
import dev.gleaner.finetune.FineTuneSettings.Mode;
import dev.gleaner.glip.Devices;
import dev.gleaner.glip.DyHead;
import dev.gleaner.glip.GlipConfig;
import dev.gleaner.glip.Prompt;
import dev.gleaner.glip.checkpoint.AtomicFolder;
import dev.gleaner.glip.checkpoint.Bundle;
import dev.gleaner.glip.checkpoint.PromptDelta;
import dev.gleaner.glip.checkpoint.Provenance;
import dev.gleaner.glip.text.BertTokenizer;
import dev.gleaner.glip.train.Augmentation;
import dev.gleaner.glip.train.CaptionSampler;
import dev.gleaner.glip.train.ItemMaker;
import dev.gleaner.glip.train.Trainer;
import dev.gleaner.glip.train.TrainingDiverged;
import dev.gleaner.glip.train.TrainingRun;
import dev.gleaner.glip.train.TrainingSettings;
import dev.gleaner.inference.InferenceServer;
import dev.gleaner.inference.SupersededAttempt;
import dev.gleaner.modelversion.BundleStore;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * From the frozen data of a fine-tune to its trained bundle, or tuned prompt. Takes from seconds to days and stands outside any transaction.
 *
 * <p>Its checkpoints lie in the data folder's {@code fine-tunes}, in a folder for each, and go when its model version is there.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Training {

    @Inject
    private FineTuneWork work;
    @Inject
    private TrainingTurn turn;
    @Inject
    private InferenceServer server;
    @Inject
    private BundleStore bundles;
    @Inject
    private Settings settings;

    /**
     * Trains, or goes on from the last checkpoint; does nothing if all steps were taken before. Why it cannot go on is noted on the
     * fine-tune.
     *
     * @param stopRequested asked after each step
     * @return whether the end was reached; if not, a checkpoint of the last step is written
     * @throws SupersededAttempt if another server has taken the fine-tune up since this attempt began
     */
    public boolean run(long id, int attempt, BooleanSupplier stopRequested) {
        if (!turn.take()) {
            work.enter(id, attempt, Phase.WAITING_FOR_DEVICE);
            if (!turn.await(stopRequested)) {
                return false;
            }
        }
        try {
            return train(id, attempt, stopRequested);
        } catch (SupersededAttempt e) {
            throw e;
        } catch (IOException e) {
            work.doom(id, attempt, e.getMessage());
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            work.doom(id, attempt, e instanceof TrainingDiverged || e instanceof IllegalArgumentException ? e.getMessage() : e.toString());
            throw e;
        } finally {
            turn.giveBack();
        }
    }

    private boolean train(long id, int attempt, BooleanSupplier stopRequested) throws IOException {
        FineTuneMaterial material = work.material(id);
        if (material.isTrained()) {
            return true;
        }
        work.enter(id, attempt, Phase.TRAINING);
        FineTune fineTune = material.fineTune();
        Bundle base = Bundle.open(material.base().bundle());
        Bundle start = start(fineTune, base);
        GlipConfig config = start.config();
        TrainingSettings training = fineTune.settings().training(config);
        ItemMaker items = items(start, fineTune);
        int[] prompt = fineTune.settings().mode() == Mode.PROMPT ? ModeRules.promptTokens(base, fineTune.prompts()) : null;
        FrozenExamples examples = new FrozenExamples(material.images(), server::read);
        Integer every = fineTune.settings().checkpointEvery();
        TrainingReport report = new TrainingReport(work, id, attempt, examples, every == null, stopRequested);
        Device device = Devices.named(settings.device());
        try (Trainer trainer = new Trainer(config, training, start.weights(), prompt, device)) {
            TrainingRun run = new TrainingRun(trainer, training, items, examples, folder(id),
                    "model " + material.base().sha256() + " on data " + fineTune.snapshotSha256(), every == null ? Integer.MAX_VALUE : every);
            if (!run(run, report)) {
                return false;
            }
            Provenance provenance = work.provenance(fineTune, material.base(), config.architecture());
            work.trained(id, attempt, prompt == null
                    ? bundles.trained(target -> Bundle.write(target, config, provenance, start.vocabulary(), trainer.weights()))
                    : bundles.tunedPrompt(material.base().stored(), new PromptDelta(base.weightsSha256(), List.of(new PromptDelta.Text(
                            fineTune.prompts().stream().map(Prompt::phrase).toList(), prompt, trainer.promptOffset())), provenance)));
            return true;
        }
    }

    /** The bundle whose network is trained. The seed decides what is drawn, so one that is there from an earlier attempt is the same. */
    private Bundle start(FineTune fineTune, Bundle base) throws IOException {
        if (fineTune.settings().mode() != Mode.DYHEAD) {
            return base;
        }
        Path made = folder(fineTune.id()).resolve("start");
        return Files.exists(made) ? Bundle.open(made)
                : DyHead.write(made, base, ModeRules.categories(fineTune.prompts()), fineTune.settings().seed());
    }

    private static ItemMaker items(Bundle start, FineTune fineTune) throws IOException {
        Augmentation augmentation = fineTune.settings().augmentation(start.config());
        if (start.config().hasFixedClasses()) {
            return ItemMaker.ofClasses(start.config(), start.categories(), augmentation);
        }
        BertTokenizer tokenizer = BertTokenizer.read(start.vocabulary());
        return fineTune.settings().mode() == Mode.PROMPT ? ItemMaker.ofFixedText(start.config(), tokenizer, augmentation)
                : new ItemMaker(start.config(), tokenizer, augmentation, CaptionSampler.everyCategory());
    }

    private static boolean run(TrainingRun run, TrainingReport report) throws IOException {
        boolean finished;
        try {
            finished = run.run(report);
        } catch (SupersededAttempt e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            try {
                report.write();
            } catch (RuntimeException unwritten) {
                e.addSuppressed(unwritten);
            }
            throw e;
        }
        report.write();
        return finished;
    }

    /** Deletes what only a training that goes on needs. */
    public void forgetCheckpoints(long id) {
        try {
            AtomicFolder.delete(folder(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder(long id) {
        return settings.home().resolve("fine-tunes").resolve(Long.toString(id));
    }
}
