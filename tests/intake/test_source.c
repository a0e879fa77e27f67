#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/source.h"

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

#define assert_str(got, expected)                                                                 \
    do {                                                                                          \
        assert_int_equal((got).len, strlen(expected));                                            \
        assert_memory_equal((got).ptr, (expected), strlen(expected));                             \
    } while (0)

static Source read_bytes(Arena *arena, Str raw)
{
    Source source = { 0 };
    Error  why    = { "" };

    if (!source_from_bytes(arena, STR("a.py"), raw, &source, &why))
        fail_msg("%s", why.message);
    return source;
}

static const char *refusal(Arena *arena, Str raw)
{
    Error *why    = arena_new(arena, Error);
    Source source = { 0 };

    assert_false(source_from_bytes(arena, STR("a.py"), raw, &source, why));
    assert_null(source.text.ptr);
    return why->message;
}

static void utf8_is_taken_as_it_is(void **state)
{
    Str raw = STR("x = 'ä'\n");

    Source source = read_bytes(*state, raw);

    assert_ptr_equal(source.text.ptr, raw.ptr);
    assert_int_equal(source.text.len, raw.len);
    assert_int_equal(source.encoding, ENCODING_UTF8);
    assert_str(source.encoding_name, "utf-8");
    assert_int_equal(source.bom, 0);
}

static void a_mark_is_no_text_but_counts_in_the_file(void **state)
{
    Source source = read_bytes(*state, STR("\xEF\xBB\xBFx = 1\ny = 2\n"));

    Position at = source_position(&source, 6);

    assert_str(source.text, "x = 1\ny = 2\n");
    assert_int_equal(source.bom, 3);
    assert_int_equal(at.line, 2);
    assert_int_equal(at.column, 1);
    assert_int_equal(at.offset, 9);
}

static void an_empty_file_has_one_empty_line(void **state)
{
    Source source = read_bytes(*state, (Str) { 0 });

    Position at = source_position(&source, 0);

    assert_non_null(source.text.ptr);
    assert_int_equal(source.line_count, 1);
    assert_str(source_line(&source, 1), "");
    assert_int_equal(at.line, 1);
    assert_int_equal(at.column, 1);
    assert_str(source.newline, "\n");
}

static void columns_count_characters_and_offsets_bytes(void **state)
{
    Source source = read_bytes(*state, STR("a\n\t'äö€😀' + x\n"));

    Position at = source_position(&source, (uint32_t)str_find_char(source.text, 'x'));

    assert_int_equal(at.line, 2);
    assert_int_equal(at.column, 11);
    assert_int_equal(at.offset, str_find_char(source.text, 'x'));
}

static void all_three_line_ends_end_lines(void **state)
{
    Source source = read_bytes(*state, STR("one\r\ntwo\rthree\nfour"));

    assert_int_equal(source.line_count, 4);
    assert_str(source_line(&source, 1), "one");
    assert_str(source_line(&source, 2), "two");
    assert_str(source_line(&source, 3), "three");
    assert_str(source_line(&source, 4), "four");
    assert_str(source.newline, "\r\n");
    assert_int_equal(source_line_of(&source, 4), 1); /* the \n of \r\n is still the first line's */
    assert_int_equal(source_line_of(&source, 5), 2);
}

static void the_first_line_says_which_line_end_is_the_files(void **state)
{
    assert_str(read_bytes(*state, STR("a\rb\n")).newline, "\r");
    assert_str(read_bytes(*state, STR("\nb\r\n")).newline, "\n");
    assert_str(read_bytes(*state, STR("\r\n")).newline, "\r\n");
    assert_str(read_bytes(*state, STR("no end")).newline, "\n");
}

static void a_last_line_end_begins_an_empty_line(void **state)
{
    Source source = read_bytes(*state, STR("a\n"));

    Position end = source_position(&source, 2);

    assert_int_equal(source.line_count, 2);
    assert_int_equal(end.line, 2);
    assert_int_equal(end.column, 1);
}

static void latin_1_is_read_and_written_back(void **state)
{
    Str    raw    = STR("# -*- coding: latin-1 -*-\nx = '\xE4\xF6', y\n");
    Source source = read_bytes(*state, raw);
    Str    back   = { 0 };
    Error  why;

    Position at = source_position(&source, (uint32_t)str_find_char(source.text, 'y'));
    bool     ok = source_encode(*state, &source, source.text, &back, &why);

    assert_int_equal(source.encoding, ENCODING_OTHER);
    assert_str(source.encoding_name, "latin-1");
    assert_str(source_line(&source, 2), "x = 'äö', y");
    assert_int_equal(at.line, 2);
    assert_int_equal(at.column, 11);
    assert_int_equal(at.offset, 26 + 10);
    assert_int_equal((unsigned char)raw.ptr[at.offset], 'y');
    assert_true(ok);
    assert_true(str_eq(back, raw));
}

static void encodings_of_more_bytes_keep_their_offsets(void **state)
{
    /* katakana SO is 0x83 0x5C in Shift JIS: its second byte looks like a backslash */
    Str    raw    = STR("# coding: cp932\ns = '\x83\x5C' + y\n");
    Source source = read_bytes(*state, raw);
    Str    back   = { 0 };
    Error  why;

    Position at = source_position(&source, (uint32_t)str_find_char(source.text, 'y'));

    assert_true(str_contains(source.text, STR("ソ")));
    assert_int_equal(raw.ptr[at.offset], 'y');
    assert_int_equal(at.column, 11);
    assert_true(source_encode(*state, &source, source.text, &back, &why));
    assert_true(str_eq(back, raw));
}

static void the_coding_line_is_found_as_pep_263_says(void **state)
{
    Str body  = STR("x = '\xE4'\n");
    Str found[] = {
        STR("# coding=latin-1\n"),
        STR("\f \t# vim: set fileencoding=latin-1 :\n"),
        STR("#!/usr/bin/python\n# -*- coding: latin-1 -*-\n"),
        STR("\n#coding:\tiso-8859-15\n"),
        STR("   \r\n# encoding: cp1252\r\n"),
        STR("# coding coding: LATIN_1\n"),
    };

    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        Buf raw = buf_new(*state);
        buf_add(&raw, found[i]);
        buf_add(&raw, body);
        assert_int_equal(read_bytes(*state, buf_str(&raw)).encoding, ENCODING_OTHER);
    }
}

static void a_coding_line_in_the_wrong_place_is_none(void **state)
{
    Str not_found[] = {
        STR("\n\n# coding: latin-1\n"),          /* the third line */
        STR("import os\n# coding: latin-1\n"),   /* after code */
        STR("x = 1 # coding: latin-1\n"),        /* not a line of its own */
        STR("# coding : latin-1\n"),             /* a blank before the colon */
        STR("'''\n# coding: latin-1\n'''\n"),
    };

    for (size_t i = 0; i < sizeof not_found / sizeof *not_found; i++)
        assert_int_equal(read_bytes(*state, not_found[i]).encoding, ENCODING_UTF8);
}

static void names_for_utf8_are_utf8(void **state)
{
    assert_int_equal(read_bytes(*state, STR("# coding: UTF-8\n")).encoding, ENCODING_UTF8);
    assert_int_equal(read_bytes(*state, STR("# coding: utf_8\n")).encoding, ENCODING_UTF8);
    assert_int_equal(read_bytes(*state, STR("# coding: utf8\n")).encoding, ENCODING_UTF8);
    assert_int_equal(read_bytes(*state, STR("# coding: utf-8-unix\n")).encoding, ENCODING_UTF8);
    assert_int_equal(read_bytes(*state, STR("\xEF\xBB\xBF# coding: utf-8\n")).bom, 3);
}

static void a_mark_and_another_coding_contradict_each_other(void **state)
{
    const char *message = refusal(*state, STR("\xEF\xBB\xBF# coding: latin-1\n"));

    assert_non_null(strstr(message, "latin-1"));
    assert_non_null(strstr(message, "a.py"));
}

static void bytes_that_are_not_utf8_are_refused_by_place(void **state)
{
    assert_string_equal(refusal(*state, STR("x = 1\r\ny = '\xE4'\n")),
                        "a.py:2: byte 0xE4 at offset 12 is not UTF-8; save the file as UTF-8 or "
                        "name its encoding in a coding line");
}

static void zeros_are_refused(void **state)
{
    assert_string_equal(refusal(*state, STR("x\0y")), "a.py holds NUL bytes: not Python source");
}

static void encodings_that_do_not_hold_ascii_are_refused(void **state)
{
    assert_non_null(strstr(refusal(*state, STR("# coding: utf-7\n")), "does not hold ASCII"));
    assert_non_null(strstr(refusal(*state, STR("# coding: iso2022-jp\n")), "does not hold ASCII"));
    assert_non_null(strstr(refusal(*state, STR("# coding: utf-16\n")), "does not hold ASCII"));
    assert_non_null(strstr(refusal(*state, STR("# coding: no-such\n")), "unknown encoding"));
    assert_non_null(strstr(refusal(*state, STR("# coding: rot13\n")), "unknown encoding"));
}

static void bytes_that_the_coding_does_not_have_are_refused_by_place(void **state)
{
    const char *message = refusal(*state, STR("# coding: ascii\n\nx = '\xE4'\n"));

    assert_non_null(strstr(message, "a.py:3: byte 0xE4 is not ascii"));
}

static void new_text_gets_its_mark_back(void **state)
{
    Source source = read_bytes(*state, STR("\xEF\xBB\xBFx\n"));
    Str    raw    = { 0 };
    Error  why;

    assert_true(source_encode(*state, &source, STR("y\n"), &raw, &why));

    assert_str(raw, "\xEF\xBB\xBFy\n");
}

static void a_character_that_the_encoding_lacks_is_told(void **state)
{
    Source source = read_bytes(*state, STR("# coding: latin-1\nx\n"));
    Str    raw    = { 0 };
    Error  why    = { "" };

    bool ok = source_encode(*state, &source, STR("# coding: latin-1\nx = '€'\n"), &raw, &why);

    assert_false(ok);
    assert_null(raw.ptr);
    assert_string_equal(
        why.message, "a.py:2: its encoding latin-1 has no U+20AC; save the file as UTF-8");
}

static void a_file_over_the_ceiling_is_refused(void **state)
{
    char *bytes = arena_alloc(*state, SOURCE_LIMIT + 1);
    memset(bytes, '\n', SOURCE_LIMIT + 1);

    const char *message = refusal(*state, (Str) { bytes, SOURCE_LIMIT + 1 });

    assert_non_null(strstr(message, "16777217"));
    assert_non_null(strstr(message, "16777216"));
    assert_non_null(strstr(message, "exclude"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_taken_as_it_is),
        cmocka_unit_test(a_mark_is_no_text_but_counts_in_the_file),
        cmocka_unit_test(an_empty_file_has_one_empty_line),
        cmocka_unit_test(columns_count_characters_and_offsets_bytes),
        cmocka_unit_test(all_three_line_ends_end_lines),
        cmocka_unit_test(the_first_line_says_which_line_end_is_the_files),
        cmocka_unit_test(a_last_line_end_begins_an_empty_line),
        cmocka_unit_test(latin_1_is_read_and_written_back),
        cmocka_unit_test(encodings_of_more_bytes_keep_their_offsets),
        cmocka_unit_test(the_coding_line_is_found_as_pep_263_says),
        cmocka_unit_test(a_coding_line_in_the_wrong_place_is_none),
        cmocka_unit_test(names_for_utf8_are_utf8),
        cmocka_unit_test(a_mark_and_another_coding_contradict_each_other),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused_by_place),
        cmocka_unit_test(zeros_are_refused),
        cmocka_unit_test(encodings_that_do_not_hold_ascii_are_refused),
        cmocka_unit_test(bytes_that_the_coding_does_not_have_are_refused_by_place),
        cmocka_unit_test(new_text_gets_its_mark_back),
        cmocka_unit_test(a_character_that_the_encoding_lacks_is_told),
        cmocka_unit_test(a_file_over_the_ceiling_is_refused),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
