#include "tests/python/given.h"

#include "analyzers/python/literal.h"

/* The first literal of the file. */
static NodeId literal_node(const Module *module)
{
    for (NodeId id = 1; id < module->tree.count; id++)
        if (tree_kind(&module->tree, id) == PY_STRING || tree_kind(&module->tree, id) == PY_CONCATENATED_STRING)
            return id;
    fail_msg("there is no literal");
    return 0;
}

static void assert_pieces(const Module *module, const Literal *literal)
{
    uint32_t at = 0, src = 0;

    vec_each(piece, &literal->pieces) {
        assert_int_equal(piece->lo, at);
        assert_true(piece->hi >= piece->lo && piece->src_hi > piece->src_lo && piece->src_lo >= src);
        assert_true(piece->part < literal->parts.count);
        const Part *part = &literal->parts.items[piece->part];
        assert_true(piece->src_lo >= part->content_lo && piece->src_hi <= part->content_hi);
        Str text = str_slice(literal->text, piece->lo, piece->hi);
        Str from = str_slice(module->source.text, piece->src_lo, piece->src_hi);
        if (piece->kind == PIECE_PLAIN)
            assert_true(str_eq(text, from));
        if (piece->kind == PIECE_HOLE)
            assert_true(text.len == 1 && text.ptr[0] == HOLE_BYTE && tree_kind(&module->tree, piece->node) == PY_INTERPOLATION);
        at  = piece->hi;
        src = piece->src_hi;
    }
    assert_int_equal(at, literal->text.len);
}

static Literal read_fine(Arena *arena, const char *code)
{
    const Module *module = module_given(arena, code);
    Literal       literal;

    if (!literal_read(arena, &module->tree, literal_node(module), &literal))
        fail_msg("refused: %s", code);
    assert_pieces(module, &literal);
    return literal;
}

static void assert_reads(Arena *arena, const char *code, const char *text)
{
    assert_text(read_fine(arena, code).text, text);
}

static void assert_refused(Arena *arena, const char *code)
{
    const Module *module = module_given(arena, code);
    Literal       literal;

    assert_false(literal_read(arena, &module->tree, literal_node(module), &literal));
}

static void plain_literals_say_what_they_spell(void **state)
{
    assert_reads(*state, "x = 'SELECT 1'", "SELECT 1");
    assert_reads(*state, "x = \"it's\"", "it's");
    assert_reads(*state, "x = ''", "");
    assert_reads(*state, "x = \"\"\"a\nb\"\"\"", "a\nb");
    assert_reads(*state, "x = u'héé'", "héé");
    assert_reads(*state, "x = '''it's \"so\"'''", "it's \"so\"");
}

static void escapes_are_decoded_as_python_does(void **state)
{
    assert_reads(*state, "x = 'a\\n\\t\\\\\\'\\\"'", "a\n\t\\'\"");
    assert_reads(*state, "x = '\\x41\\101\\u00e9\\U0001F600\\7'", "AA\xc3\xa9\xf0\x9f\x98\x80\a");
    assert_reads(*state, "x = 'a\\\nb'", "ab");
    assert_reads(*state, "x = 'a\\\r\nb'", "ab");
    assert_reads(*state, "x = '\\d\\%\\/'", "\\d\\%\\/");
    assert_reads(*state, "x = '\\400'", "\xc4\x80");
}

static void what_cannot_be_decoded_exactly_is_refused(void **state)
{
    assert_refused(*state, "x = '\\N{DASH}'");
    assert_refused(*state, "x = '\\x4'");
    assert_refused(*state, "x = '\\ud800'");
    assert_refused(*state, "x = '\\U00110000'");
    assert_refused(*state, "x = f'{a b}'");
}

static void raw_literals_keep_their_backslashes(void **state)
{
    Literal literal = read_fine(*state, "x = r'\\d\\n\\''");

    assert_text(literal.text, "\\d\\n\\'");
    assert_true(literal.parts.items[0].is_raw);
}

static void bytes_are_decoded_and_marked(void **state)
{
    Literal literal = read_fine(*state, "x = b'a\\xff\\u0041\\N'");

    assert_true(literal.is_bytes);
    assert_text(literal.text, "a\xff\\u0041\\N");
    assert_true(read_fine(*state, "x = Rb'\\n'").is_bytes);
}

static void line_ends_in_triple_quotes_are_one_newline(void **state)
{
    Literal literal = read_fine(*state, "x = '''a\r\nb\rc\nd'''");

    assert_text(literal.text, "a\nb\nc\nd");
    assert_int_equal(literal.pieces.items[1].kind, PIECE_ESCAPE);
    assert_int_equal(literal.pieces.items[1].src_hi - literal.pieces.items[1].src_lo, 2);
}

static void implicit_joins_are_one_text_in_several_parts(void **state)
{
    Literal literal = read_fine(*state, "x = ('SELECT a '  # why\n     \"FROM t \" r'\\w' f' WHERE {b}')");

    assert_text(literal.text, "SELECT a FROM t \\w WHERE \x1a");
    assert_int_equal(literal.parts.count, 4);
    assert_int_equal(literal.parts.items[1].quote, '"');
    assert_true(literal.parts.items[2].is_raw);
    assert_true(literal.parts.items[3].is_format);
    assert_false(literal.parts.items[0].is_format);
}

static void interpolations_are_holes(void **state)
{
    assert_reads(*state, "x = f'a {b} c'", "a \x1a c");
    assert_reads(*state, "x = f'{a}{b}'", "\x1a\x1a");
    assert_reads(*state, "x = f'{a!r:>{width}}.'", "\x1a.");
    assert_reads(*state, "x = f'{d[\"k\"]}'", "\x1a");
    assert_reads(*state, "x = f\"{', '.join('?' for _ in ids)}\"", "\x1a");
    assert_reads(*state, "x = f'{a=}'", "\x1a");
    assert_reads(*state, "x = rf'\\d{a}'", "\\d\x1a");
    assert_reads(*state, "x = f'''a\n{b}\n'''", "a\n\x1a\n");
}

static void doubled_braces_are_braces(void **state)
{
    assert_reads(*state, "x = f'{{{a}}} {{}}'", "{\x1a} {}");
    assert_reads(*state, "x = '{{}}'", "{{}}");
}

static void quotes_inside_interpolations_may_repeat_the_outer_ones(void **state)
{
    assert_reads(*state, "x = f'{d['k']}'", "\x1a");
    assert_reads(*state, "x = f\"{\", \".join(names)} end\"", "\x1a end");
}

static void assert_spelled(Arena *arena, const char *code, const char *text, const char *spelled)
{
    Literal literal = read_fine(arena, code);
    Str     got;

    if (!part_spell(arena, &literal.parts.items[0], str_of(text), &got))
        fail_msg("cannot spell %s in %s", text, code);
    assert_text(got, spelled);
}

static void text_is_spelled_for_the_part_it_goes_into(void **state)
{
    assert_spelled(*state, "x = 'a'", "it's \"b\"\\\n", "it\\'s \"b\"\\\\\\n");
    assert_spelled(*state, "x = \"a\"", "it's \"b\"", "it's \\\"b\\\"");
    assert_spelled(*state, "x = f'a'", "{x}", "{{x}}");
    assert_spelled(*state, "x = '''a'''", "b\nc", "b\nc");
    assert_spelled(*state, "x = \"\"\"a\"\"\"", "say \"b\" now", "say \"b\" now");
    assert_spelled(*state, "x = \"\"\"a\"\"\"", "\"b\" c\"\"d", "\\\"b\" c\\\"\\\"d");
    assert_spelled(*state, "x = r'a'", "\\d+", "\\d+");
    assert_spelled(*state, "x = 'a'", "a\rb", "a\\rb");
}

static void raw_parts_refuse_what_they_cannot_spell(void **state)
{
    Literal raw  = read_fine(*state, "x = r'a'");
    Literal raw3 = read_fine(*state, "x = r\"\"\"a\"\"\"");
    Str     got;

    assert_false(part_spell(*state, &raw.parts.items[0], STR("it's"), &got));
    assert_false(part_spell(*state, &raw.parts.items[0], STR("a\nb"), &got));
    assert_false(part_spell(*state, &raw.parts.items[0], STR("a\\"), &got));
    assert_false(part_spell(*state, &raw3.parts.items[0], STR("a\""), &got));
    assert_true(part_spell(*state, &raw3.parts.items[0], STR("a \"b\" c"), &got));
    assert_false(part_spell(*state, &read_fine(*state, "x = b'a'").parts.items[0], STR("é"), &got));
}

static void a_written_literal_reads_as_the_same_text(void **state)
{
    static const char *const texts[] = { "", "plain", "it's", "say \"hi\"", "both ' and \"", "back\\slash", "tab\tline\nend",
                                         "{braces}", "é漢", "\r", "trailing\\" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Str written = literal_write(*state, str_of(texts[i]));
        assert_reads(*state, str_cstr(*state, str_format(*state, "x = " STR_FORMAT, STR_ARG(written))), texts[i]);
    }
    assert_text(literal_write(*state, STR("a")), "\"a\"");
    assert_text(literal_write(*state, STR("a\"b")), "'a\"b'");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(plain_literals_say_what_they_spell),
        TEST(escapes_are_decoded_as_python_does),
        TEST(what_cannot_be_decoded_exactly_is_refused),
        TEST(raw_literals_keep_their_backslashes),
        TEST(bytes_are_decoded_and_marked),
        TEST(line_ends_in_triple_quotes_are_one_newline),
        TEST(implicit_joins_are_one_text_in_several_parts),
        TEST(interpolations_are_holes),
        TEST(doubled_braces_are_braces),
        TEST(quotes_inside_interpolations_may_repeat_the_outer_ones),
        TEST(text_is_spelled_for_the_part_it_goes_into),
        TEST(raw_parts_refuse_what_they_cannot_spell),
        TEST(a_written_literal_reads_as_the_same_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
