/*
 * The cases of fixtures/sqltest: statements, what becomes of them, and why.
 *
 * A file is made of blocks, `key: value` or `key:` with lines indented by four. `schema:`,
 * `postgres:` and `data:` hold for the cases after them (the last two are read by both.py alone).
 * A case begins with `case:`, its title; then come `options:`, `args:`, `in:` and what is
 * expected: `out:`, `verdict:`, `remarks:` (code/feature), `binds:`, `keys:`. With BLESS=1 what is
 * expected is written anew; read the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "tests/given_file.h"
#include "tests/translate/laws.h"

OWN_BY(Prover, prover_close)

static const char folder[] = "fixtures/sqltest";

typedef struct Block {
    Str key;
    Str value;
    Str raw; /* as it stands in the file */
} Block;

typedef Vec(Block) BlockVec;

/* -- reading --------------------------------------------------------------------------------- */

static bool take_line(Str *rest, Str *line)
{
    if (rest->len == 0)
        return false;
    size_t end = str_find_char(*rest, '\n');
    if (end == STR_NOT_FOUND)
        end = rest->len;
    *line = str_slice(*rest, 0, end);
    *rest = end < rest->len ? str_slice(*rest, end + 1, rest->len) : (Str) { NULL, 0 };
    return true;
}

/* A comment or an empty line is a block without a key. */
static BlockVec read_blocks(Arena *arena, Str text)
{
    BlockVec out = { 0 };
    Str      rest = text, line;

    while (take_line(&rest, &line)) {
        size_t colon = str_find_char(line, ':');
        Block  block = { .raw = line };
        if (line.len == 0 || line.ptr[0] == '#') {
            vec_push(arena, &out, block);
            continue;
        }
        if (line.ptr[0] == ' ') {
            Block *last  = &vec_last(&out);
            Str    more  = str_slice(line, line.len < 4 ? line.len : 4, line.len);
            last->value  = last->value.len
                             ? str_format(arena, STR_FORMAT "\n" STR_FORMAT, STR_ARG(last->value),
                                          STR_ARG(more))
                             : more;
            last->raw = str_slice(text, (size_t)(last->raw.ptr - text.ptr),
                                  (size_t)(line.ptr + line.len - text.ptr));
            continue;
        }
        if (colon == STR_NOT_FOUND)
            fail_msg("a line without a key: " STR_FORMAT, STR_ARG(line));
        block.key   = str_slice(line, 0, colon);
        block.value = str_trim(str_slice(line, colon + 1, line.len));
        vec_push(arena, &out, block);
    }
    return out;
}

/* -- one case -------------------------------------------------------------------------------- */

typedef struct Case {
    Str title, options, args, in, out, verdict, remarks, binds, keys;
} Case;

static Str *field(Case *c, Str key)
{
    static const struct {
        const char *name;
        size_t      at;
    } fields[] = {
        { "case", offsetof(Case, title) },      { "options", offsetof(Case, options) },
        { "args", offsetof(Case, args) },       { "in", offsetof(Case, in) },
        { "out", offsetof(Case, out) },         { "verdict", offsetof(Case, verdict) },
        { "remarks", offsetof(Case, remarks) }, { "binds", offsetof(Case, binds) },
        { "keys", offsetof(Case, keys) },
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_is(key, fields[i].name))
            return (Str *)((char *)c + fields[i].at);
    return NULL;
}

/* `\h` is a hole, `\n` a new line. */
static Str unescaped(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == 'h') {
            buf_add_char(&out, SQL_HOLE);
            i++;
        } else {
            buf_add_char(&out, text.ptr[i]);
        }
    }
    return buf_str(&out);
}

static Str escaped(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == SQL_HOLE)
            buf_add(&out, STR("\\h"));
        else
            buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

static Str remark_list(Arena *arena, const Translation *got)
{
    StrVec list = { 0 };

    vec_each(remark, &got->remarks) {
        Str  name = str_format(arena, "%s/%s%s", remark->code, remark->feature,
                               remark->verdict == SQL_SAME      ? ""
                               : remark->verdict == SQL_DIFFERS ? "?"
                                                                : "!");
        bool old = false;
        vec_each(other, &list)
            old = old || str_eq(*other, name);
        if (!old)
            vec_push(arena, &list, name);
    }
    return str_join(arena, &list, STR(" "));
}

static Str bind_list(Arena *arena, const Translation *got)
{
    StrVec list = { 0 };

    vec_each(bind, &got->binds) {
        Str type = bind->type == PG_UNKNOWN ? STR("?") : str_of(pg_type_sql(bind->type));
        vec_push(arena, &list,
                 str_format(arena, "%s" STR_FORMAT "=" STR_FORMAT, bind->clock ? "@" : "",
                            STR_ARG(bind->name), STR_ARG(type)));
    }
    return str_join(arena, &list, STR(", "));
}

static Str key_list(Arena *arena, const Translation *got)
{
    StrVec list = { 0 };

    vec_each(result, &got->results)
        vec_push(arena, &list,
                 result->is_star
                     ? STR("*")
                     : str_format(arena, STR_FORMAT " | " STR_FORMAT " | " STR_FORMAT,
                                  STR_ARG(result->key), STR_ARG(result->lite_key),
                                  STR_ARG(result->pg_key)));
    return str_join(arena, &list, STR("\n"));
}

static Case translated(Arena *arena, const Case *c, const Catalog *catalog, const char **broken)
{
    Str names[] = { STR("first_arg"), STR(""), STR("third_arg") };
    TranslateOptions options = {
        .catalog    = catalog,
        .keep_binds = str_contains(c->options, STR("keep-binds")),
        .keep_keys  = str_contains(c->options, STR("keep-keys")),
        .bind_clock = str_contains(c->options, STR("bind-clock")),
        .postgres_alone = str_contains(c->options, STR("postgres-alone")),
        .any_limit = str_contains(c->options, STR("any-limit")),
    };
    if (str_contains(c->options, STR("fallback"))) {
        options.fallback_names = names;
        options.fallback_count = 3;
    }
    if (str_contains(c->options, STR("no-catalog")))
        options.catalog = NULL;
    Translation got = sql_translate(arena, unescaped(arena, c->in), &options);
    *broken         = translation_breaks(arena, &got, options.catalog);
    if (!*broken) {
        OWN(Prover) prover = prover_open();
        Str refuted        = translation_refuted(arena, prover, &options, &got);
        *broken            = refuted.len ? str_cstr(arena, refuted) : NULL;
    }

    Case out    = *c;
    out.out     = escaped(arena, translation_apply(arena, &got));
    out.verdict = str_of(sql_verdict_name(got.verdict));
    out.remarks = remark_list(arena, &got);
    out.binds   = bind_list(arena, &got);
    out.keys    = c->keys.len || str_contains(c->options, STR("keys")) ? key_list(arena, &got)
                                                                       : STR("");
    return out;
}

/* -- comparing, or writing anew -------------------------------------------------------------- */

static void add_block(Buf *out, const char *key, Str value)
{
    Str rest = value, line;

    if (value.len == 0)
        return;
    if (str_find_char(value, '\n') == STR_NOT_FOUND) {
        buf_format(out, "%s: " STR_FORMAT "\n", key, STR_ARG(value));
        return;
    }
    buf_format(out, "%s:\n", key);
    while (take_line(&rest, &line))
        buf_format(out, "    " STR_FORMAT "\n", STR_ARG(line));
}

static void add_case(Buf *out, const Case *c)
{
    add_block(out, "case", c->title);
    add_block(out, "options", c->options);
    add_block(out, "args", c->args);
    add_block(out, "in", c->in);
    add_block(out, "out", c->out);
    add_block(out, "verdict", c->verdict);
    add_block(out, "remarks", c->remarks);
    add_block(out, "binds", c->binds);
    add_block(out, "keys", c->keys);
}

static bool differs(const Case *want, const char *key, Str wanted, Str got)
{
    if (str_eq(wanted, got))
        return false;
    print_error("%.*s\n  %s\n    expected " STR_FORMAT "\n    got      " STR_FORMAT "\n",
                STR_ARG(want->title), key, STR_ARG(wanted), STR_ARG(got));
    return true;
}

static int compare_case(const Case *want, const Case *got)
{
    return differs(want, "out", want->out, got->out)
         + differs(want, "verdict", want->verdict, got->verdict)
         + differs(want, "remarks", want->remarks, got->remarks)
         + differs(want, "binds", want->binds, got->binds)
         + differs(want, "keys", want->keys, got->keys);
}

typedef struct Run {
    Arena   *arena;
    Catalog *catalog;
    Buf      blessed;
    int      wrong;
    int      count;
} Run;

static void run_case(Run *run, const Case *want)
{
    const char *broken = NULL;
    Case        got    = translated(run->arena, want, run->catalog, &broken);

    run->count++;
    if (broken) {
        print_error("%.*s\n    %s: " STR_FORMAT "\n", STR_ARG(want->title), broken,
                    STR_ARG(got.out));
        run->wrong++;
    }
    if (getenv("BLESS"))
        add_case(&run->blessed, &got);
    else
        run->wrong += compare_case(want, &got);
}

static void every_case_becomes_what_it_says(void **state)
{
    const char *path  = *state;
    Arena      *arena = arena_open();
    Run         run   = { .arena = arena, .blessed = buf_new(arena) };
    BlockVec    blocks = read_blocks(arena, file_given(arena, path));
    Case        c     = { 0 };
    Catalog     empty = { 0 };

    run.catalog = &empty;
    for (size_t i = 0; i <= blocks.count; i++) {
        const Block *block = i < blocks.count ? &blocks.items[i] : NULL;
        Str         *into  = block && block->key.len ? field(&c, block->key) : NULL;
        if (into && !(str_is(block->key, "case") && c.in.len)) {
            *into = block->value;
            continue;
        }
        if (c.in.len)
            run_case(&run, &c);
        if (!block)
            break;
        c = (Case) { 0 };
        if (into)
            *into = block->value;
        else
            buf_format(&run.blessed, STR_FORMAT "\n", STR_ARG(block->raw));
        if (str_is(block->key, "schema")) {
            run.catalog  = arena_new(arena, Catalog);
            *run.catalog = (Catalog) { 0 };
            catalog_add_sql(arena, run.catalog, str_of(path), block->value, NULL);
        }
    }
    if (getenv("BLESS")) {
        OWN(FILE) file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(run.blessed.ptr, 1, run.blessed.len, file);
    }
    int wrong = run.wrong, count = run.count;
    arena_close(arena);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

static int is_case_file(const struct dirent *entry)
{
    return str_ends_with(str_of(entry->d_name), STR(".sqltest"));
}

int main(void)
{
    struct dirent    **entries = NULL;
    int                count   = scandir(folder, &entries, is_case_file, alphasort);
    struct CMUnitTest *tests   = count > 0 ? calloc((size_t)count, sizeof *tests) : NULL;

    if (count <= 0 || !tests) {
        fprintf(stderr, "no cases in %s\n", folder);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
            return 1;
        tests[i] = (struct CMUnitTest) { .name = entries[i]->d_name,
                                         .test_func = every_case_becomes_what_it_says,
                                         .initial_state = path };
    }
    int failed = _cmocka_run_group_tests("cases", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(tests[i].initial_state);
        free(entries[i]);
    }
    free(entries);
    free(tests);
    return failed;
}
