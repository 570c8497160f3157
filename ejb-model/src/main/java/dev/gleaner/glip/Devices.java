package dev.gleaner.glip;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the words of the setting {@code GLEANER_DEVICE} to a device that is there. */
public final class Devices {

    private static final Pattern NAMES = Pattern.compile("cpu|gpu(?::(\\d{1,3}))?");

    private Devices() {
    }

    /**
     * @param name {@code cpu}, {@code gpu} (the first one) or {@code gpu:N}, counted from 0
     * @throws IllegalArgumentException if it is none of these, or not there
     */
    public static Device named(String name) {
        // Only a GPU is a reason to load PyTorch now.
        return named(name, name.equals("cpu") ? 0 : gpus(Engine.getEngine("PyTorch")));
    }

    private static int gpus(Engine pytorch) {
        return pytorch.hasCapability(StandardCapabilities.CUDA) ? pytorch.getGpuCount() : 0;
    }

    static Device named(String name, int gpus) {
        Matcher matcher = NAMES.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("GLEANER_DEVICE: \"" + name + "\", expected cpu, gpu or gpu:N");
        }
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        int index = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
        if (index >= gpus) {
            throw new IllegalArgumentException("GLEANER_DEVICE: \"" + name + "\" is not there, expected " + available(gpus));
        }
        return Device.gpu(index);
    }

    private static String available(int gpus) {
        return switch (gpus) {
            case 0 -> "cpu: PyTorch finds no GPU it can use (its GPU libraries come from PYTORCH_LIBRARY_PATH)";
            case 1 -> "cpu or gpu:0";
            default -> "cpu or gpu:0 to gpu:" + (gpus - 1);
        };
    }
}
