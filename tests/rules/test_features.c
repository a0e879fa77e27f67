/*
 * Every construct that the translator remarks on belongs to a rule of some family, or is written down here with the
 * reason why it is no offence. The features are read out of the translator's own sources: a literal behind the id
 * of a row of the semantics ("SQL-01", "insert-or-ignore"), or one given to a function that passes it on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>

#include "rules/runner.h"
#include "tests/given_file.h"
#include "tests/rules/analysis.h"

/* No rule is about these: FEATURE, REASON. */
static const struct {
    const char *feature, *reason;
} exceptions[] = {
    { "broken", "SQLite refuses it too, or it is but a part of a statement; the unit's verdict tells" },
    { "colon", "text() alone minds it, the port writes a backslash, and execute/string-without-text reports the call" },
    { "hole", "it says what Python puts into the text, not what the statement does; the unit's verdict tells" },
    { "unknown-type", "it says what the schema does not tell, not what the statement does; the unit's verdict tells" },
    { "result-type", "Python reads another type; the port looks after who reads it, and types/* report those it finds" },
    { "folded-names", "the key of a result is an offence only where it is read, which rows/row-by-name reports" },
    { "renamed", "the definition is the offence, which schema/name reports; the unit's verdict tells" },
    { "result-key", "the key of a result is an offence only where it is read, which rows/row-by-name reports" },
};

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

/* -- reading the sources --------------------------------------------------------------------- */

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "SQL-13b" */
static bool is_code(Str text)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] >= 'A' && text.ptr[at] <= 'Z')
        at++;
    if (at < 2 || at + 1 >= text.len || text.ptr[at] != '-' || !is_digit(text.ptr[at + 1]))
        return false;
    for (at++; at < text.len; at++)
        if (!is_digit(text.ptr[at]) && !is_lower(text.ptr[at]))
            return false;
    return true;
}

/* "insert-or-ignore" */
static bool is_word(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_lower(text.ptr[i]) && !(i && (is_digit(text.ptr[i]) || text.ptr[i] == '-')))
            return false;
    return text.len > 0;
}

/* Does a feature follow the words before a literal, no other literal or statement between? */
static bool is_announced(Str before)
{
    static const char *const words[] = { "told(",         "cured(",    "told_modifier(", "told_no_text(",
                                         "feature =",     " SAME,",    " DIFFERS," };
    size_t                   from    = before.len;

    while (from > 0 && before.ptr[from - 1] != ';' && before.ptr[from - 1] != '"')
        from--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_contains(str_slice(before, from, before.len), str_of(words[i])))
            return true;
    return false;
}

static bool is_among(const StrVec *words, Str word)
{
    vec_each(known, words)
        if (str_eq(*known, word))
            return true;
    return false;
}

static void add(Arena *arena, StrVec *words, Str word)
{
    if (!is_among(words, word))
        vec_push(arena, words, str_copy(arena, word));
}

/* Where the literal ends whose quote is at `at`. */
static size_t literal_end(Str text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        if (text.ptr[at] == '\\')
            at++;
    return at;
}

static void features_in(Arena *arena, Str text, StrVec *out)
{
    bool wanted = false;

    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == ';' || c == '}')
            wanted = false;
        if (c == '\'' && at + 2 < text.len) {
            at += text.ptr[at + 1] == '\\' ? 3 : 2;
            continue;
        }
        if (c == '/' && at + 1 < text.len && text.ptr[at + 1] == '*') {
            at += str_find(str_slice(text, at, text.len), STR("*/")) + 1;
            continue;
        }
        if (c != '"')
            continue;
        size_t end     = literal_end(text, at);
        Str    literal = str_slice(text, at + 1, end);
        wanted         = (wanted && is_word(literal)) || is_code(literal) || is_announced(str_slice(text, 0, at));
        if (wanted && is_word(literal))
            add(arena, out, literal);
        at = end;
    }
}

static void read_features(Arena *arena, StrVec *out)
{
    static const char *const patterns[] = { "rewriters/sql/*.c", "rewriters/sql/*.def" };

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        assert_int_equal(glob(patterns[i], 0, NULL, &found), 0);
        for (size_t f = 0; f < found.gl_pathc; f++)
            features_in(arena, file_given(arena, found.gl_pathv[f]), out);
        globfree(&found);
    }
}

/* -- the tests ------------------------------------------------------------------------------- */

static bool is_excepted(Str feature)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (str_is(feature, exceptions[i].feature))
            return true;
    return false;
}

static size_t rules_with(const char *feature)
{
    size_t count = 0;

    for (size_t i = 0; i < rule_count; i++)
        count += rule_has_feature(rule_registry[i].rule, feature);
    return count;
}

static void the_reader_sees_every_way_a_feature_is_written(void **state)
{
    StrVec got    = { 0 };
    char   text[] = "told(w, \"SQL-01\", \"one\", SQL_SAME, x, \"a message; no-feature\", yes ? \"true\" : \"\");\n"
                    "cured(w, date ? \"DT-01\" : \"SQL-01b\", date ? \"two\" : \"three\", SQL_DIFFERS, x, \"Message\");\n"
                    "told_modifier(w, node, args == 1 ? \"four-5\" : \"six\");\n"
                    "static const char *const feature = \"seven\";\n"
                    "told_unknown_type(w, \"SQL-21\", x); name(\"unread\");\n"
                    "REFUSED(\"char\", \"SQL-13\", \"eight\", \"Postgres has none\")\n"
                    "FORM(\"acos\", 1, \"D\", DOUBLE, BOTH,  SAME,  \"nine\", \"ACOS($1)\", \"Postgres gives up\")\n"
                    "told_no_text(w, call, \"ten\");\n"
;

    features_in(*state, str_of(text), &got);

    static const char *const want[] = { "one", "two", "three", "four-5", "six", "seven", "eight", "nine", "ten" };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_true(is_among(&got, str_of(want[i])));
    assert_int_equal(got.count, sizeof want / sizeof *want);
}

static void every_feature_of_the_translator_has_a_rule_or_a_reason(void **state)
{
    StrVec features = { 0 };
    size_t wrong    = 0;

    read_features(*state, &features);

    assert_true(features.count > 150);
    vec_each(name, &features) {
        char *feature = str_cstr(*state, *name);
        if (rules_with(feature) > 0 || is_excepted(*name))
            continue;
        print_error("%s: no rule has this feature, and no reason is given\n", feature);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void what_rules_and_exceptions_name_is_a_feature(void **state)
{
    StrVec features = { 0 };
    size_t wrong    = 0;

    read_features(*state, &features);

    for (size_t i = 0; i < rule_count; i++)
        for (size_t f = 0; f < FEATURE_LIMIT && rule_registry[i].rule->features[f]; f++)
            if (!is_among(&features, str_of(rule_registry[i].rule->features[f]))) {
                print_error("%s: the translator has no feature %s\n", rule_registry[i].rule->id,
                            rule_registry[i].rule->features[f]);
                wrong++;
            }
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        assert_true(strlen(exceptions[i].reason) > 0);
        if (!is_among(&features, str_of(exceptions[i].feature)) || rules_with(exceptions[i].feature) > 0) {
            print_error("%s: no feature, or one that has a rule\n", exceptions[i].feature);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_reader_sees_every_way_a_feature_is_written),
        TEST(every_feature_of_the_translator_has_a_rule_or_a_reason),
        TEST(what_rules_and_exceptions_name_is_a_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
