package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gleaner.InvalidInput;
import java.util.Optional;
import org.glassfish.soteria.identitystores.hash.Pbkdf2PasswordHashImpl;
import org.junit.jupiter.api.Test;

class PasswordsTest {

    private final Passwords passwords = new Passwords(new Pbkdf2PasswordHashImpl(), Passwords.ITERATIONS);

    @Test
    void keepsASaltedHashThatOnlyThePasswordMatches() {
        String hash = passwords.hash("correct horse");
        assertThat(hash).startsWith("PBKDF2WithHmacSHA512:210000:").doesNotContain("horse").isNotEqualTo(passwords.hash("correct horse"));
        assertThat(passwords.matches("correct horse", Optional.of(hash))).isTrue();
        assertThat(passwords.matches("Correct horse", Optional.of(hash))).isFalse();
        assertThat(passwords.matches("correct horse", Optional.empty())).as("of nobody").isFalse();
    }

    @Test
    void refusesWhatIsTooShortTooLongBlankOrTheNameWithoutShowingIt() {
        for (String unfit : new String[] {"ninechars", "x".repeat(201), " ".repeat(12), "Annabelle.Lee"}) {
            assertThatThrownBy(() -> Passwords.check("password", unfit, "annabelle.lee")).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("10 to 200 characters").hasMessageNotContaining(unfit);
        }
        assertThatThrownBy(() -> Passwords.check("password", null, "ann")).hasMessageContaining("is missing");
        assertThatCode(() -> Passwords.check("password", "tencharact", "ann")).doesNotThrowAnyException();
    }

    @Test
    void makesUpPasswordsThatItWouldTake() {
        String made = Passwords.random();
        assertThat(made).hasSize(22).isNotEqualTo(Passwords.random());
        assertThatCode(() -> Passwords.check("password", made, "ann")).doesNotThrowAnyException();
    }
}
