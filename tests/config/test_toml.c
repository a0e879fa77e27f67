#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/config/nearest.h"
#include "analyzers/config/toml.h"

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

static TomlValue read_fine(Arena *arena, const char *text)
{
    TomlValue root;
    Error     why = { "" };

    if (!toml_read(arena, STR("t.toml"), str_of(text), &root, &why))
        fail_msg("%s", why.message);
    return root;
}

static void assert_refused(Arena *arena, const char *text, const char *message)
{
    TomlValue root = { .line = 77 };
    Error     why  = { "" };

    assert_false(toml_read(arena, STR("t.toml"), str_of(text), &root, &why));
    assert_string_equal(why.message, message);
    assert_int_equal(root.line, 77);
}

static Str string_at(const TomlValue *table, const char *key)
{
    const TomlValue *value = toml_find(table, str_of(key));

    assert_non_null(value);
    assert_int_equal(value->type, TOML_STRING);
    return value->text;
}

static void assert_text(Str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.ptr ? got.ptr : "", expected, got.len);
}

static void an_empty_document_is_an_empty_table(void **state)
{
    TomlValue root = read_fine(*state, "");

    assert_int_equal(root.type, TOML_TABLE);
    assert_int_equal(root.entries.count, 0);
}

static void each_type_of_value_is_read(void **state)
{
    TomlValue root = read_fine(*state, "s = 'x'\ni = -1_000\nh = 0xFF\no = 0o17\nb = 0b101\n"
                                       "f = 6.5e-1\nt = true\nd = 2026-02-28T07:32:00Z\n"
                                       "a = [1, 'two', [3]]\n");

    assert_text(string_at(&root, "s"), "x");
    assert_int_equal(toml_find(&root, STR("i"))->integer, -1000);
    assert_int_equal(toml_find(&root, STR("h"))->integer, 255);
    assert_int_equal(toml_find(&root, STR("o"))->integer, 15);
    assert_int_equal(toml_find(&root, STR("b"))->integer, 5);
    assert_float_equal(toml_find(&root, STR("f"))->number, 0.65, 1e-9);
    assert_true(toml_find(&root, STR("t"))->truth);
    assert_text(toml_find(&root, STR("d"))->text, "2026-02-28T07:32:00Z");
    const TomlValue *array = toml_find(&root, STR("a"));
    assert_int_equal(array->items.count, 3);
    assert_text(array->items.items[1]->text, "two");
    assert_int_equal(array->items.items[2]->items.items[0]->integer, 3);
}

static void basic_strings_know_their_escapes(void **state)
{
    TomlValue root = read_fine(*state, "s = \"a\\tb\\n\\\"q\\\" \\u00e9 \\U0001F600 \\\\\"\n");

    assert_text(string_at(&root, "s"), "a\tb\n\"q\" \xC3\xA9 \xF0\x9F\x98\x80 \\");
}

static void literal_strings_take_backslashes_as_they_are(void **state)
{
    TomlValue root = read_fine(*state, "s = 'C:\\new\\u00e9'\nm = '''\na\\  \nb''''\n");

    assert_text(string_at(&root, "s"), "C:\\new\\u00e9");
    assert_text(string_at(&root, "m"), "a\\  \nb'");
}

static void a_backslash_at_the_end_of_a_line_joins_the_lines(void **state)
{
    TomlValue root =
        read_fine(*state, "s = \"\"\"\nThe quick \\\n\n   brown \\  \t\n  fox \\\\  \n.\"\"\"\n");

    assert_text(string_at(&root, "s"), "The quick brown fox \\  \n.");
}

static void multi_line_strings_may_end_in_quotes_of_their_own(void **state)
{
    TomlValue root = read_fine(*state, "s = \"\"\"\"a\"\"\"\"\"\n");

    assert_text(string_at(&root, "s"), "\"a\"\"");
}

static void windows_line_ends_stay_in_multi_line_strings(void **state)
{
    TomlValue root = read_fine(*state, "s = \"\"\"\r\na\r\nb\"\"\"\r\nt = 1\r\n");

    assert_text(string_at(&root, "s"), "a\r\nb");
    assert_int_equal(toml_find(&root, STR("t"))->line, 4);
}

static void dotted_keys_tables_and_inline_tables_nest(void **state)
{
    TomlValue root =
        read_fine(*state, "a.\"b c\".d = 1\n[a.e]\nx = { y.z = 2, w = [{ v = 3 }] }\n");

    const TomlValue *a = toml_find(&root, STR("a"));
    assert_int_equal(toml_find(toml_find(a, STR("b c")), STR("d"))->integer, 1);
    const TomlValue *x = toml_find(toml_find(a, STR("e")), STR("x"));
    assert_int_equal(toml_find(toml_find(x, STR("y")), STR("z"))->integer, 2);
    assert_int_equal(toml_find(toml_find(x, STR("w"))->items.items[0], STR("v"))->integer, 3);
}

static void arrays_of_tables_collect_their_tables(void **state)
{
    TomlValue root =
        read_fine(*state, "[[card]]\nid = 'A'\n[card.more]\nk = 1\n[[card]]\nid = 'B'\n");

    const TomlValue *cards = toml_find(&root, STR("card"));
    assert_int_equal(cards->items.count, 2);
    assert_text(string_at(cards->items.items[0], "id"), "A");
    assert_int_equal(toml_find(toml_find(cards->items.items[0], STR("more")), STR("k"))->integer,
                     1);
    assert_text(string_at(cards->items.items[1], "id"), "B");
    assert_int_equal(cards->items.items[1]->line, 5);
}

static void entries_keep_their_order_and_know_their_place(void **state)
{
    TomlValue root = read_fine(*state, "z = 1\n\n\"\xC3\xA9\" = 'x' # c\n  a =   [ 'y' ]\n");

    assert_text(root.entries.items[0].key, "z");
    assert_text(root.entries.items[1].key, "\xC3\xA9");
    assert_int_equal(root.entries.items[1].value->line, 3);
    assert_int_equal(root.entries.items[1].value->column, 7);
    assert_int_equal(root.entries.items[2].line, 4);
    assert_int_equal(root.entries.items[2].column, 3);
    assert_int_equal(root.entries.items[2].value->items.items[0]->column, 11);
}

static void a_key_given_twice_is_refused_wherever_it_hides(void **state)
{
    assert_refused(*state, "a = 1\na = 2\n",
                   "t.toml:2:1: \"a\" was already given in line 1; keep one");
    assert_refused(*state, "[a]\n[b]\n[a]\n",
                   "t.toml:3:2: \"a\" was already given in line 1; keep one");
    assert_refused(*state, "a = { b = 1 }\na.c = 2\n",
                   "t.toml:2:1: \"a\" was already given in line 1; keep one");
    assert_refused(*state, "a.b = 1\n[a]\n",
                   "t.toml:2:2: \"a\" was already given in line 1; keep one");
    assert_refused(*state, "a = []\n[[a]]\n",
                   "t.toml:2:3: \"a\" was already given in line 1; keep one");
    assert_refused(*state, "x = { 'k' = 1, \"k\" = 2 }\n",
                   "t.toml:1:16: \"k\" was already given in line 1; keep one");
}

static void what_is_not_toml_is_refused_where_it_stands(void **state)
{
    assert_refused(*state, "a = 1\nb = caller\n",
                   "t.toml:2:5: not TOML: a value stands here in quotes, brackets or braces, or is "
                   "a number, a date, true or false; found \"caller\"");
    assert_refused(*state, "a = [1, 2\nb = 3\n",
                   "t.toml:2:1: not TOML: did not expect \"b = 3\" here");
    assert_refused(*state, "[tool\n", "t.toml:1:6: not TOML: the line is not complete");
    assert_refused(*state, "a = \"x\\q\"\n", "t.toml:1:7: not TOML: did not expect \"\\q\"\" here");
    assert_refused(*state, "a = \"\xFF\"\n", "t.toml:1:6: not UTF-8, as TOML has to be: byte 0xff");
}

static void values_that_cannot_be_are_refused(void **state)
{
    assert_refused(*state, "a = 9223372036854775808\n",
                   "t.toml:1:5: a whole number does not fit 64 bits");
    assert_refused(*state, "a = 2026-02-29\n", "t.toml:1:5: there is no such day");
    assert_refused(*state, "a = '''x''''''\n",
                   "t.toml:1:5: a string over several lines holds its own end");
    assert_refused(*state, "a = \"\\ud800\"\n",
                   "t.toml:1:5: a string holds an escape that is no Unicode character");
}

static void what_nests_too_deep_is_refused(void **state)
{
    Buf text = buf_new(*state);
    buf_add(&text, STR("a = "));
    for (int i = 0; i < 5000; i++)
        buf_add_char(&text, '[');
    for (int i = 0; i < 5000; i++)
        buf_add_char(&text, ']');
    buf_add(&text, STR("\n"));
    buf_add_char(&text, '\0');
    text.len--;

    assert_refused(*state, text.ptr, "t.toml:1:69: more than 64 arrays and tables in one another");
}

static void a_mistyped_word_finds_the_one_that_was_meant(void **state)
{
    static const Str known[] = { { "exclude", 7 }, { "include", 7 }, { "per-file-ignores", 16 } };
    (void)state;

    assert_text(nearest_word(STR("inculde"), known, 3), "include");
    assert_text(nearest_word(STR("Per_File_Ignore"), known, 3), "per-file-ignores");
    assert_int_equal(nearest_word(STR("sqlalchemy"), known, 3).len, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(an_empty_document_is_an_empty_table),
        TEST(each_type_of_value_is_read),
        TEST(basic_strings_know_their_escapes),
        TEST(literal_strings_take_backslashes_as_they_are),
        TEST(a_backslash_at_the_end_of_a_line_joins_the_lines),
        TEST(multi_line_strings_may_end_in_quotes_of_their_own),
        TEST(windows_line_ends_stay_in_multi_line_strings),
        TEST(dotted_keys_tables_and_inline_tables_nest),
        TEST(arrays_of_tables_collect_their_tables),
        TEST(entries_keep_their_order_and_know_their_place),
        TEST(a_key_given_twice_is_refused_wherever_it_hides),
        TEST(what_is_not_toml_is_refused_where_it_stands),
        TEST(values_that_cannot_be_are_refused),
        TEST(what_nests_too_deep_is_refused),
        TEST(a_mistyped_word_finds_the_one_that_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
