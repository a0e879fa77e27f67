/*
 * How Postgres 15 finds out which operator, function or cast an expression means, by the types that meet in it
 * (chapter 10 of its manual), over its own catalog of them: server_*.def, which tests/proof/signatures.py writes
 * and holds against a server.
 *
 * Beside the types of Postgres there are two that stand for not knowing one: SERVER_LITERAL, a quoted literal or
 * NULL, which takes the type that it meets (Postgres calls it "unknown"), and SERVER_UNSURE, of which we know
 * nothing. An answer that something does not exist holds for every type that could stand in place of SERVER_UNSURE.
 */
#ifndef REWRITERS_PROOF_SERVER_H
#define REWRITERS_PROOF_SERVER_H

#include <stdint.h>

#include "base/str.h"

typedef enum ServerType {
    SERVER_UNSURE,
    SERVER_LITERAL,
#define TYPE(type, category, preferred, called) SERVER_##type,
#include "rewriters/proof/server_types.def"
#undef TYPE
    SERVER_OTHER,    /* of signatures alone: a type that is none of those above … */
    SERVER_ANYTHING, /* … and any type */
    SERVER_NONE,     /* the left side of a prefix operator */
    SERVER_TYPE_COUNT
} ServerType;

typedef enum ServerFound {
    SERVER_FOUND,
    SERVER_MAYBE,   /* too little is known of the arguments, or of the name */
    SERVER_ABSENT,  /* there is none for such types */
    SERVER_MANY,    /* there are several, and none is better than the others */
} ServerFound;

typedef enum ServerKind { SERVER_PLAIN, SERVER_AGGREGATE, SERVER_WINDOW } ServerKind;

typedef struct ServerAnswer {
    ServerFound found;
    ServerType  result; /* SERVER_UNSURE unless it is known */
    ServerType  left;   /* what the first argument becomes; SERVER_UNSURE unless SERVER_FOUND */
} ServerAnswer;

enum { SERVER_ARGUMENTS_CEILING = 100 }; /* Postgres' own */

ServerAnswer server_operator(const char *name, ServerType left, ServerType right);

/* `name` in small letters. One that is in no table is SERVER_MAYBE. */
ServerAnswer server_function(Str name, const ServerType *arguments, uint32_t count);

/* Whether a function of that name takes many rows: SERVER_PLAIN for those nobody knows. */
ServerKind server_function_kind(Str name);

/* May a value be stored in such a column, used where that type is wanted, or cast to it? */
bool server_implicit(ServerType from, ServerType to);
bool server_assigns(ServerType from, ServerType to);
bool server_casts(ServerType from, ServerType to);

typedef struct ServerCommon {
    bool       clash; /* `one` and `other` cannot become one type */
    ServerType one, other;
    ServerType type;
} ServerCommon;

/* Of the values that become one: UNION, CASE, COALESCE, VALUES, IN. */
ServerCommon server_common(const ServerType *types, uint32_t count);

/* Of a spelling in CAST, in any case and without (n); SERVER_UNSURE if it is not known. */
ServerType server_type_named(Str name);

const char *server_type_name(ServerType type); /* "timestamp with time zone"; "unknown" */

#endif
