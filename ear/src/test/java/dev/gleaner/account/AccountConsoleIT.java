package dev.gleaner.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gleaner.Browser;
import dev.gleaner.GleanerServer;
import dev.gleaner.GleanerServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Signing in and out, and who may, in a real browser. Leaves pictures of the pages. */
@ExtendWith(GleanerServerExtension.class)
class AccountConsoleIT {

    private static final String NEXT = "another horse entirely";

    private People people;

    @BeforeEach
    void prepare(GleanerServer server) {
        people = new People(server);
    }

    @AfterEach
    void clean() {
        people.close();
    }

    private static void signIn(Browser browser, String name, String password) {
        // The page that is left may have a field of this name as well.
        WebElement field = browser.find("gl-sign-in input[name=name]");
        field.clear();
        field.sendKeys(name);
        browser.find("gl-sign-in input[name=password]").sendKeys(password, Keys.ENTER);
    }

    @Test
    void theFirstUserIsMadeWithTheTokenAndMakesTheNext(GleanerServer server) {
        try (Browser browser = Browser.start()) {
            browser.signIn(server);
            browser.open(server, "/users");
            browser.awaitText("h2", "No user yet");
            assertThat(browser.find("select[name=role]").getAttribute("value")).isEqualTo("administrator");
            assertThat(browser.barriers()).isEmpty();
            browser.find("input[name=name]").sendKeys("grace", Keys.ENTER);
            String password = browser.find("code.password").getText();
            browser.find("tr[data-user=grace]");
            browser.find("header.top button").click();

            browser.find("input[name=password]");
            browser.pictures("sign-in-password");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
            signIn(browser, "grace", "not the password");
            browser.awaitText("[role=alert]", "The name or the password is wrong.");
            browser.complaints();
            signIn(browser, "grace", password);
            browser.awaitText("h1", "Overview");

            browser.open(server, "/account");
            browser.find("input[name=current]").sendKeys(password);
            browser.find("input[name=next]").sendKeys(NEXT);
            browser.find("input[name=again]").sendKeys(NEXT, Keys.ENTER);
            signIn(browser, "grace", NEXT);
            browser.awaitText("h1", "Account");
            browser.find("section form input[name=name]").sendKeys("laptop", Keys.ENTER);
            browser.find("code.password");
            browser.pictures("account");
            assertThat(browser.barriers()).isEmpty();

            browser.open(server, "/users");
            browser.find("input[name=name]").sendKeys("ann", Keys.ENTER);
            browser.find("tr[data-user=ann]");
            browser.find("tr[data-user=ann] option:nth-child(3)").click();
            browser.await(() -> people.user(id(server, "ann")).get("role").asText().equals("engineer"));
            browser.pictures("users");
            assertThat(browser.barriers()).isEmpty();
            browser.find("tr[data-user=ann] td:last-child button:last-child").click();
            browser.awaitText("dialog h2", "Disable ann?");
            assertThat(browser.barriers()).isEmpty();
            browser.find("dialog .button.primary").click();
            browser.awaitText("tr[data-user=ann] .name", "disabled");
            assertThat(people.user(id(server, "ann")).get("disabled").asBoolean()).isTrue();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aReviewerIsShownNoUsers(GleanerServer server) {
        people.add("rita", "reviewer");
        try (Browser browser = Browser.start()) {
            browser.open(server, "/");
            signIn(browser, "rita", People.PASSWORD);
            browser.awaitText("h1", "Overview");
            assertThat(browser.find("header nav").getText()).contains("Review").doesNotContain("Users");
            browser.open(server, "/users");
            browser.awaitText("[role=alert]", "The role of this account does not allow that.");
            browser.find("header.top button").click();
            browser.find("input[name=password]");
            browser.driver().navigate().refresh();
            browser.find("input[name=password]");
        }
    }

    @Test
    void theIdentityProviderSignsInWithAClick(GleanerServer server) throws IOException {
        try (StandInIssuer issuer = people.issuer(); Browser browser = Browser.start()) {
            issuer.person("4712", "ida", "ml");
            browser.open(server, "/?refused=account");
            browser.awaitText("[role=alert]", "Ask an administrator for a role.");
            browser.find("a[href='/sign-in/openid']").click();
            browser.awaitText("h1", "Overview");
            assertThat(browser.find("header.top a.account").getText()).isEqualTo("ida");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static long id(GleanerServer server, String name) {
        for (var user : server.get("/api/users").expect(200).json().get("items")) {
            if (user.get("name").asText().equals(name)) {
                return user.get("id").asLong();
            }
        }
        throw new AssertionError("no user " + name);
    }
}
