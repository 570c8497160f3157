package dev.gleaner.account;

import dev.gleaner.Settings;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;

/** At start, takes over the administrator's token that the settings name. Where they name none, the one known before stays. */
@Singleton
@Startup
public class AdministratorToken {

    @Inject
    private Settings settings;
    @Inject
    private AccountService accounts;

    @PostConstruct
    void takeOver() {
        settings.adminToken().ifPresent(accounts::setAdministratorToken);
    }
}
