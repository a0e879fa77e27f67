#define PCRE2_CODE_UNIT_WIDTH 8

#include "analyzers/secrets/secrets.h"

#include <pcre2.h>

#include "base/error.h"
#include "base/own.h"

OWN_BY(pcre2_code, pcre2_code_free)
OWN_BY(pcre2_match_data, pcre2_match_data_free)
OWN_BY(pcre2_match_context, pcre2_match_context_free)

/* Every part is bounded: no text makes the search slow. A password may hold anything but blanks,
 * quotes and the beginning of another URL; the last `@` before the host ends it. */
static const char pattern[] = "\\bpostgres(?:ql)?(?:\\+[a-z0-9_]{1,32})?://"
                              "([^\\s:/@'\"`<>\\\\]{0,128}):(?!//)"
                              "((?:(?!://)[^\\s'\"`\\\\]){0,256})@"
                              "(\\[[0-9a-f:.]{2,45}\\]|[^\\s/@'\"`:?,;)\\]}\\\\]{0,255})";

enum { GROUP_USER = 1, GROUP_PASSWORD, GROUP_HOST, STEPS_MOST = 100 * 1000 };

static bool is_one_of(Str text, const char *const *words)
{
    for (; *words; words++)
        if (str_eq_nocase(text, str_of(*words)))
            return true;
    return false;
}

/* `***`, `xxxx`, `...` */
static bool is_one_byte_repeated(Str text)
{
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] != text.ptr[0])
            return false;
    return text.len && strchr("*xX.-_#?", text.ptr[0]);
}

/* Something that another program fills in: ${X}, $X, {x}, <x>, %s, %(x)s, [x]. */
static bool is_filled_in(Str text)
{
    return text.len
        && (strchr("$<{%[", text.ptr[0]) || str_contains(text, STR("${"))
            || str_contains(text, STR("$(")) || str_contains(text, STR("{{"))
            || (text.ptr[0] == ':' && text.len > 1));
}

static bool is_placeholder(Str password)
{
    static const char *const words[] = { "password",  "passwd",    "pass",       "pwd",
                                         "pw",        "secret",    "changeme",   "example",
                                         "change-me", "change_me", "mypassword", "placeholder",
                                         "redacted",  "hidden",    "dummy",      "\xe2\x80\xa6",
                                         NULL };
    Str start = password;

    if (password.len == 0 || is_one_byte_repeated(password) || is_filled_in(password)
        || is_one_of(password, words))
        return true;
    start.len = start.len < 4 ? start.len : 4;
    return str_eq_nocase(start, STR("your"));
}

static bool is_this_machine(Str host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]", "", NULL };

    return is_one_of(host, names);
}

/* What everybody uses on a throw-away server: postgres:postgres, app:app, test:test. */
static bool is_known_pair(Str user, Str password)
{
    enum { SHORT = 16 };
    static const char *const words[] = { "postgres", "test", "ci",  "dev", "admin",
                                         "root",     "user", "app", NULL };

    return password.len <= SHORT && (str_eq(user, password) || is_one_of(password, words));
}

static Str group_of(Str text, const PCRE2_SIZE *ends, int group)
{
    return str_slice(text, ends[2 * group], ends[2 * group + 1]);
}

static pcre2_code *compiled(void)
{
    int         error;
    PCRE2_SIZE  at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_CASELESS,
                                     &error, &at, NULL);

    if (!code)
        bug("the pattern for URLs does not compile: %d at %zu", error, (size_t)at);
    return code;
}

SecretVec secrets_scan(Arena *arena, Str text)
{
    if (!str_contains(text, STR("://"))) /* most texts: the pattern need not be made */
        return (SecretVec) { 0 };
    OWN(pcre2_code) code             = compiled();
    OWN(pcre2_match_data) match      = pcre2_match_data_create_from_pattern(code, NULL);
    OWN(pcre2_match_context) context = pcre2_match_context_create(NULL);
    SecretVec  out                   = { 0 };
    size_t     at                    = 0;

    if (!match || !context)
        out_of_memory();
    pcre2_set_match_limit(context, STEPS_MOST);
    while (at < text.len && out.count < SECRETS_MOST
           && pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, at, 0, match, context) > 0) {
        const PCRE2_SIZE *ends     = pcre2_get_ovector_pointer(match);
        Str               password = group_of(text, ends, GROUP_PASSWORD);
        at                         = ends[1];
        if (is_placeholder(password))
            continue;
        bool local = is_this_machine(group_of(text, ends, GROUP_HOST))
                  && is_known_pair(group_of(text, ends, GROUP_USER), password);
        vec_push(arena, &out,
                 (Secret) { .kind        = local ? SECRET_LOCAL : SECRET_REAL,
                            .lo          = (uint32_t)ends[0],
                            .hi          = (uint32_t)ends[1],
                            .password_lo = (uint32_t)ends[2 * GROUP_PASSWORD],
                            .password_hi = (uint32_t)ends[2 * GROUP_PASSWORD + 1] });
    }
    return out;
}

Str secrets_mask(Arena *arena, Str text)
{
    SecretVec found = secrets_scan(arena, text);
    Buf       out   = buf_new(arena);
    size_t    plain = 0;

    if (found.count == 0)
        return text;
    vec_each(secret, &found) {
        buf_add(&out, str_slice(text, plain, secret->password_lo));
        buf_add(&out, STR("***"));
        plain = secret->password_hi;
    }
    buf_add(&out, str_slice(text, plain, text.len));
    return buf_str(&out);
}
