-- People who sign in, by a password or by OpenID Connect; what they and others did with their accounts; how fast one may guess.

create table users (
    id                bigint generated always as identity primary key,
    name              text not null,
    role              text not null check (role in ('administrator', 'engineer', 'reviewer', 'viewer')),
    -- PBKDF2 with its parameters and salt; null for people whom an identity provider signs in.
    password_hash     text,
    issuer            text,
    subject           text,
    disabled          boolean not null default false,
    created_at        timestamptz not null default now(),
    last_signed_in_at timestamptz,
    unique (issuer, subject),
    check ((password_hash is null) = (issuer is not null)),
    check ((issuer is null) = (subject is null))
);
create unique index users_name on users (lower(name));

-- A token of a user has the user's role and is called USER/NAME; one of nobody is for a machine.
alter table api_tokens add column user_id bigint references users on delete cascade;
create index api_tokens_user on api_tokens (user_id) where user_id is not null;

alter table console_sessions alter column token_id drop not null;
alter table console_sessions add column user_id bigint references users on delete cascade;
alter table console_sessions add constraint console_sessions_owner check (num_nonnulls(token_id, user_id) = 1);
create index console_sessions_token on console_sessions (token_id);
create index console_sessions_user on console_sessions (user_id);
create index console_sessions_expiry on console_sessions (expires_at);

-- In the database, so that neither a restart nor a second server gives a guesser more guesses.
create table sign_in_failures (
    key           text primary key,
    scope         text not null check (scope in ('PAIR', 'NAME', 'ADDRESS')),
    failures      integer not null,
    last_at       timestamptz not null,
    blocked_until timestamptz not null
);
create index sign_in_failures_last on sign_in_failures (last_at);

create table account_events (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    actor   text not null,
    action  text not null,
    account text not null,
    address text,
    before  text,
    after   text
);
create index account_events_account on account_events (account, id);
