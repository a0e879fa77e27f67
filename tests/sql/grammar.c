#include "tests/sql/grammar.h"

#include <stdlib.h>

enum { TOKEN_CEILING = 50, ALTERNATIVE_CEILING = 128 };

/* -- choices --------------------------------------------------------------------------------- */

uint32_t choose(Choices *choices, uint32_t count)
{
    if (choices->of_bytes) {
        if (choices->count == 0 || count < 2)
            return 0;
        choices->count--;
        return *choices->bytes++ % count;
    }
    choices->seed += 0x9E3779B97F4A7C15u;
    uint64_t mixed = choices->seed;
    mixed          = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed          = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((mixed >> 33) % count);
}

/* -- reading --------------------------------------------------------------------------------- */

typedef struct Reader {
    Arena   *arena;
    Grammar *out;
    uint32_t line;
} Reader;

static bool trouble(Reader *reader, const char *what)
{
    if (!reader->out->trouble) {
        reader->out->trouble = what;
        reader->out->line    = reader->line;
    }
    return false;
}

static uint32_t rule_named(Reader *reader, Str name)
{
    for (uint32_t i = 0; i < reader->out->rules.count; i++)
        if (name.len && str_eq(reader->out->rules.items[i].name, name))
            return i;
    vec_push(reader->arena, &reader->out->rules, (Rule) { .name = name });
    return (uint32_t)reader->out->rules.count - 1;
}

static bool take_word(Str *line, Str *word)
{
    *line = str_trim(*line);
    if (line->len == 0)
        return false;
    if (!str_cut(line, ' ', word))
        return false;
    return true;
}

static HoleKind hole_kind(Reader *reader, Str word)
{
    static const char *const names[] = {
        [HOLE_IDENTIFIER] = "@identifier", [HOLE_EXPRESSION] = "@expression", [HOLE_LIST] = "@list",
        [HOLE_CLAUSE] = "@clause",
    };

    for (HoleKind kind = HOLE_IDENTIFIER; kind <= HOLE_CLAUSE; kind++)
        if (str_is(word, names[kind]))
            return kind;
    trouble(reader, "no kind of hole");
    return HOLE_NONE;
}

/* <rule>, <rule>+ or <rule>,+ */
static Symbol symbol_of(Reader *reader, Str word)
{
    size_t end = str_find_char(word, '>');

    if (word.len < 3 || word.ptr[0] != '<' || end == STR_NOT_FOUND || end < 2)
        return (Symbol) { .token = word };
    Str    behind = str_slice(word, end + 1, word.len);
    Symbol symbol = { .rule = rule_named(reader, str_slice(word, 1, end)) };
    if (str_is(behind, ",+"))
        symbol.often = OFTEN_LIST;
    else if (str_is(behind, "+"))
        symbol.often = OFTEN_SEQUENCE;
    else if (behind.len)
        trouble(reader, "what stands behind a rule is no sign of how often");
    return symbol;
}

static Alternative read_alternative(Reader *reader, Str *line, bool within)
{
    Alternative out = { .line = reader->line };
    Str         word;

    while (take_word(line, &word)) {
        if (str_is(word, "}")) {
            if (!within)
                trouble(reader, "} without {");
            return out;
        }
        Symbol symbol = { 0 };
        if (str_is(word, "{")) {
            uint32_t    rule  = rule_named(reader, (Str) { 0 });
            Alternative inner = read_alternative(reader, line, true);
            vec_push(reader->arena, &reader->out->rules.items[rule].alternatives, inner);
            symbol = (Symbol) { .rule = rule, .often = OFTEN_OPTIONAL };
        } else {
            symbol = symbol_of(reader, word);
        }
        vec_push(reader->arena, &out.symbols, symbol);
    }
    if (within)
        trouble(reader, "{ without }");
    return out;
}

static void read_line(Reader *reader, Str line, uint32_t rule)
{
    Str word;

    line = str_trim(line);
    if (line.len < 2 || line.ptr[0] != ':' || line.ptr[1] != ' ') {
        Alternative one = read_alternative(reader, &line, false);
        vec_push(reader->arena, &reader->out->rules.items[rule].alternatives, one);
        return;
    }
    line = str_slice(line, 2, line.len);
    while (take_word(&line, &word)) {
        Alternative one = { .line = reader->line };
        vec_push(reader->arena, &one.symbols, (Symbol) { .token = word });
        vec_push(reader->arena, &reader->out->rules.items[rule].alternatives, one);
    }
}

static uint32_t alternative_height(const Grammar *grammar, const Alternative *alternative)
{
    uint32_t height = 0;

    vec_each(symbol, &alternative->symbols) {
        if (symbol->token.len || symbol->often == OFTEN_OPTIONAL)
            continue;
        uint32_t inner = grammar->rules.items[symbol->rule].height;
        if (inner == UINT32_MAX)
            return UINT32_MAX;
        height = inner + 1 > height ? inner + 1 : height;
    }
    return height;
}

/* The least height of each rule: over and over until nothing gets lower. */
static void measure(Reader *reader)
{
    Grammar *grammar = reader->out;
    bool     again   = true;

    vec_each(rule, &grammar->rules)
        rule->height = UINT32_MAX;
    while (again) {
        again = false;
        vec_each(rule, &grammar->rules)
            vec_each(alternative, &rule->alternatives) {
                alternative->height = alternative_height(grammar, alternative);
                if (alternative->height < rule->height) {
                    rule->height = alternative->height;
                    again        = true;
                }
            }
    }
    vec_each(rule, &grammar->rules) {
        if (rule->height == UINT32_MAX)
            trouble(reader, str_cstr(reader->arena, str_format(reader->arena, "<" STR_FORMAT "> has no end",
                                                              STR_ARG(rule->name))));
        if (rule->alternatives.count > ALTERNATIVE_CEILING)
            trouble(reader, "too many alternatives");
    }
}

Grammar grammar_read(Arena *arena, Str text)
{
    Grammar  out    = { 0 };
    Reader   reader = { .arena = arena, .out = &out };
    uint32_t rule   = UINT32_MAX;

    for (Str line; str_cut(&text, '\n', &line);) {
        reader.line++;
        if (str_trim(line).len == 0 || line.ptr[0] == '#')
            continue;
        if (line.ptr[0] == '<') {
            size_t end  = str_find_char(line, '>');
            Str    hole = str_trim(str_slice(line, end + 1, line.len));
            rule        = rule_named(&reader, str_slice(line, 1, end));
            if (hole.len)
                out.rules.items[rule].hole = hole_kind(&reader, hole);
        } else if (rule == UINT32_MAX) {
            trouble(&reader, "an alternative of no rule");
        } else {
            read_line(&reader, line, rule);
        }
    }
    measure(&reader);
    return out;
}

/* -- deriving -------------------------------------------------------------------------------- */

typedef struct Deriving {
    Arena      *arena;
    Grammar    *grammar;
    Choices    *choices;
    Derivation *out;
    uint32_t    fresh;
} Deriving;

static uint32_t least_used(const Rule *rule, const uint32_t *fitting, uint32_t count)
{
    uint32_t best = fitting[0];

    for (uint32_t i = 1; i < count; i++)
        if (rule->alternatives.items[fitting[i]].used < rule->alternatives.items[best].used)
            best = fitting[i];
    return best;
}

static uint32_t choose_alternative(Deriving *d, const Rule *rule, uint32_t depth)
{
    uint32_t fitting[ALTERNATIVE_CEILING];
    uint32_t count = 0;
    uint32_t limit = d->out->tokens.count > TOKEN_CEILING || depth < rule->height ? rule->height : depth;

    for (uint32_t i = 0; i < rule->alternatives.count; i++)
        if (rule->alternatives.items[i].height <= limit)
            fitting[count++] = i;
    if (!d->choices->of_bytes && choose(d->choices, 4) == 0)
        return least_used(rule, fitting, count);
    return fitting[choose(d->choices, count)];
}

/* Every % becomes the next number. */
static Str numbered(Deriving *d, Str token)
{
    size_t at = token.len > 1 ? str_find_char(token, '%') : STR_NOT_FOUND;

    if (at == STR_NOT_FOUND)
        return token;
    return str_format(d->arena, STR_FORMAT "%u" STR_FORMAT, STR_ARG(str_slice(token, 0, at)), d->fresh++,
                      STR_ARG(str_slice(token, at + 1, token.len)));
}

static void expand(Deriving *d, uint32_t index, uint32_t depth);

static void expand_optional(Deriving *d, uint32_t index, uint32_t depth)
{
    const Rule *rule = &d->grammar->rules.items[index];
    bool        fits = depth > rule->height && d->out->tokens.count <= TOKEN_CEILING;

    if (fits && choose(d->choices, 3) == 0) {
        expand(d, index, depth);
        return;
    }
    const Alternative *only = &rule->alternatives.items[0];
    uint32_t           at   = (uint32_t)d->out->tokens.count;
    if (only->symbols.count == 1 && only->symbols.items[0].token.len == 0) {
        Piece left_out = { .rule = only->symbols.items[0].rule, .alternative = UINT32_MAX, .lo = at, .hi = at };
        vec_push(d->arena, &d->out->pieces, left_out);
    }
}

static void expand_symbol(Deriving *d, const Symbol *symbol, uint32_t depth)
{
    if (symbol->token.len) {
        vec_push(d->arena, &d->out->tokens, numbered(d, symbol->token));
        return;
    }
    depth = depth ? depth - 1 : 0;
    if (symbol->often == OFTEN_OPTIONAL) {
        expand_optional(d, symbol->rule, depth + 1);
        return;
    }
    expand(d, symbol->rule, depth);
    if (symbol->often == OFTEN_ONCE)
        return;
    for (int more = 0; more < 3 && d->out->tokens.count <= TOKEN_CEILING && choose(d->choices, 3) == 0; more++) {
        if (symbol->often == OFTEN_LIST)
            vec_push(d->arena, &d->out->tokens, STR(","));
        expand(d, symbol->rule, depth);
    }
}

static void expand(Deriving *d, uint32_t index, uint32_t depth)
{
    Rule        *rule        = &d->grammar->rules.items[index];
    uint32_t     which       = choose_alternative(d, rule, depth);
    Alternative *alternative = &rule->alternatives.items[which];
    size_t       piece       = d->out->pieces.count;

    alternative->used++;
    vec_push(d->arena, &d->out->pieces,
             (Piece) { .rule = index, .alternative = which, .lo = (uint32_t)d->out->tokens.count });
    vec_each(symbol, &alternative->symbols)
        expand_symbol(d, symbol, depth);
    d->out->pieces.items[piece].hi = (uint32_t)d->out->tokens.count;
}

Derivation derive(Arena *arena, Grammar *grammar, const char *rule, Choices *choices, uint32_t depth)
{
    Derivation out = { 0 };
    Deriving   d   = { .arena = arena, .grammar = grammar, .choices = choices, .out = &out };

    for (uint32_t i = 0; i < grammar->rules.count; i++)
        if (str_is(grammar->rules.items[i].name, rule)) {
            expand(&d, i, depth);
            return out;
        }
    abort();
}

void derivation_accepted(Grammar *grammar, const Derivation *derivation)
{
    vec_each(piece, &derivation->pieces)
        if (piece->alternative != UINT32_MAX)
            grammar->rules.items[piece->rule].alternatives.items[piece->alternative].accepted++;
}

/* -- joining --------------------------------------------------------------------------------- */

static bool stands_alone(char c)
{
    return c == '(' || c == ')' || c == ',' || c == ';';
}

static Str blank(Choices *choices, char before, char after)
{
    static const char *const blanks[] = { "\n", "\t", "  ", " /* a */ ", " -- b;\n", "/**/", "\r\n", " \v\f" };

    if (choices->of_bytes)
        return STR(" ");
    if ((stands_alone(before) || stands_alone(after)) && choose(choices, 2))
        return STR("");
    return choose(choices, 8) ? STR(" ") : str_of(blanks[choose(choices, sizeof blanks / sizeof *blanks)]);
}

Str tokens_joined(Arena *arena, const StrVec *tokens, Choices *choices)
{
    Buf out = buf_new(arena);

    vec_each(token, tokens) {
        if (token->len == 0)
            continue;
        if (out.len)
            buf_add(&out, blank(choices, out.ptr[out.len - 1], token->ptr[0]));
        buf_add(&out, *token);
    }
    return buf_str(&out);
}

uint32_t number_given(const char *name, uint32_t usual)
{
    const char *value = getenv(name);

    return value && atoi(value) > 0 ? (uint32_t)atoi(value) : usual;
}
