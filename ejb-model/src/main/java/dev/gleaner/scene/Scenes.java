package dev.gleaner.scene;

import dev.gleaner.glip.Box;
import dev.gleaner.scene.Layer.Paint;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Draws scenes. A scene follows from the settings, a seed and its number alone, to the last bit of its image.
 *
 * <p>Of every thing enough stays visible to tell what it is: {@value #LEAST_VISIBLE} of its pixels, nearly all of a small one. Things
 * are placed from the back to the front, large ones mostly first.
 */
public final class Scenes {

    private static final double LEAST_VISIBLE = 0.5;
    /** Of a small thing. */
    private static final double LEAST_VISIBLE_SMALL = 0.85;
    /** Pixels of the longer side of what is visible. */
    private static final int LEAST_SIDE = 12;
    private static final int TRIES = 12;
    /** Things below this are plain: there is no room for a texture. */
    private static final double LEAST_TEXTURED = 18;
    /** The label of what has no name. */
    static final int NOTHING = -1;
    /** Behind everything else there is clutter, which may be covered, and in front of it some that covers. */
    private static final double MOST_CLUTTER = 7;

    private Scenes() {
    }

    /** Draws the scene with a number. */
    public static Scene draw(SceneSettings settings, long seed, int number) {
        return drawing(settings, seed, number).scene();
    }

    static Drawing drawing(SceneSettings settings, long seed, int number) {
        // Not the multiplier that SplittableRandom itself steps by: then the next seed would be the same numbers, one later.
        return new Drawing(settings, new SplittableRandom(seed * 0xD1B54A32D192ED03L + number));
    }

    private record Look(Texture texture, Hue color) {
    }

    /** A thing that has its place. */
    private record Placed(Kind kind, Hue color, Texture texture, Size size, Mask mask, int area) {
    }

    /** What was laid on the image: a thing by its number, or {@link #NOTHING}. */
    record Laid(Layer layer, int label) {
    }

    /** One scene in the making. */
    static final class Drawing {

        private final SceneSettings settings;
        private final RandomGenerator random;
        private final Canvas canvas;
        private final boolean shifted;
        private final boolean cluttered;
        private final List<Placed> placed = new ArrayList<>();
        private final List<Laid> laid = new ArrayList<>();
        /** Which thing each pixel shows. */
        private final int[] labels;
        private final List<Integer> visible = new ArrayList<>();

        Drawing(SceneSettings settings, RandomGenerator random) {
            this.settings = settings;
            this.random = random;
            canvas = new Canvas(settings.width(), settings.height());
            shifted = settings.domain() == Domain.SHIFTED;
            cluttered = settings.domain() != Domain.PLAIN;
            labels = new int[settings.width() * settings.height()];
            Arrays.fill(labels, NOTHING);
        }

        Scene scene() {
            List<Background> backgrounds = shifted ? Background.SHIFTED : Background.TRAINED;
            backgrounds.get(random.nextInt(backgrounds.size())).paint(canvas, random);
            for (int i = cluttered ? (int) (MOST_CLUTTER * random.nextDouble()) : 0; i > 0; i--) {
                canvas.lay(clutter(12 * StrictMath.pow(8, random.nextDouble())));
            }
            for (Size size : sizes()) {
                placeOne(size);
            }
            while (placed.size() < settings.fewest()) {
                placeOne(Size.SMALL);
            }
            for (int i = cluttered ? random.nextInt(6) : 0; i > 0; i--) {
                coverWith(clutter(20 + 60 * random.nextDouble()));
            }
            develop();
            return new Scene(canvas.image(), objects(), hidden());
        }

        /** Things, and the clutter that covers them, from the back to the front. */
        List<Laid> laid() {
            return laid;
        }

        /** From large to small, but for a few that change places. */
        private List<Size> sizes() {
            int count = settings.fewest() + random.nextInt(settings.most() - settings.fewest() + 1);
            List<Size> sizes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                double draw = random.nextDouble();
                boolean room = sizes.stream().filter(size -> size == Size.LARGE).count() < 4;
                sizes.add(draw < 0.3 && room ? Size.LARGE : draw < 0.66 ? Size.MEDIUM : Size.SMALL);
            }
            sizes.sort((a, b) -> b.compareTo(a));
            for (int i = 0; i + 1 < count; i++) {
                if (random.nextInt(3) == 0) {
                    int j = i + 1 + random.nextInt(count - i - 1);
                    sizes.set(i, sizes.set(j, sizes.get(i)));
                }
            }
            return sizes;
        }

        private void placeOne(Size size) {
            Kind kind = settings.domain().kinds().get(random.nextInt(settings.domain().kinds().size()));
            for (int i = 0; i < TRIES; i++) {
                if (place(kind, size)) {
                    return;
                }
            }
            if (size == Size.LARGE) {
                placeOne(Size.MEDIUM);
            } else if (size == Size.MEDIUM) {
                placeOne(Size.SMALL);
            }
        }

        private boolean place(Kind kind, Size size) {
            double pixels = Math.min(size.draw(random), 0.9 * Math.min(settings.width(), settings.height()));
            List<Look> looks = looks(kind, pixels);
            if (looks.isEmpty()) {
                pixels = LEAST_TEXTURED;
                looks = looks(kind, pixels);
            }
            Look look = looks.get(random.nextInt(looks.size()));
            Texture texture = look.texture;
            Hue color = look.color;
            // Some are cut off by the edge, but no small ones.
            double reach = size == Size.SMALL ? -pixels / 2 - 1 : (random.nextInt(6) == 0 ? -0.2 : -0.5) * pixels;
            double x = -reach + (settings.width() + 2 * reach) * random.nextDouble();
            double y = -reach + (settings.height() + 2 * reach) * random.nextDouble();
            double tilt = StrictMath.toRadians(kind.tilt() * (2 * random.nextDouble() - 1));
            double stretch = 1 + kind.stretch() * (2 * random.nextDouble() - 1);
            AffineTransform place = Layer.placement(kind.parts(), pixels, stretch, tilt, x, y);
            float[] first = color.draw(random);
            Paint paint = paint(first, texture, pixels, outline(first, random.nextInt(3) == 0));
            Layer layer = Layer.of(kind.parts(), place, paint);
            if (!leavesEnoughOfOthers(layer.mask(), true)) {
                return false;
            }
            if (cluttered && random.nextInt(5) < 2) {
                // Something without a name in the same colour, half behind it.
                double angle = 2 * StrictMath.PI * random.nextDouble();
                coverWith(clutter(color, pixels * (0.6 + 0.4 * random.nextDouble()), x + 0.45 * pixels * StrictMath.cos(angle),
                        y + 0.45 * pixels * StrictMath.sin(angle)));
                if (!leavesEnoughOfOthers(layer.mask(), true)) {
                    return false;
                }
            }
            if (paint.outline() == null && distance(first, canvas.mean(layer.mask())) < 0.3) {
                layer = Layer.of(kind.parts(), place, paint(first, texture, pixels, outline(first, true)));
            }
            placed.add(new Placed(kind, color, texture, size, layer.mask(), layer.mask().area()));
            visible.add(0);
            lay(layer, placed.size() - 1);
            return true;
        }

        /** What a thing of a kind and size may look like; only things too small for a texture may find nothing. */
        private List<Look> looks(Kind kind, double pixels) {
            List<Look> looks = new ArrayList<>();
            for (Texture texture : settings.domain().textures()) {
                for (Hue color : Hue.values()) {
                    if ((pixels >= LEAST_TEXTURED || texture == Texture.PLAIN) && settings.compositions().allows(texture, color, kind)) {
                        looks.add(new Look(texture, color));
                    }
                }
            }
            return looks;
        }

        private static float distance(float[] a, float[] b) {
            float sum = 0;
            for (int channel = 0; channel < 3; channel++) {
                sum += Math.abs(a[channel] - b[channel]);
            }
            return sum;
        }

        private static float[] outline(float[] color, boolean wanted) {
            if (!wanted) {
                return null;
            }
            return Hue.luma(color) < 0.45 ? Hue.mix(color, 1, 0.85f) : Hue.mix(color, 0, 0.85f);
        }

        private Paint paint(float[] first, Texture texture, double pixels, float[] outline) {
            double period = Math.max(6, Math.min(26, pixels * (0.16 + 0.1 * random.nextDouble())));
            return new Paint(first, Hue.partner(first, random.nextInt(3) > 0), texture, StrictMath.PI * random.nextDouble(), period, outline,
                    pixels < 40 ? 1 : 1.2 + 1.5 * random.nextDouble());
        }

        private Layer clutter(double pixels) {
            return clutter(Hue.values()[random.nextInt(Hue.values().length)], pixels, settings.width() * random.nextDouble(),
                    settings.height() * random.nextDouble());
        }

        private Layer clutter(Hue color, double pixels, double x, double y) {
            float[] first = color.draw(random);
            Texture texture = settings.domain().textures().get(random.nextInt(settings.domain().textures().size()));
            Paint paint = paint(first, texture, pixels, outline(first, random.nextInt(3) == 0));
            return Clutter.draw(pixels, x, y, paint, random);
        }

        private void coverWith(Layer layer) {
            if (leavesEnoughOfOthers(layer.mask(), false)) {
                lay(layer, NOTHING);
            }
        }

        /** Whether all that is there, and what comes, can still be told. */
        private boolean leavesEnoughOfOthers(Mask mask, boolean counts) {
            int[] taken = new int[placed.size()];
            int own = 0;
            for (int y = Math.max(0, mask.top()); y < Math.min(settings.height(), mask.top() + mask.height()); y++) {
                for (int x = Math.max(0, mask.left()); x < Math.min(settings.width(), mask.left() + mask.width()); x++) {
                    if (mask.at(x, y) >= Mask.INSIDE) {
                        own++;
                        int label = labels[y * settings.width() + x];
                        if (label != NOTHING) {
                            taken[label]++;
                        }
                    }
                }
            }
            for (int i = 0; i < taken.length; i++) {
                double least = placed.get(i).size == Size.SMALL ? LEAST_VISIBLE_SMALL : LEAST_VISIBLE;
                if (taken[i] > 0 && (visible.get(i) - taken[i] < least * placed.get(i).area || longerSide(i, mask) < LEAST_SIDE)) {
                    return false;
                }
            }
            return !counts || own >= LEAST_VISIBLE * 1.3 * mask.area();
        }

        /** Of the visible part of a thing once something else covers it. */
        private int longerSide(int thing, Mask cover) {
            Mask mask = placed.get(thing).mask;
            int left = settings.width();
            int top = settings.height();
            int right = -1;
            int bottom = -1;
            for (int y = Math.max(0, mask.top()); y < Math.min(settings.height(), mask.top() + mask.height()); y++) {
                for (int x = Math.max(0, mask.left()); x < Math.min(settings.width(), mask.left() + mask.width()); x++) {
                    if (labels[y * settings.width() + x] == thing && cover.at(x, y) < Mask.INSIDE) {
                        left = Math.min(left, x);
                        top = Math.min(top, y);
                        right = Math.max(right, x);
                        bottom = Math.max(bottom, y);
                    }
                }
            }
            return Math.max(right - left, bottom - top) + 1;
        }

        private void lay(Layer layer, int label) {
            canvas.lay(layer);
            laid.add(new Laid(layer, label));
            Mask mask = layer.mask();
            for (int y = Math.max(0, mask.top()); y < Math.min(settings.height(), mask.top() + mask.height()); y++) {
                for (int x = Math.max(0, mask.left()); x < Math.min(settings.width(), mask.left() + mask.width()); x++) {
                    if (mask.at(x, y) >= Mask.INSIDE) {
                        int pixel = y * settings.width() + x;
                        count(labels[pixel], -1);
                        count(label, 1);
                        labels[pixel] = label;
                    }
                }
            }
        }

        private void count(int label, int change) {
            if (label != NOTHING) {
                visible.set(label, visible.get(label) + change);
            }
        }

        private void develop() {
            if (random.nextInt(3) == 0) {
                canvas.blur(0.3f + 0.7f * random.nextFloat());
            }
            float contrast = shifted ? 0.7f + 0.25f * random.nextFloat() : 0.85f + 0.25f * random.nextFloat();
            canvas.develop(contrast, 0.12f * (random.nextFloat() - 0.5f));
            canvas.light(0.85f + 0.25f * random.nextFloat(), 0.85f + 0.25f * random.nextFloat(), 0.85f + 0.25f * random.nextFloat());
            canvas.noise(shifted ? 0.035f + 0.035f * random.nextFloat() : 0.03f * random.nextFloat(), random.nextLong());
        }

        private List<SceneObject> objects() {
            int[][] corners = new int[placed.size()][];
            Arrays.setAll(corners, i -> new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, -1, -1});
            for (int pixel = 0; pixel < labels.length; pixel++) {
                if (labels[pixel] != NOTHING) {
                    int[] box = corners[labels[pixel]];
                    box[0] = Math.min(box[0], pixel % settings.width());
                    box[1] = Math.min(box[1], pixel / settings.width());
                    box[2] = Math.max(box[2], pixel % settings.width());
                    box[3] = Math.max(box[3], pixel / settings.width());
                }
            }
            List<SceneObject> objects = new ArrayList<>();
            for (int i = 0; i < placed.size(); i++) {
                Placed thing = placed.get(i);
                objects.add(new SceneObject(thing.kind, thing.color, thing.texture, thing.size,
                        Box.xyxyInclusive(corners[i][0], corners[i][1], corners[i][2], corners[i][3]), visible.get(i) / (double) thing.area));
            }
            return objects;
        }

        private double[][] hidden() {
            double[][] hidden = new double[placed.size()][placed.size()];
            for (int back = 0; back < placed.size(); back++) {
                Mask mask = placed.get(back).mask;
                for (int y = Math.max(0, mask.top()); y < Math.min(settings.height(), mask.top() + mask.height()); y++) {
                    for (int x = Math.max(0, mask.left()); x < Math.min(settings.width(), mask.left() + mask.width()); x++) {
                        int front = labels[y * settings.width() + x];
                        if (front != NOTHING && front != back && mask.at(x, y) >= Mask.INSIDE) {
                            hidden[front][back] += 1.0 / placed.get(back).area;
                        }
                    }
                }
            }
            return hidden;
        }
    }
}
