package dev.gleaner.remote;

import java.net.URI;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;

/** An S3-compatible store on loopback that keeps its objects in memory and wants its requests signed. */
final class StandInStore implements AutoCloseable {

    static final String SECRET = "the-secret-key";

    private final BlobStoreContext context = ContextBuilder.newBuilder("transient").credentials("nobody", "nothing").overrides(new Properties()).build(BlobStoreContext.class);
    private final BlobStore blobs = context.getBlobStore();
    private final S3Proxy proxy;

    StandInStore() throws Exception {
        proxy = S3Proxy.builder().blobStore(blobs).endpoint(URI.create("http://127.0.0.1:0")).awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "the-access-key", SECRET).build();
        proxy.start();
    }

    void put(String bucket, String key, byte[] content) {
        blobs.createContainerInLocation(null, bucket);
        blobs.putBlob(bucket, blobs.blobBuilder(key).payload(content).build());
    }

    /** The settings that lead to it. */
    Map<String, String> settings(String secret) {
        return Map.of("GLEANER_S3_ENDPOINT", "http://127.0.0.1:" + proxy.getPort(), "GLEANER_S3_REGION", "eu-central-1", "GLEANER_S3_ACCESS_KEY", "the-access-key",
                "GLEANER_S3_SECRET_KEY", secret);
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        context.close();
    }
}
