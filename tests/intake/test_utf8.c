#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/utf8.h"

static void every_character_is_good_and_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char   bytes[4];
        size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        uint32_t rest = c;
        for (size_t i = length; i-- > 1; rest >>= 6)
            bytes[i] = (char)(0x80 | (rest & 0x3F));
        bytes[0]      = (char)(length == 1 ? rest : (0xF00u >> length & 0xFF) | rest);
        Str    text   = { bytes, length };
        size_t at     = 0;
        bool   exists = c < 0xD800 || c > 0xDFFF;

        assert_int_equal(utf8_bad_at(text), exists ? STR_NOT_FOUND : 0);
        if (exists) {
            assert_int_equal(utf8_next(text, &at), c);
            assert_int_equal(at, length);
            assert_int_equal(utf8_count(text), 1);
        }
    }
}

static void what_is_no_character_is_found_where_it_begins(void **state)
{
    static const Str bad[] = {
        { "\x80", 1 },             /* goes on from nowhere */
        { "\xC3", 1 },             /* cut off */
        { "\xE2\x82", 2 },         /* cut off */
        { "\xC3(", 2 },            /* does not go on */
        { "\xC0\x80", 2 },         /* overlong NUL */
        { "\xE0\x9F\xBF", 3 },     /* overlong */
        { "\xF0\x8F\xBF\xBF", 4 }, /* overlong */
        { "\xF4\x90\x80\x80", 4 }, /* past the last */
        { "\xF5\x80\x80\x80", 4 }, { "\xFF", 1 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t before = 0; before < 20; before++) {
            char text[32];
            memset(text, 'x', sizeof text);
            memcpy(text + before, bad[i].ptr, bad[i].len);
            assert_int_equal(utf8_bad_at((Str) { text, before + bad[i].len }), before);
        }
}

static void a_bad_byte_is_a_character_of_its_own(void **state)
{
    size_t at = 0;
    (void)state;

    assert_int_equal(utf8_next(STR("\xE4x"), &at), 0xDCE4);
    assert_int_equal(at, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_good_and_comes_back),
        cmocka_unit_test(what_is_no_character_is_found_where_it_begins),
        cmocka_unit_test(a_bad_byte_is_a_character_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
