#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/schema/types.h"

static void affinities_follow_the_five_rules_in_their_order(void **state)
{
    static const struct {
        const char *declared;
        Affinity    affinity;
    } cases[] = {
        { "INTEGER", AFFINITY_INTEGER },   { "tinyint(1)", AFFINITY_INTEGER },
        { "CHARINT", AFFINITY_INTEGER },   { "POINT", AFFINITY_INTEGER },
        { "VARCHAR(10)", AFFINITY_TEXT },  { "clob", AFFINITY_TEXT },
        { "NVARCHAR", AFFINITY_TEXT },     { "BLOB", AFFINITY_BLOB },
        { "", AFFINITY_BLOB },             { "REAL", AFFINITY_REAL },
        { "DOUBLE PRECISION", AFFINITY_REAL }, { "FLOAT", AFFINITY_REAL },
        { "DECIMAL(10,2)", AFFINITY_NUMERIC }, { "BOOLEAN", AFFINITY_NUMERIC },
        { "DATETIME", AFFINITY_NUMERIC },  { "STRING", AFFINITY_NUMERIC },
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(affinity_of(str_of(cases[i].declared)), cases[i].affinity);
}

static void a_declared_type_has_its_type_on_postgres(void **state)
{
    static const struct {
        const char *declared;
        PgType      type;
    } cases[] = {
        { "INTEGER", PG_BIGINT },  { "UNSIGNED BIG INT", PG_BIGINT }, { "INTEGER(11)", PG_BIGINT },
        { "TEXT", PG_TEXT },       { "VARCHAR(10)", PG_TEXT },        { "STRING", PG_TEXT },
        { "", PG_TEXT },           { "REAL", PG_DOUBLE },             { "FLOAT", PG_DOUBLE },
        { "NUMERIC", PG_NUMERIC }, { "DECIMAL(10, 2)", PG_NUMERIC },  { "NUMBER", PG_NUMERIC },
        { "BLOB", PG_BYTEA },      { "UUID", PG_TEXT },               { "ANY", PG_UNKNOWN },
        { "ENUM", PG_TEXT },       { "NUMBER (8)", PG_NUMERIC },      { "UNSIGNED DEC", PG_NUMERIC },
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pg_type_of(str_of(cases[i].declared), MEANS_PLAIN), cases[i].type);
}

static void a_meaning_outweighs_the_declared_type(void **state)
{
    (void)state;

    assert_int_equal(pg_type_of(STR("INTEGER"), MEANS_BOOLEAN), PG_BOOLEAN);
    assert_int_equal(pg_type_of(STR("TEXT"), MEANS_TIMESTAMPTZ), PG_TIMESTAMPTZ);
    assert_int_equal(pg_type_of(STR("TEXT"), MEANS_JSON), PG_JSONB);
    assert_int_equal(pg_type_of(STR("BOOLEAN"), MEANS_INTEGER), PG_BIGINT);
    assert_string_equal(pg_type_sql(PG_DOUBLE), "DOUBLE PRECISION");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affinities_follow_the_five_rules_in_their_order),
        cmocka_unit_test(a_declared_type_has_its_type_on_postgres),
        cmocka_unit_test(a_meaning_outweighs_the_declared_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
