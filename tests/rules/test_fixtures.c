/*
 * Every rule against its fixture: fixtures/rules/<family>/<name>.py.
 *
 * A line with `# expect: family/name` must be reported by the rule, one with `# expect-stays:
 * family/name` as well, and no other line. After the port of all units the file is <name>.fixed.py,
 * byte for byte; of the marks only those that stay are reported there, and a second port changes
 * nothing. With BLESS in the environment the twins are written anew: read the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/own.h"
#include "tests/given_file.h"
#include "tests/rules/analysis.h"

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

static char *fixture_name(Arena *arena, const Rule *rule, const char *ending)
{
    return str_cstr(arena, str_format(arena, "fixtures/rules/%s%s", rule->id, ending));
}

static bool is_marked(Str line, const char *mark, const Rule *rule)
{
    size_t at = str_find(line, str_of(mark));
    Str    word;

    if (at == STR_NOT_FOUND)
        return false;
    Str rest = str_slice(line, at + strlen(mark), line.len);
    while (str_cut(&rest, ',', &word))
        if (str_is(str_trim(word), rule->id))
            return true;
    return false;
}

typedef enum When { BEFORE_PORT, AFTER_PORT } When;

/* Compares lines reported with lines marked; counts what differs. */
static size_t differences(const char *name, const Rule *rule, const FindingVec *findings, Str text,
                          When when)
{
    uint32_t number = 0;
    size_t   wrong  = 0;
    Str      line;

    while (str_cut(&text, '\n', &line)) {
        bool reported = false;
        number++;
        vec_each(finding, findings)
            reported |= source_line_of((*finding)->source, (*finding)->lo) == number;
        bool marked = is_marked(line, "# expect-stays: ", rule)
                   || (when == BEFORE_PORT && is_marked(line, "# expect: ", rule));
        if (reported == marked)
            continue;
        print_error("%s:%u: %s %s\n", name, number, rule->id,
                    reported ? "is reported, not marked" : "is marked, not reported");
        wrong++;
    }
    return wrong;
}

static void every_rule_has_a_fixture_with_a_mark(void **state)
{
    Arena *arena = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        char       *name = fixture_name(arena, rule, ".py");
        if (file_exists(name) && file_exists(fixture_name(arena, rule, ".fixed.py"))
            && str_contains(file_given(arena, name), str_format(arena, ": %s", rule->id)))
            continue;
        print_error("%s: no fixture pair with a mark\n", rule->id);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void marks_and_findings_are_the_same(void **state)
{
    Arena *arena = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        char       *name = fixture_name(arena, rule, ".py");
        Str         text = file_given(arena, name);
        wrong += differences(name, rule, &analysis_of(arena, str_of(name), text, rule)->findings,
                             text, BEFORE_PORT);
    }
    assert_int_equal(wrong, 0);
}

static void bless(const char *name, Str text)
{
    OWN(FILE) file = fopen(name, "wb");

    if (!file || fwrite(text.ptr, 1, text.len, file) != text.len)
        fail_msg("cannot write %s", name);
}

static size_t faults_of_port(Arena *arena, const Rule *rule)
{
    char *name = fixture_name(arena, rule, ".py"), *fixed = fixture_name(arena, rule, ".fixed.py");
    Str   after = analysis_port(analysis_of(arena, str_of(name), file_given(arena, name), rule));

    if (getenv("BLESS"))
        bless(fixed, after);
    if (!str_eq(after, file_given(arena, fixed))) {
        print_error("%s: the port differs from %s; it is\n" STR_FORMAT "\n", name, fixed,
                    STR_ARG(after));
        return 1;
    }
    const Analysis *again = analysis_of(arena, str_of(name), after, rule);
    size_t          wrong = differences(fixed, rule, &again->findings, after, AFTER_PORT);
    if (!str_eq(analysis_port(again), after)) {
        print_error("%s: a second port changes it again\n", fixed);
        wrong++;
    }
    return wrong;
}

static void the_port_of_a_fixture_is_its_fixed_twin(void **state)
{
    Arena *arena = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < rule_count; i++)
        wrong += faults_of_port(arena, rule_registry[i].rule);
    assert_int_equal(wrong, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_rule_has_a_fixture_with_a_mark),
        TEST(marks_and_findings_are_the_same),
        TEST(the_port_of_a_fixture_is_its_fixed_twin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
