#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/secrets/secrets.h"

static int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static void a_password_in_a_url_is_found_whatever_the_driver(void **state)
{
    static const char *const texts[] = {
        "postgres://app:s3cr3tpw@db.internal/app",
        "DATABASE_URL=postgresql+psycopg2://app:s3cr3tpw@db.internal:5432/app?sslmode=require",
        "see <postgresql+asyncpg://app:s3cr3tpw@[fe80::1]/app>",
        "POSTGRESQL://APP:s3cr3tpw@HOST",
        "\"postgresql://:s3cr3tpw@db\"",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Str       text = str_of(texts[i]);
        SecretVec got  = secrets_scan(*state, text);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.items[0].kind, SECRET_REAL);
        assert_true(str_is(str_slice(text, got.items[0].password_lo, got.items[0].password_hi), "s3cr3tpw"));
    }
}

static void placeholders_are_no_secrets(void **state)
{
    static const char *const texts[] = {
        "postgres://user:password@host/db",       "postgres://user:***@host/db",
        "postgres://user:<password>@host/db",     "postgres://user:${DB_PASSWORD}@host/db",
        "postgres://user:$PGPASSWORD@host/db",    "postgres://user:%s@host/db",
        "postgres://user:{password}@host/db",     "postgres://user:changeme@host/db",
        "postgres://user:xxxxxxxx@host/db",       "postgres://user:your-password-here@host/db",
        "postgres://user:%(password)s@host/db",   "postgres://user@host/db",
        "postgres://host/db",                     "postgres://user:@host/db",
        "postgres://{user}:{password}@{host}/db", "postgres://<user>:<password>@<host>/<db>",
        "mysql://app:s3cr3tpw@db/app",            "notpostgres://app:s3cr3tpw@db/app",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SecretVec got = secrets_scan(*state, str_of(texts[i]));
        if (got.count)
            fail_msg("taken for a secret: %s", texts[i]);
    }
}

static void a_known_pair_on_this_machine_is_local_only(void **state)
{
    SecretVec local   = secrets_scan(*state, STR("postgres://postgres:postgres@localhost:5432/test"));
    SecretVec own     = secrets_scan(*state, STR("postgres://app:app@127.0.0.1/test"));
    SecretVec distant = secrets_scan(*state, STR("postgres://postgres:postgres@db.internal/test"));
    SecretVec unknown = secrets_scan(*state, STR("postgres://app:Tr0ub4dor@localhost/test"));

    assert_int_equal(local.items[0].kind, SECRET_LOCAL);
    assert_int_equal(own.items[0].kind, SECRET_LOCAL);
    assert_int_equal(distant.items[0].kind, SECRET_REAL);
    assert_int_equal(unknown.items[0].kind, SECRET_REAL);
}

static void a_mask_hides_every_password_and_nothing_else(void **state)
{
    Str text = STR("a postgres://u:0ne@h/x b postgresql://v:tw0@i/y c");

    Str masked = secrets_mask(*state, text);

    assert_true(str_is(masked, "a postgres://u:***@h/x b postgresql://v:***@i/y c"));
}

static void urls_that_touch_are_told_apart(void **state)
{
    Str text = STR("postgres://u:0ne@h,postgres://x:$postgres://v:tw0@i");

    Str masked = secrets_mask(*state, text);

    assert_true(str_is(masked, "postgres://u:***@h,postgres://x:$postgres://v:***@i"));
}

static void text_without_secrets_is_given_back_as_it_is(void **state)
{
    Str text = STR("postgres://user:***@host/db");

    Str masked = secrets_mask(*state, text);

    assert_ptr_equal(masked.ptr, text.ptr);
    assert_int_equal(masked.len, text.len);
}

static void a_password_may_hold_an_at_sign(void **state)
{
    Str text = STR("postgres://app:p@ssw0rd@db.internal/app");

    Str masked = secrets_mask(*state, text);

    assert_true(str_is(masked, "postgres://app:***@db.internal/app"));
}

static void a_long_line_of_beginnings_takes_no_time(void **state)
{
    Arena *arena = *state;
    Buf    text  = buf_new(arena);
    for (int i = 0; i < 20000; i++)
        buf_add(&text, STR("postgres://a:b"));

    SecretVec got = secrets_scan(arena, buf_str(&text));

    assert_int_equal(got.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_password_in_a_url_is_found_whatever_the_driver),
        TEST(placeholders_are_no_secrets),
        TEST(a_known_pair_on_this_machine_is_local_only),
        TEST(a_mask_hides_every_password_and_nothing_else),
        TEST(urls_that_touch_are_told_apart),
        TEST(text_without_secrets_is_given_back_as_it_is),
        TEST(a_password_may_hold_an_at_sign),
        TEST(a_long_line_of_beginnings_takes_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
