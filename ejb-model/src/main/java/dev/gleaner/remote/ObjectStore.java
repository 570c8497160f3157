package dev.gleaner.remote;

import dev.gleaner.format.RemoteAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The S3-compatible store of the settings. Where it is and how to be let in is theirs alone: neither the environment of Amazon's tools nor the
 * machine's own credentials are looked at. The library tries again what may succeed.
 */
final class ObjectStore implements AutoCloseable {

    private final RemoteSettings.Store settings;
    private final Patience patience;
    private final int page;
    private final S3Client client;

    /** @param page how many names to ask for at once, at most 1000 */
    ObjectStore(RemoteSettings.Store settings, Patience patience, int page) {
        this.settings = settings;
        this.patience = patience;
        this.page = page;
        S3ClientBuilder builder = S3Client.builder().region(Region.of(settings.region())).forcePathStyle(settings.pathStyle())
                .credentialsProvider(settings.accessKey().isPresent() && settings.secretKey().isPresent()
                        ? StaticCredentialsProvider.create(AwsBasicCredentials.create(settings.accessKey().get(), settings.secretKey().get()))
                        : AnonymousCredentialsProvider.create())
                // What other stores know of Amazon's newer checksums differs; the digest of the whole is compared anyway.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED).responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(patience.connect()).socketTimeout(patience.silence()))
                .overrideConfiguration(override -> override.defaultProfileFile(ProfileFile.aggregator().build())
                        .apiCallAttemptTimeout(patience.attempt()).apiCallTimeout(patience.image()));
        settings.endpoint().map(URI::normalize).ifPresent(builder::endpointOverride);
        this.client = builder.build();
    }

    /** Fetches an object into a file, which may be there already and is written anew. */
    void fetch(RemoteAddress address, Path target) throws IOException {
        try {
            client.getObject(request -> request.bucket(address.bucket()).key(address.key()), (answer, in) -> {
                if (answer.contentLength() != null && answer.contentLength() > patience.bytes()) {
                    throw new UnreachableImage(address + " has " + answer.contentLength() + " bytes; expected at most " + patience.bytes());
                }
                try {
                    BoundedCopy.copy(in, target, patience.bytes(), address);
                } catch (UnreachableImage e) {
                    throw e;
                } catch (IOException e) {
                    throw RetryableException.create("the answer broke off", e);
                }
                return answer;
            });
        } catch (SdkException e) {
            throw unreachable(address, e);
        }
    }

    /** The keys below a folder, in the store's order, which are asked for page by page. A failing store throws {@link SdkException}. */
    Iterator<String> keys(String bucket, String prefix) {
        return client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix).maxKeys(page)).contents().stream().map(S3Object::key).iterator();
    }

    /** What the store says, without what the library adds about its requests. */
    UnreachableImage unreachable(RemoteAddress address, SdkException e) {
        if (root(e) instanceof UnreachableImage ours) {
            return ours;
        }
        Optional<String> distrust = Distrust.of(e);
        if (distrust.isPresent()) {
            return new UnreachableImage(address + ": the store (" + settings + ") is not asked: " + distrust.get(), e);
        }
        Optional<AwsServiceException> answer = Optional.of(e).filter(AwsServiceException.class::isInstance).map(AwsServiceException.class::cast);
        return new UnreachableImage(answer.map(said -> address + ": the store (" + settings + ") answers " + said.statusCode()
                        + Optional.ofNullable(said.awsErrorDetails()).map(details -> ", " + details.errorCode()).orElse(""))
                .orElseGet(() -> address + ": the store (" + settings + ") does not answer: " + said(root(e))), e);
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String said(Throwable root) {
        return root.getClass().getSimpleName() + (root instanceof IOException ? ": " + root.getMessage() : "");
    }

    @Override
    public void close() {
        client.close();
    }
}
