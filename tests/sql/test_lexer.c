#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/sql/lexer.h"

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

/* "keyword SELECT|white space  |integer 1": kinds and texts; a hole is written ^. */
static Str told(Arena *arena, Str text)
{
    TokenVec tokens = tokens_of(arena, text);
    Buf      out    = buf_new(arena);

    vec_each(token, &tokens) {
        if (token->kind == TOKEN_END)
            break;
        buf_format(&out, "%s%s " STR_FORMAT, out.len ? "|" : "", token_kind_name(token->kind),
                   STR_ARG(token_text(text, *token)));
    }
    for (size_t i = 0; i < out.len; i++)
        if (out.ptr[i] == SQL_HOLE)
            out.ptr[i] = '^';
    return buf_str(&out);
}

static void assert_tokens(Arena *arena, const char *sql, const char *expected)
{
    Str text = str_copy(arena, str_of(sql));

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '^')
            ((char *)text.ptr)[i] = SQL_HOLE;
    assert_string_equal(str_cstr(arena, told(arena, text)), expected);
}

static void words_are_keywords_in_any_case_and_names_otherwise(void **state)
{
    assert_tokens(*state, "SeLeCt a$1", "keyword SeLeCt|white space  |name a$1");
    assert_tokens(*state, "selects", "name selects");
    assert_tokens(*state, "CURRENT_TIMESTAMP", "keyword CURRENT_TIMESTAMP");
    assert_tokens(*state, "CURRENT_TIMESTAMPS", "name CURRENT_TIMESTAMPS");
    assert_tokens(*state, "stra\xC3\x9F" "e", "name stra\xC3\x9F" "e");
}

static void quotes_are_undone_by_doubling_and_by_nothing_else(void **state)
{
    assert_tokens(*state, "'it''s'", "string 'it''s'");
    assert_tokens(*state, "'a\\'", "string 'a\\'");
    assert_tokens(*state, "\"a\"\"b\"", "quoted name \"a\"\"b\"");
    assert_tokens(*state, "`a``b`", "quoted name `a``b`");
    assert_tokens(*state, "[a]]", "quoted name [a]|illegal text ]");
}

static void what_is_never_closed_is_illegal_to_the_end(void **state)
{
    assert_tokens(*state, "'abc", "illegal text 'abc");
    assert_tokens(*state, "\"abc''", "illegal text \"abc''");
    assert_tokens(*state, "[abc", "illegal text [abc");
    assert_tokens(*state, "x'4", "illegal text x'4");
}

static void numbers_end_where_sqlite_ends_them(void **state)
{
    assert_tokens(*state, "12", "integer 12");
    assert_tokens(*state, "0x1F", "integer 0x1F");
    assert_tokens(*state, "0x1Fg", "integer 0x1F|name g");
    assert_tokens(*state, "0x", "illegal text 0x");
    assert_tokens(*state, "1.5e-3", "float 1.5e-3");
    assert_tokens(*state, "1.", "float 1.");
    assert_tokens(*state, ".5", "float .5");
    assert_tokens(*state, "1e", "illegal text 1e");
    assert_tokens(*state, "1e+", "illegal text 1e|plus +");
    assert_tokens(*state, "1_000", "illegal text 1_000");
    assert_tokens(*state, "1..2", "float 1.|float .2");
}

static void blobs_need_an_even_number_of_hex_digits(void **state)
{
    assert_tokens(*state, "x'4142'", "blob x'4142'");
    assert_tokens(*state, "X''", "blob X''");
    assert_tokens(*state, "x'414'", "illegal text x'414'");
    assert_tokens(*state, "x'4g' 1", "illegal text x'4g'|white space  |integer 1");
    assert_tokens(*state, "x 'a'", "name x|white space  |string 'a'");
}

static void binds_have_five_marks(void **state)
{
    assert_tokens(*state, "? ?12", "bind ?|white space  |bind ?12");
    assert_tokens(*state, ":a@b#c+$d", "bind :a|bind @b|bind #c|plus +|bind $d");
    assert_tokens(*state, "$a::b(c)", "bind $a::b(c)");
    assert_tokens(*state, ":a::b", "bind :a::b");
    assert_tokens(*state, ":a:b", "bind :a|bind :b");
    assert_tokens(*state, ":", "illegal text :");
    assert_tokens(*state, "x::int", "name x|illegal text :|bind :int");
    assert_tokens(*state, "$a(b c", "illegal text $a(b|white space  |name c");
}

static void comments_and_white_space_are_tokens(void **state)
{
    assert_tokens(*state, "1--x\n2", "integer 1|comment --x|white space \n|integer 2");
    assert_tokens(*state, "1/* ; */2", "integer 1|comment /* ; */|integer 2");
    assert_tokens(*state, "/**/1", "comment /**/|integer 1");
    assert_tokens(*state, "/*/1", "comment /*/1");
    assert_tokens(*state, "1 /*", "integer 1|white space  |slash /|star *");
    assert_tokens(*state, "--'", "comment --'");
    assert_tokens(*state, "\v1", "illegal text \v|integer 1");
    assert_tokens(*state, " \v1", "white space  \v|integer 1");
}

static void the_longest_operator_wins(void **state)
{
    assert_tokens(*state, "a->>b->c-d",
                  "name a|double arrow ->>|name b|arrow ->|name c|minus -|name d");
    assert_tokens(*state, "a<>b!=c", "name a|not equal <>|name b|not equal !=|name c");
    assert_tokens(*state, "<<=<", "left shift <<|equals =|less <");
    assert_tokens(*state, "===", "double equals ==|equals =");
    assert_tokens(*state, "|||", "concatenation |||pipe |");
    assert_tokens(*state, "!a", "illegal text !|name a");
}

static void a_hole_takes_the_letters_that_touch_it(void **state)
{
    assert_tokens(*state, "a ^ b", "name a|white space  |hole ^|white space  |name b");
    assert_tokens(*state, "tbl_^", "hole tbl_^");
    assert_tokens(*state, "^_id", "hole ^_id");
    assert_tokens(*state, "^^", "hole ^^");
    assert_tokens(*state, "^.a", "hole ^|dot .|name a");
}

static void a_number_is_no_part_of_a_hole(void **state)
{
    assert_tokens(*state, "1^", "integer 1|hole ^");
    assert_tokens(*state, "?^", "bind ?|hole ^");
}

static void a_hole_that_begins_a_bind_or_has_an_underscore_before_it_is_part_of_it(void **state)
{
    assert_tokens(*state, ":^", "bind :^");
    assert_tokens(*state, ":a_^_b", "bind :a_^_b");
    assert_tokens(*state, ":a^", "bind :a|hole ^");
}

static void quoted_tokens_tell_that_they_have_a_hole(void **state)
{
    Arena   *arena  = *state;
    TokenVec tokens = tokens_of(arena, STR("'a\x1a' \"b\" /*\x1a*/"));

    assert_int_equal(tokens.items[0].kind, TOKEN_STRING);
    assert_true(tokens.items[0].has_hole);
    assert_int_equal(tokens.items[2].kind, TOKEN_QUOTED_NAME);
    assert_false(tokens.items[2].has_hole);
    assert_int_equal(tokens.items[4].kind, TOKEN_COMMENT);
    assert_true(tokens.items[4].has_hole);
}

static void a_nul_byte_is_illegal_wherever_it_stands(void **state)
{
    Arena   *arena  = *state;
    TokenVec tokens = tokens_of(arena, (Str) { "'a\0b'", 5 });

    assert_int_equal(tokens.items[0].kind, TOKEN_ILLEGAL);
    assert_int_equal(tokens.items[0].hi, 2);
    assert_int_equal(tokens.items[1].kind, TOKEN_ILLEGAL);
    assert_int_equal(tokens.items[1].hi, 3);
}

static void the_keywords_are_in_the_order_the_search_needs(void **state)
{
    (void)state;

    for (Keyword keyword = 1; keyword < KEYWORD_COUNT; keyword++) {
        assert_int_equal(keyword_of(str_of(keyword_name(keyword))), keyword);
        if (keyword > 1)
            assert_true(strcmp(keyword_name(keyword - 1), keyword_name(keyword)) < 0);
    }
    assert_int_equal(keyword_of(STR("")), KEYWORD_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_keywords_in_any_case_and_names_otherwise),
        TEST(quotes_are_undone_by_doubling_and_by_nothing_else),
        TEST(what_is_never_closed_is_illegal_to_the_end),
        TEST(numbers_end_where_sqlite_ends_them),
        TEST(blobs_need_an_even_number_of_hex_digits),
        TEST(binds_have_five_marks),
        TEST(comments_and_white_space_are_tokens),
        TEST(the_longest_operator_wins),
        TEST(a_hole_takes_the_letters_that_touch_it),
        TEST(a_number_is_no_part_of_a_hole),
        TEST(a_hole_that_begins_a_bind_or_has_an_underscore_before_it_is_part_of_it),
        TEST(quoted_tokens_tell_that_they_have_a_hole),
        TEST(a_nul_byte_is_illegal_wherever_it_stands),
        TEST(the_keywords_are_in_the_order_the_search_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
