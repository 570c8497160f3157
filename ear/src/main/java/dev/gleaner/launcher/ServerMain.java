package dev.gleaner.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The application server's process. It lives as long as its standard input is open: the launcher closes it to ask for an orderly end,
 * and the kernel closes it when the launcher is gone. Signals to the process group are ignored, so that the launcher decides the order.
 */
public final class ServerMain {

    private static final long LONGEST_FAREWELL_MS = 60_000;

    private ServerMain() {
    }

    /** @param args the file to hold locked while this process lives, then the arguments of the server's own main class */
    public static void main(String[] args) throws Exception {
        Thread watch = new Thread(ServerMain::endWithStandardInput, "launcher-watch");
        watch.setDaemon(true);
        watch.start();
        FileChannel lockFile = FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lockFile.tryLock() == null) {
            throw new IllegalStateException("another server holds " + args[0]);
        }
        Class.forName("com.sun.enterprise.glassfish.bootstrap.ASMain").getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    }

    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said on this line; only its end matters.
            }
        } catch (IOException e) {
            System.err.println("standard input broke: " + e);
        }
        Thread halt = new Thread(() -> {
            try {
                Thread.sleep(LONGEST_FAREWELL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        }, "halt");
        halt.setDaemon(true);
        halt.start();
        System.exit(0);
    }
}
