#include "rewriters/proof/server.h"

#include <stdlib.h>

/* -- the tables ------------------------------------------------------------------------------ */

static const struct {
    char        category;
    bool        preferred;
    const char *called;
} types[SERVER_TYPE_COUNT] = {
    [SERVER_UNSURE]   = { 'X', false, "unknown" },
    [SERVER_LITERAL]  = { 'X', false, "unknown" },
    [SERVER_OTHER]    = { 'O', false, "another type" },
    [SERVER_ANYTHING] = { 'P', false, "any" },
#define TYPE(type, category, preferred, called) [SERVER_##type] = { category, preferred, called },
#include "rewriters/proof/server_types.def"
#undef TYPE
};

typedef enum Cast { CAST_NONE, CAST_EXPLICIT, CAST_ASSIGNMENT, CAST_IMPLICIT } Cast;

static const struct {
    uint8_t when;
    bool    is_function;
} casts[SERVER_TYPE_COUNT][SERVER_TYPE_COUNT] = {
#define CAST(from, to, when, is_function) [SERVER_##from][SERVER_##to] = { CAST_##when, is_function },
#include "rewriters/proof/server_casts.def"
#undef CAST
};

enum { FORMALS = 6, MANY = SERVER_ARGUMENTS_CEILING };

typedef struct Signature {
    const char *name;
    uint8_t     kind, result;
    uint8_t     fewest, most; /* MANY: the last one again and again */
    uint8_t     formals[FORMALS];
} Signature;

/* As the tables spell them. */
enum {
#define TYPE(type, category, preferred, called) type = SERVER_##type,
#include "rewriters/proof/server_types.def"
#undef TYPE
    OTHER    = SERVER_OTHER,
    ANYTHING = SERVER_ANYTHING,
    NONE     = SERVER_NONE,
};

static const Signature operators[] = {
#define OPERATOR(name, left, right, result) { name, SERVER_PLAIN, result, 2, 2, { left, right } },
#include "rewriters/proof/server_operators.def"
#undef OPERATOR
};

/* One that Postgres does not have takes no number of arguments. */
static const Signature functions[] = {
#define FUNCTION(name, kind, result, fewest, most, ...) { name, SERVER_##kind, result, fewest, most, { __VA_ARGS__ } },
#define NO_FUNCTION(name)                               { name, SERVER_PLAIN, OTHER, 1, 0, { 0 } },
#include "rewriters/proof/server_functions.def"
#undef FUNCTION
#undef NO_FUNCTION
};

enum { OPERATORS = sizeof operators / sizeof *operators, FUNCTIONS = sizeof functions / sizeof *functions };

/* Those of a name stand together, and the names in the order of their bytes. */
typedef struct Range {
    const Signature *first;
    uint32_t         count;
} Range;

static Range named(const Signature *table, size_t count, Str name)
{
    size_t lo = 0, hi = count;

    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (str_compare(str_of(table[middle].name), name) < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    Range out = { table + lo, 0 };
    while (lo < count && str_is(name, table[lo].name)) {
        out.count++;
        lo++;
    }
    return out;
}

/* -- coercion -------------------------------------------------------------------------------- */

static Cast cast_of(ServerType from, ServerType to)
{
    Cast known = (Cast)casts[from][to].when;

    if (from == to || from <= SERVER_LITERAL || to == SERVER_UNSURE)
        return CAST_IMPLICIT;
    if (known != CAST_NONE)
        return known;
    /* By way of the text a value is written as. */
    return types[to].category == 'S' ? CAST_ASSIGNMENT : types[from].category == 'S' ? CAST_EXPLICIT : CAST_NONE;
}

bool server_implicit(ServerType from, ServerType to)
{
    return to == SERVER_ANYTHING || cast_of(from, to) == CAST_IMPLICIT;
}

bool server_assigns(ServerType from, ServerType to)
{
    return cast_of(from, to) >= CAST_ASSIGNMENT;
}

bool server_casts(ServerType from, ServerType to)
{
    return cast_of(from, to) >= CAST_EXPLICIT;
}

ServerCommon server_common(const ServerType *all, uint32_t count)
{
    ServerCommon out    = { .type = SERVER_LITERAL };
    bool         unsure = false;

    for (uint32_t i = 0; i < count; i++) {
        ServerType next = all[i];
        if (next == SERVER_UNSURE) {
            unsure = true;
            continue;
        }
        if (next == SERVER_LITERAL || next == out.type)
            continue;
        if (out.type == SERVER_LITERAL)
            out.type = next;
        else if (types[next].category != types[out.type].category)
            return (ServerCommon) { true, out.type, next, SERVER_UNSURE };
        else if (!types[out.type].preferred && server_implicit(out.type, next) && !server_implicit(next, out.type))
            out.type = next;
    }
    for (uint32_t i = 0; i < count && !unsure; i++)
        if (!server_implicit(all[i], out.type))
            return (ServerCommon) { true, all[i], out.type, SERVER_UNSURE };
    out.type = unsure ? SERVER_UNSURE : out.type == SERVER_LITERAL ? SERVER_TEXT : out.type;
    return out;
}

/* -- candidates ------------------------------------------------------------------------------ */

typedef struct Call {
    const ServerType *arguments;
    uint32_t          count;
    bool              unsure; /* one of them is SERVER_UNSURE */
} Call;

static ServerType formal_at(const Signature *one, uint32_t at)
{
    uint32_t last = 0;

    if (one->most != MANY)
        return (ServerType)one->formals[at];
    while (last + 1 < FORMALS && one->formals[last + 1])
        last++;
    return (ServerType)one->formals[at < last ? at : last];
}

static bool takes(const Signature *one, const ServerType *arguments, uint32_t count)
{
    if (count < one->fewest || count > one->most)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        ServerType formal = formal_at(one, i);
        if (formal == SERVER_NONE || arguments[i] == SERVER_NONE) {
            if (formal != arguments[i])
                return false;
        } else if (!server_implicit(arguments[i], formal)) {
            return false;
        }
    }
    return true;
}

/* What stands for any type in the result is the type of the first argument that stands for any. */
static ServerType result_of(const Signature *one, const Call *call)
{
    ServerType same = SERVER_UNSURE;

    if (one->result == SERVER_OTHER)
        return SERVER_UNSURE;
    if (one->result != SERVER_ANYTHING)
        return (ServerType)one->result;
    for (uint32_t i = 0; i < call->count; i++) {
        if (formal_at(one, i) != SERVER_ANYTHING)
            continue;
        if (call->arguments[i] <= SERVER_LITERAL || (same && call->arguments[i] != same))
            return SERVER_UNSURE;
        same = call->arguments[i];
    }
    return same;
}

enum { CANDIDATES = 96 };

typedef struct Candidates {
    const Signature *items[CANDIDATES];
    uint32_t         count;
} Candidates;

/* Leaves those with the most points; all have some number of them. */
static void keep_best(Candidates *all, const Call *call, bool (*gives_point)(ServerType argument, ServerType formal))
{
    uint32_t best = 0, kept = 0;

    for (uint32_t i = 0; i < all->count; i++) {
        uint32_t points = 0;
        for (uint32_t at = 0; at < call->count; at++)
            points += call->arguments[at] != SERVER_LITERAL && call->arguments[at] != SERVER_NONE
                   && gives_point(call->arguments[at], formal_at(all->items[i], at));
        if (points > best) {
            best = points;
            kept = 0;
        }
        if (points == best)
            all->items[kept++] = all->items[i];
    }
    all->count = kept;
}

static bool is_same(ServerType argument, ServerType formal)
{
    return argument == formal;
}

static bool is_same_or_preferred(ServerType argument, ServerType formal)
{
    return argument == formal
        || (types[formal].preferred && types[formal].category == types[argument].category);
}

/* The category of a place where a literal stands, and whether a preferred type is among the candidates. */
static bool category_at(const Candidates *all, uint32_t at, char *category, bool *preferred)
{
    bool conflict = false;

    *category = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        ServerType formal = formal_at(all->items[i], at);
        char       mine   = types[formal].category;
        if (!*category || (mine != *category && mine == 'S')) {
            *category  = mine;
            *preferred = types[formal].preferred;
        } else if (mine == *category) {
            *preferred |= types[formal].preferred;
        } else {
            conflict = true;
        }
    }
    return !conflict || *category == 'S';
}

static void keep_by_category(Candidates *all, const Call *call)
{
    char     category[SERVER_ARGUMENTS_CEILING];
    bool     preferred[SERVER_ARGUMENTS_CEILING];
    uint32_t kept = 0;
    const Signature *fits[CANDIDATES];

    for (uint32_t at = 0; at < call->count; at++)
        if (call->arguments[at] == SERVER_LITERAL && !category_at(all, at, &category[at], &preferred[at]))
            return;
    for (uint32_t i = 0; i < all->count; i++) {
        bool good = true;
        for (uint32_t at = 0; at < call->count; at++) {
            ServerType formal = formal_at(all->items[i], at);
            if (call->arguments[at] == SERVER_LITERAL)
                good &= types[formal].category == category[at] && (!preferred[at] || types[formal].preferred);
        }
        if (good)
            fits[kept++] = all->items[i];
    }
    if (kept)
        memcpy(all->items, fits, kept * sizeof *fits);
    all->count = kept ? kept : all->count;
}

/* As if the literals were of the one type that all the others are of. */
static const Signature *by_known_type(const Candidates *all, const Call *call)
{
    ServerType       known = SERVER_LITERAL, same[SERVER_ARGUMENTS_CEILING];
    const Signature *found = NULL;

    for (uint32_t at = 0; at < call->count; at++) {
        if (call->arguments[at] == SERVER_LITERAL)
            continue;
        if (known != SERVER_LITERAL && known != call->arguments[at])
            return NULL;
        known = call->arguments[at];
    }
    if (known == SERVER_LITERAL || known == SERVER_NONE)
        return NULL;
    for (uint32_t at = 0; at < call->count; at++)
        same[at] = known;
    for (uint32_t i = 0; i < all->count; i++) {
        if (!takes(all->items[i], same, call->count))
            continue;
        if (found)
            return NULL;
        found = all->items[i];
    }
    return found;
}

static const Signature *choose(Candidates *all, const Call *call)
{
    bool literals = false;

    for (uint32_t at = 0; at < call->count; at++)
        literals |= call->arguments[at] == SERVER_LITERAL;
    if (all->count > 1)
        keep_best(all, call, is_same);
    if (all->count > 1)
        keep_best(all, call, is_same_or_preferred);
    if (all->count > 1 && literals)
        keep_by_category(all, call);
    return all->count == 1 ? all->items[0] : literals ? by_known_type(all, call) : NULL;
}

/* With arguments nobody knows, one answer holds when all that could be meant give it. */
static ServerAnswer agreed(const Candidates *all, const Call *call)
{
    ServerType result = result_of(all->items[0], call);

    for (uint32_t i = 1; i < all->count; i++)
        if (result_of(all->items[i], call) != result)
            return (ServerAnswer) { .found = SERVER_MAYBE };
    return (ServerAnswer) { .found = SERVER_MAYBE, .result = result };
}

static ServerAnswer answered(const Signature *one, const Call *call)
{
    ServerType left = call->count && one->fewest ? formal_at(one, 0) : SERVER_UNSURE;

    return (ServerAnswer) { SERVER_FOUND, result_of(one, call), left == SERVER_ANYTHING ? call->arguments[0] : left };
}

static ServerAnswer answer(Range range, const Call *call)
{
    Candidates all = { .count = 0 };

    for (uint32_t i = 0; i < range.count; i++) {
        if (!takes(&range.first[i], call->arguments, call->count))
            continue;
        if (all.count == CANDIDATES)
            return (ServerAnswer) { .found = SERVER_MAYBE };
        all.items[all.count++] = &range.first[i];
    }
    if (all.count == 0)
        return (ServerAnswer) { .found = SERVER_ABSENT };
    if (call->unsure)
        return agreed(&all, call);
    const Signature *best = choose(&all, call);
    return best ? answered(best, call) : (ServerAnswer) { .found = SERVER_MANY };
}

static const Signature *exactly(Range range, const ServerType *arguments, uint32_t count)
{
    for (uint32_t i = 0; i < range.count; i++) {
        const Signature *one  = &range.first[i];
        bool             same = count >= one->fewest && count <= one->most;
        for (uint32_t at = 0; same && at < count; at++)
            same = formal_at(one, at) == arguments[at];
        if (same)
            return one;
    }
    return NULL;
}

/* -- asking ---------------------------------------------------------------------------------- */

ServerAnswer server_operator(const char *name, ServerType left, ServerType right)
{
    ServerType given[2] = { left, right }, alike[2] = { left, right };
    Call       call     = { given, 2, left == SERVER_UNSURE || right == SERVER_UNSURE };
    Range      range    = named(operators, OPERATORS, str_of(name));

    if (left == SERVER_LITERAL && right > SERVER_LITERAL)
        alike[0] = right;
    else if (right == SERVER_LITERAL && left > SERVER_LITERAL && left != SERVER_NONE)
        alike[1] = left;
    const Signature *exact = call.unsure ? NULL : exactly(range, alike, 2);
    return exact ? answered(exact, &call) : answer(range, &call);
}

/* A type's name with one argument is a cast, if no function is exactly so. */
static ServerType cast_called(Str name)
{
    static const struct {
        const char *name;
        ServerType  type;
    } known[] = {
        { "bytea", SERVER_BYTEA }, { "date", SERVER_DATE }, { "json", SERVER_JSON }, { "jsonb", SERVER_JSONB },
        { "name", SERVER_NAME },   { "text", SERVER_TEXT }, { "uuid", SERVER_UUID },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name))
            return known[i].type;
    return SERVER_UNSURE;
}

ServerAnswer server_function(Str name, const ServerType *arguments, uint32_t count)
{
    Call       call  = { arguments, count, false };
    Range      range = named(functions, FUNCTIONS, name);
    ServerType cast  = count == 1 ? cast_called(name) : SERVER_UNSURE;

    for (uint32_t i = 0; i < count; i++)
        call.unsure |= arguments[i] == SERVER_UNSURE;
    if (count > SERVER_ARGUMENTS_CEILING || (range.count == 0 && cast == SERVER_UNSURE))
        return (ServerAnswer) { .found = SERVER_MAYBE };
    const Signature *exact = call.unsure ? NULL : exactly(range, arguments, count);
    if (exact)
        return answered(exact, &call);
    if (cast != SERVER_UNSURE && call.unsure)
        return (ServerAnswer) { .found = SERVER_MAYBE, .result = cast };
    if (cast != SERVER_UNSURE && (arguments[0] == cast || arguments[0] == SERVER_LITERAL || !casts[arguments[0]][cast].is_function)
        && server_casts(arguments[0], cast))
        return (ServerAnswer) { .found = SERVER_FOUND, .result = cast };
    return answer(range, &call);
}

ServerKind server_function_kind(Str name)
{
    Range range = named(functions, FUNCTIONS, name);

    return range.count ? (ServerKind)range.first->kind : SERVER_PLAIN;
}

ServerType server_type_named(Str name)
{
    static const struct {
        const char *name;
        ServerType  type;
    } known[] = {
        { "bigint", SERVER_INT8 },       { "int8", SERVER_INT8 },
        { "integer", SERVER_INT4 },      { "int", SERVER_INT4 },
        { "int4", SERVER_INT4 },         { "smallint", SERVER_INT2 },
        { "int2", SERVER_INT2 },         { "double precision", SERVER_FLOAT8 },
        { "float8", SERVER_FLOAT8 },     { "float", SERVER_FLOAT8 },
        { "real", SERVER_FLOAT4 },       { "float4", SERVER_FLOAT4 },
        { "numeric", SERVER_NUMERIC },   { "decimal", SERVER_NUMERIC },
        { "text", SERVER_TEXT },         { "varchar", SERVER_VARCHAR },
        { "character varying", SERVER_VARCHAR }, { "char", SERVER_BPCHAR },
        { "character", SERVER_BPCHAR },  { "boolean", SERVER_BOOL },
        { "bool", SERVER_BOOL },         { "date", SERVER_DATE },
        { "time", SERVER_TIME },         { "timestamp", SERVER_TIMESTAMP },
        { "timestamptz", SERVER_TIMESTAMPTZ }, { "timestamp with time zone", SERVER_TIMESTAMPTZ },
        { "timestamp without time zone", SERVER_TIMESTAMP }, { "interval", SERVER_INTERVAL },
        { "json", SERVER_JSON },         { "jsonb", SERVER_JSONB },
        { "bytea", SERVER_BYTEA },       { "uuid", SERVER_UUID },
        { "name", SERVER_NAME },         { "oid", SERVER_OID },
        { "regclass", SERVER_REGCLASS },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(name, str_of(known[i].name)))
            return known[i].type;
    return SERVER_UNSURE;
}

const char *server_type_name(ServerType type)
{
    return types[type].called;
}
