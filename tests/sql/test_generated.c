/*
 * The parser against SQLite, over statements made from the whole grammar and over what becomes of
 * them when a token is lost, doubled, exchanged. LITE2PG_GENERATED=n makes n thousand of them (16);
 * LITE2PG_SEED=n begins elsewhere. What differs is printed with its seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "tests/given_file.h"
#include "tests/sql/agreement.h"
#include "tests/sql/grammar.h"
#include "tests/sql/laws.h"

OWN_BY(sqlite3, sqlite3_close)
OWN_BY(Arena, arena_close)

enum { SHOWN = 25 };

static Grammar grammar_of_sqlite(Arena *arena)
{
    Grammar grammar = grammar_read(arena, file_given(arena, "fixtures/sql/sqlite.grammar"));

    if (grammar.trouble)
        fail_msg("sqlite.grammar:%u: %s", grammar.line, grammar.trouble);
    return grammar;
}

/* -- mutations ------------------------------------------------------------------------------- */

static Str any_token(Choices *choices)
{
    static const char *const tokens[] = {
        "(",  ")", ",", ".", ";",  "*",  "+",   "-",  "=",  "==", "<>", "||", "->", "~",   "%",  "!",  "#1", "?0",
        "a",  "t", "1", "?", ":a", "1x", "'x'", "\"", "[",  "'",  "/*", "--", "x'1'", "\"q\"", "1.5", "$", "{", "\\",
        "?1", "x'4'", "@", ":", "0x", "1e", ".5",
    };
    uint32_t count = sizeof tokens / sizeof *tokens;
    uint32_t which = choose(choices, count + KEYWORD_COUNT - 1);

    return str_of(which < count ? tokens[which] : keyword_name((Keyword)(which - count + 1)));
}

static Str byte_changed(Arena *arena, Str token, Choices *choices)
{
    static const char bytes[] = "'\"`[]x0e.$?:@#_ \xC3\n;-";
    Buf      out = buf_new(arena);
    uint32_t at  = choose(choices, (uint32_t)token.len + 1);

    buf_add(&out, str_slice(token, 0, at));
    buf_add_char(&out, bytes[choose(choices, sizeof bytes - 1)]);
    buf_add(&out, str_slice(token, at < token.len && choose(choices, 2) ? at + 1 : at, token.len));
    return buf_str(&out);
}

static StrVec mutated(Arena *arena, const StrVec *tokens, const StrVec *others, Choices *choices)
{
    enum { DELETED, DOUBLED, SWAPPED, REPLACED, ADDED, CUT, CROSSED, AS_KEYWORD, BYTE, KINDS };
    StrVec   out  = { 0 };
    uint32_t at   = choose(choices, (uint32_t)tokens->count);
    uint32_t kind = choose(choices, KINDS);

    for (uint32_t i = 0; i < tokens->count; i++) {
        Str token = tokens->items[i];
        if (i != at) {
            vec_push(arena, &out, token);
            continue;
        }
        switch (kind) {
        case DELETED: break;
        case CUT: return out;
        case CROSSED:
            for (size_t k = choose(choices, (uint32_t)others->count); k < others->count; k++)
                vec_push(arena, &out, others->items[k]);
            return out;
        case REPLACED: vec_push(arena, &out, any_token(choices)); break;
        case AS_KEYWORD:
            vec_push(arena, &out, str_of(keyword_name((Keyword)(1 + choose(choices, KEYWORD_COUNT - 1)))));
            break;
        case BYTE: vec_push(arena, &out, byte_changed(arena, token, choices)); break;
        case SWAPPED:
            if (i + 1 < tokens->count)
                vec_push(arena, &out, tokens->items[++i]);
            vec_push(arena, &out, token);
            break;
        case DOUBLED: vec_push(arena, &out, token); vec_push(arena, &out, token); break;
        default: vec_push(arena, &out, any_token(choices)); vec_push(arena, &out, token); break;
        }
    }
    return out;
}

/* -- judging --------------------------------------------------------------------------------- */

typedef struct Judging {
    sqlite3 *db;
    uint32_t accepted, refused, silent;
    uint32_t wrong;
} Judging;

static void differ(Judging *judging, Str what, uint64_t seed, Str text)
{
    if (judging->wrong++ < SHOWN)
        print_error("seed %llu: " STR_FORMAT "\n    " STR_FORMAT "\n", (unsigned long long)seed, STR_ARG(text),
                    STR_ARG(what));
}

static Answer judge(Arena *arena, Judging *judging, Str text, uint64_t seed)
{
    if (text.len == 0)
        return ACCEPTS;
    SqliteAnswer theirs = sqlite_answer(arena, judging->db, text);
    Sql          sql    = sql_parse(arena, text);
    uint32_t     at     = 0;
    const char  *broken = sql_breaks(arena, &sql, &at);

    if (broken)
        differ(judging, str_format(arena, "%s, at %u", broken, at), seed, text);
    Str differs = sql_disagreement(arena, &sql, &theirs);
    if (differs.len)
        differ(judging, differs, seed, text);
    switch (theirs.answer) {
    case SILENT:
        judging->silent++;
        if (getenv("LITE2PG_SILENT"))
            print_message("silent: " STR_FORMAT "\t" STR_FORMAT "\n", STR_ARG(theirs.message), STR_ARG(text));
        break;
    case ACCEPTS: judging->accepted++; break;
    case REFUSES: judging->refused++; break;
    }
    return theirs.answer;
}

/* A rule each in turn, or definitions would drown in queries. */
static const char *rule_for(uint32_t i)
{
    static const char *const rules[] = { "statement", "query",      "create_table", "query",
                                         "command",   "definition", "windowed" };

    return rules[i % (sizeof rules / sizeof *rules)];
}

static void what_the_grammar_makes_is_judged_as_sqlite_judges_it(void **state)
{
    OWN(Arena) held  = arena_open();
    OWN(Arena) arena = arena_open();
    OWN(sqlite3) db  = sqlite_tables();
    Grammar  grammar = grammar_of_sqlite(held);
    Judging  whole = { .db = db }, spoilt = { .db = db };
    uint32_t count = number_given("LITE2PG_GENERATED", 16) * 1000;
    uint32_t first = number_given("LITE2PG_SEED", 1);
    (void)state;

    assert_non_null(db);
    for (uint32_t i = 0; i < count; i++, arena_reset(arena)) {
        uint64_t   seed       = (uint64_t)(first + i) << 20;
        Choices    choices    = { .seed = seed };
        Derivation derivation = derive(arena, &grammar, rule_for(i), &choices, 11 + choose(&choices, 8));
        Str        text       = tokens_joined(arena, &derivation.tokens, &choices);
        if (judge(arena, &whole, text, first + i) == ACCEPTS)
            derivation_accepted(&grammar, &derivation);

        Derivation others = derive(arena, &grammar, "statement", &choices, 10);
        StrVec     tokens = derivation.tokens;
        for (int k = 0; k < 4 && tokens.count; k++) {
            tokens = mutated(arena, k % 2 ? &tokens : &derivation.tokens, &others.tokens, &choices);
            judge(arena, &spoilt, tokens_joined(arena, &tokens, &choices), first + i);
        }
    }

    uint32_t unproved = 0;
    vec_each(rule, &grammar.rules)
        vec_each(alternative, &rule->alternatives)
            if (!alternative->accepted && rule->name.len) {
                print_error("sqlite.grammar:%u: <" STR_FORMAT ">, %zu is never in a statement SQLite accepts (taken "
                            "%u times)\n", alternative->line, STR_ARG(rule->name),
                            (size_t)(alternative - rule->alternatives.items), alternative->used);
                unproved++;
            }
    print_message("made: %u accepted, %u refused, %u not decided; spoilt: %u, %u, %u\n", whole.accepted,
                  whole.refused, whole.silent, spoilt.accepted, spoilt.refused, spoilt.silent);
    assert_int_equal(whole.wrong + spoilt.wrong, 0);
    assert_int_equal(unproved, 0);
}

/* -- holes ----------------------------------------------------------------------------------- */

static const char a_hole[] = { SQL_HOLE, '\0' };

static const char *const hole_names[] = { "unknown", "identifier", "expression", "list", "clause" };

/* The statement with something else where the piece was. */
static Str with_other(Arena *arena, const Derivation *derivation, const Piece *piece, const char *other)
{
    Buf out = buf_new(arena);

    for (uint32_t i = 0; i <= derivation->tokens.count; i++) {
        if (i == piece->lo)
            buf_format(&out, "%s ", other);
        if (i < derivation->tokens.count && (i < piece->lo || i >= piece->hi))
            buf_format(&out, STR_FORMAT " ", STR_ARG(derivation->tokens.items[i]));
    }
    return buf_str(&out);
}

static Str shown(Arena *arena, Str text)
{
    char *copy = str_cstr(arena, text);

    for (char *at = copy; *at; at++)
        if (*at == SQL_HOLE)
            *at = '@';
    return str_of(copy);
}

typedef struct HoleCount {
    uint32_t count, certain, wrong;
} HoleCount;

static void judge_hole(Arena *arena, HoleKind kind, Str rule, Str text, HoleCount *count)
{
    Sql         sql    = sql_parse(arena, text);
    uint32_t    at     = 0;
    const char *broken = sql_breaks(arena, &sql, &at);

    const SqlStatement *only = &sql.statements.items[0];
    count->count++;
    count->certain += only->certain;
    /* Behind a hole anywhere, who knows: there the laws hold, and it is told. */
    if (!broken && only->broken && kind != HOLE_NONE) {
        broken = "the statement is broken";
        at     = only->broken_at;
    }
    if (!broken && !only->has_hole)
        broken = "the hole is not told";
    if (broken && count->wrong++ < SHOWN)
        print_error("%s <" STR_FORMAT ">: %s, at %u: " STR_FORMAT "\n", hole_names[kind], STR_ARG(rule), broken, at,
                    STR_ARG(shown(arena, text)));
}

static void judge_holes(Arena *arena, const Grammar *grammar, const Derivation *derivation, const Piece *piece,
                        HoleCount counts[])
{
    static const char begun[] = { 'x', '_', SQL_HOLE, '\0' }, ended[] = { SQL_HOLE, '_', 'x', '\0' };
    const Rule *rule   = &grammar->rules.items[piece->rule];
    const char *simple = rule->hole == HOLE_CLAUSE ? "" : "a";

    /* `a LIKE b ESCAPE c` in place of the x of `x LIKE d ESCAPE e` is right, and so is nothing simpler. */
    Sql plain = sql_parse(arena, with_other(arena, derivation, piece, simple));
    if (plain.statements.count != 1 || plain.statements.items[0].broken)
        return;
    judge_hole(arena, rule->hole, rule->name, with_other(arena, derivation, piece, a_hole), &counts[rule->hole]);
    if (rule->hole == HOLE_IDENTIFIER) {
        judge_hole(arena, rule->hole, rule->name, with_other(arena, derivation, piece, begun), &counts[rule->hole]);
        judge_hole(arena, rule->hole, rule->name, with_other(arena, derivation, piece, ended), &counts[rule->hole]);
    }
}

static void a_hole_may_stand_wherever_its_kind_can(void **state)
{
    OWN(Arena) held  = arena_open();
    OWN(Arena) arena = arena_open();
    Grammar   grammar = grammar_of_sqlite(held);
    HoleCount counts[HOLE_CLAUSE + 1] = { 0 };
    uint32_t  count = number_given("LITE2PG_GENERATED", 16) * 100;
    uint32_t  first = number_given("LITE2PG_SEED", 1);
    (void)state;

    for (uint32_t i = 0; i < count; i++, arena_reset(arena)) {
        Choices    choices    = { .seed = (uint64_t)(first + i) << 20 };
        Derivation derivation = derive(arena, &grammar, rule_for(i), &choices, 11 + choose(&choices, 8));
        Sql        whole      = sql_parse(arena, tokens_joined(arena, &derivation.tokens, &choices));
        if (whole.statements.count != 1 || whole.statements.items[0].broken)
            continue;
        vec_each(piece, &derivation.pieces)
            if (grammar.rules.items[piece->rule].hole)
                judge_holes(arena, &grammar, &derivation, piece, counts);
        for (uint32_t k = 0; k <= derivation.tokens.count; k++) {
            Piece nothing = { .lo = k, .hi = k };
            judge_hole(arena, HOLE_NONE, STR("anywhere"), with_other(arena, &derivation, &nothing, a_hole),
                       &counts[HOLE_NONE]);
        }
    }
    uint32_t wrong = 0;
    for (HoleKind kind = HOLE_NONE; kind <= HOLE_CLAUSE; kind++) {
        print_message("%s: %u holes, %u in statements certain for all that, %u wrong\n", hole_names[kind],
                      counts[kind].count, counts[kind].certain, counts[kind].wrong);
        wrong += counts[kind].wrong;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_grammar_makes_is_judged_as_sqlite_judges_it),
        cmocka_unit_test(a_hole_may_stand_wherever_its_kind_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
