package dev.gleaner.remote;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why a host's certificate was not taken, for people. */
public final class Distrust {

    private Distrust() {
    }

    /** @return what is wrong with the certificate, in words that hold no address; empty if a call failed for another reason */
    public static Optional<String> of(Throwable failure) {
        String told = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return Optional.of("its certificate is from no authority that is trusted here; expected one that Java knows, or that GLEANER_TRUSTED_CERTIFICATES names");
            } else if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return Optional.of("its certificate is not valid at this time; expected one that is");
            } else if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
                // What lies below may tell more.
                told = "its certificate is not this host's, or no good; expected one for its name";
            }
        }
        return Optional.ofNullable(told);
    }
}
