package dev.gleaner.glip;

import java.util.List;

/**
 * Everything that fixes the shape and the behaviour of one GLIP: what an official YAML file and the language model's own
 * configuration say, without the training settings. Immutable; a configuration that exists is one the network can build.
 *
 * @param input     how a photo becomes the image tensor
 * @param swin      the image backbone
 * @param channels  channels of each pyramid level p3..p7, and of the whole detection head
 * @param bert      the language backbone; its layers inside the head have the same sizes; null for a model of fixed classes
 * @param text      how prompts become tokens; null for a model of fixed classes
 * @param fusion    the exchange between image and language in front of each head layer
 * @param head      the dynamic head and its predictors
 * @param anchors   one square anchor per place and level
 * @param selection from scores to detections
 */
public record GlipConfig(Input input, Swin swin, int channels, Bert bert, Text text, Fusion fusion, Head head,
                         Anchors anchors, Selection selection) {

    /** What the {@link #architecture} of a model of fixed classes begins with. */
    public static final String FIXED_CLASSES = "DyHead";

    /** Pyramid levels p3..p7. */
    public static final int LEVELS = 5;

    public GlipConfig {
        require(channels > 0, "channels must be positive, not " + channels);
        require(channels % head.normGroups() == 0, channels + " channels do not divide into " + head.normGroups()
                + " normalisation groups");
        if (head.aligned() == Aligned.CLASSES) {
            require(bert == null && text == null && !fusion.enabled(), "a model of fixed classes has no bert, no text and no fusion");
        } else {
            require(bert != null && text != null, "a model that image features are aligned with " + head.aligned()
                    + " in needs bert and text");
            require(text.length() <= bert.positions(), "a text of " + text.length() + " tokens does not fit the "
                    + bert.positions() + " positions of the language model");
        }
    }

    /** Whether the model finds a fixed list of classes and reads no text: the dynamic head alone (DyHead). */
    public boolean hasFixedClasses() {
        return head.aligned() == Aligned.CLASSES;
    }

    /** The official model this has the architecture of; GLIP-T, GLIP-T (B) and GLIP-T (C) differ in weights alone. */
    public String architecture() {
        if (hasFixedClasses()) {
            return FIXED_CLASSES + ", Swin of width " + swin.embedDim() + ", " + head.layers() + " head layers, " + head.classes() + " classes";
        }
        boolean tiny = swin.equals(new Swin(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 7, 4));
        boolean large = swin.equals(new Swin(192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48), 12, 4));
        if (tiny && head.layers() == 6) {
            return fusion.enabled() ? "GLIP-T" : "GLIP-T (A)";
        }
        if (large && head.layers() == 8 && fusion.enabled()) {
            return "GLIP-L";
        }
        return "GLIP, Swin of width " + swin.embedDim() + ", " + head.layers() + " head layers, "
                + (fusion.enabled() ? "with" : "without") + " fusion";
    }

    /**
     * How a photo becomes the image tensor: its shorter side is scaled to {@code minSize} pixels unless the longer one
     * would then pass {@code maxSize}; channels are blue, green, red in 0..255, and padding comes after normalisation.
     *
     * @param mean    of each channel, in blue, green, red order
     * @param std     of each channel, in blue, green, red order
     * @param divisor padded height and width are multiples of it
     */
    public record Input(int minSize, int maxSize, List<Double> mean, List<Double> std, int divisor) {
        public Input {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            require(minSize > 0 && maxSize >= minSize, "image sizes must be positive and the largest (" + maxSize
                    + ") not below the smallest (" + minSize + ")");
            require(mean.size() == 3 && std.size() == 3, "mean and std need three values each, not " + mean + " and " + std);
            require(std.stream().allMatch(s -> s > 0), "std must be positive, not " + std);
            require(divisor > 0 && divisor % 32 == 0, "the size divisor must be a multiple of 32, not " + divisor);
        }
    }

    /**
     * Swin Transformer (Liu et al. 2021): four stages at strides 4, 8, 16, 32 with channels doubling from
     * {@code embedDim}. Stages 2 to 4 (p3..p5) pass a layer norm on their way out, the first one does not.
     */
    public record Swin(int embedDim, List<Integer> depths, List<Integer> heads, int windowSize, double mlpRatio) {
        /** Stages, and so entries of {@code depths} and {@code heads}. */
        public static final int STAGES = 4;

        public Swin {
            depths = List.copyOf(depths);
            heads = List.copyOf(heads);
            require(embedDim > 0 && windowSize > 1 && mlpRatio > 0, "the sizes of Swin must be positive: width " + embedDim
                    + ", window " + windowSize + ", MLP ratio " + mlpRatio);
            require(depths.size() == STAGES && heads.size() == STAGES, "Swin needs depths and heads of " + STAGES
                    + " stages, not " + depths + " and " + heads);
            for (int stage = 0; stage < STAGES; stage++) {
                require(depths.get(stage) > 0, "each Swin stage needs a block: depths " + depths);
                require(heads.get(stage) > 0 && (embedDim << stage) % heads.get(stage) == 0, (embedDim << stage)
                        + " channels of Swin stage " + (stage + 1) + " do not divide into " + heads.get(stage) + " heads");
            }
        }

        /** Channels of a stage, counted from 0. */
        public int channels(int stage) {
            return embedDim << stage;
        }
    }

    /**
     * BERT encoder with learned absolute positions and GELU (Devlin et al. 2019).
     *
     * @param vocabulary tokens in the vocabulary file
     * @param positions  longest text there are position embeddings for
     * @param normEps    epsilon of its layer norms
     */
    public record Bert(int hidden, int layers, int heads, int intermediate, int vocabulary, int positions,
                       int tokenTypes, double normEps) {
        /** bert-base-uncased, the language model of every official GLIP. */
        public static final Bert BASE = new Bert(768, 12, 12, 3072, 30522, 512, 2, 1e-12);

        public Bert {
            require(hidden > 0 && layers > 0 && heads > 0 && intermediate > 0 && vocabulary > 0 && positions > 0
                    && tokenTypes > 0 && normEps > 0, "the sizes of BERT must be positive");
            require(hidden % heads == 0, hidden + " channels of BERT do not divide into " + heads + " heads");
        }
    }

    /**
     * @param length    tokens a text is padded or cut to, [CLS] and [SEP] included
     * @param separator stands between two category names of a caption, as {@code ". "}
     */
    public record Text(int length, String separator) {
        public Text {
            require(length > 2, "a text needs more than [CLS] and [SEP]: length " + length);
            require(!separator.isEmpty(), "categories need a separator between them");
        }
    }

    /**
     * Bi-directional cross attention between all levels and the text (GLIP paper, section 3.2), each followed by one BERT
     * layer over the text. Attention scores are kept within +-50000 where the flags say so.
     *
     * @param enabled          without it the head's layers follow one another directly (GLIP-T (A))
     * @param width            channels of the joint space; hard-coded in the official implementation
     * @param heads            attention heads in the joint space; hard-coded in the official implementation
     * @param clampMin         bound fusion scores from below
     * @param clampMax         bound fusion scores from above
     * @param clampLanguageMin bound the scores of the BERT layer from below
     * @param clampLanguageMax bound the scores of the BERT layer from above
     */
    public record Fusion(boolean enabled, int width, int heads, boolean clampMin, boolean clampMax,
                         boolean clampLanguageMin, boolean clampLanguageMax) {
        public Fusion {
            require(width > 0 && heads > 0 && width % heads == 0, "fusion of width " + width + " does not divide into "
                    + heads + " heads");
        }
    }

    /**
     * The dynamic head (Dai et al. 2021) with modulated deformable convolution and dynamic ReLU, and the predictors
     * behind it.
     *
     * @param layers      dynamic layers, each with a fusion in front when fusion is enabled
     * @param normGroups  groups of the group norm behind each convolution
     * @param classes     output channels of the class predictor, which a model with text keeps and does not use
     * @param aligned     what the image features are compared with
     * @param clampLogits keep alignment logits within +-50000
     * @param logScale    initial logarithm of the alignment temperature; weights from a file replace it
     * @param prior       foreground probability that the alignment bias starts from; weights from a file replace it
     */
    public record Head(int layers, int normGroups, int classes, Aligned aligned, boolean clampLogits, double logScale,
                       double prior) {
        public Head {
            require(layers > 0 && normGroups > 0 && classes > 0, "the sizes of the head must be positive: " + layers
                    + " layers, " + normGroups + " groups, " + classes + " classes");
            require(prior > 0 && prior < 1, "a prior probability lies between 0 and 1: " + prior);
        }
    }

    /** Which language feature the alignment compares image features with, if any. */
    public enum Aligned {
        /** The language backbone's output with padding set to zero, untouched by fusion. */
        EMBEDDED,
        /** The language feature behind the last head layer, padding included. */
        HIDDEN,
        /** None: the class predictor scores a fixed list of classes. */
        CLASSES
    }

    /**
     * One square anchor per place, level by level from p3.
     *
     * @param sizes   side of the anchor, in pixels of the resized image
     * @param strides distance of two places, in pixels of the resized image
     */
    public record Anchors(List<Double> sizes, List<Integer> strides) {
        public Anchors {
            sizes = List.copyOf(sizes);
            strides = List.copyOf(strides);
            require(sizes.size() == LEVELS && strides.size() == LEVELS, "anchors need sizes and strides of " + LEVELS
                    + " levels, not " + sizes + " and " + strides);
            require(sizes.stream().allMatch(s -> s > 0), "anchor sizes must be positive: " + sizes);
        }
    }

    /**
     * From scores to detections.
     *
     * @param minScore       least class score, before it is multiplied by the centreness
     * @param nmsIou         boxes of one class that overlap more than this are duplicates
     * @param perLevel       best candidates of a level that take part
     * @param perImage       detections of an image, of all classes together
     * @param labels         largest label that may be scored in one pass
     */
    public record Selection(double minScore, double nmsIou, int perLevel, int perImage, int labels) {
        public Selection {
            require(minScore >= 0 && minScore < 1, "the score threshold lies between 0 and 1: " + minScore);
            require(nmsIou > 0 && nmsIou <= 1, "the overlap threshold lies between 0 and 1: " + nmsIou);
            require(perLevel > 0 && perImage > 0 && labels > 0, "detections need room: " + perLevel + " a level, "
                    + perImage + " an image, " + labels + " labels");
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
