/*
 * What the parts of the translator share; nobody outside of rewriters/sql includes it.
 *
 * A Work is one translation under way. Expressions are looked at once, leaves first: each gives
 * a Value (what the databases will make of it), leaves its changes and its remarks, and is
 * remembered, so that whoever stands above can ask again and change what is below: `1` becomes
 * `true` only when the comparison around it turns out to be one of booleans.
 */
#ifndef REWRITERS_SQL_WORK_H
#define REWRITERS_SQL_WORK_H

#include "base/map.h"
#include "rewriters/sql/change.h"
#include "rewriters/sql/table.h"
#include "rewriters/sql/translate.h"

/* -- values ---------------------------------------------------------------------------------- */

typedef struct Value {
    ValueKind kind;
    bool      nullable;
    bool      small;    /* an INTEGER that Postgres has as int4: literals, LENGTH() */
    bool      constant; /* an INTEGER literal, `number` */
    int64_t   number;
    bool      bound;    /* unknown, for it is a bind further in */
    bool      plain;    /* straight from `column`, nothing done to it */
    bool      clock;    /* the current time */
    bool      digits;   /* a TEXT of digits: strftime('%s', …) */
    bool      document; /* a TEXT that other functions of JSON take for JSON */
    bool      untyped;  /* a TEXT out of JSON, which SQLite has as a number where it is one */
    Str       moment;   /* a TEXT of a time: the timestamp it was made of; see moment_as() */
    bool      mixed;    /* a DOUBLE that SQLite may have as an integer: COALESCE(price, 0) */
    const KnownTable  *table; /* of a plain column; NULL when there is no catalog for it */
    const KnownColumn *column;
} Value;

typedef struct NamedValue {
    Str   name;
    Value value;
} NamedValue;

typedef Vec(NamedValue) NamedValueVec;

/* -- scopes ---------------------------------------------------------------------------------- */

typedef struct Source {
    Str               handle;  /* alias, else name; empty when a subquery has none */
    const KnownTable *table;   /* NULL: unknown, a subquery or a CTE */
    NamedValueVec     columns;
    bool              known;   /* `columns` is all there is */
    bool              by_name; /* `excluded`: only where it is named */
    bool              one_row; /* has at most one row */
    const Node       *node;
    const Node       *join;    /* NODE_JOIN it came by, or NULL */
} Source;

typedef Vec(Source) SourceVec;

typedef struct Cte Cte;
struct Cte {
    const Cte    *next; /* further out, or before it */
    Str           name;
    NamedValueVec columns;
    bool          known;
    bool          one_row;
    bool          recursive; /* while it is being defined */
    bool          used_inside;
};

typedef struct Scope Scope;
struct Scope {
    Scope      *outer;
    SourceVec   sources;
    Cte        *ctes;
    const Node *results; /* NODE_RESULTS whose aliases may be meant, or NULL */
    bool        aliases_ok; /* ORDER BY, GROUP BY: both databases know aliases here */
};

typedef struct Found {
    const Source *source; /* NULL: no such column in any source we know */
    size_t        column; /* index in source->columns; SIZE_MAX: in an unknown source */
    const Scope  *scope;
    bool          sure;   /* false: a source with unknown columns might have it too */
    const Node   *alias;  /* NODE_RESULT whose alias it is */
    Value         value;
} Found;

/* -- the work -------------------------------------------------------------------------------- */

typedef struct Work {
    Arena                  *arena;
    Str                     text;
    const TranslateOptions *options;
    Translation            *out;
    ChangeVec               changes;
    Map                     values;   /* node → Value */
    Map                     binds;    /* offset → index in out->binds + 1 */
    bool                    lower;    /* the author writes keywords in small letters */
    bool                    unknown_told;
    bool                    hole_told;
    bool                    alone;    /* something was written that Postgres alone understands */
    uint32_t                made_names;
    Map                    *views;    /* that were looked into, by name (left_out.c) */
    struct Naming          *naming;   /* of the catalog; NULL until it is asked for (rename.c) */
    Map                     renamed;  /* names of tables and columns that may be others on Postgres, small */
} Work;

/* sql_translate() of a query inside of another statement, which has looked into these views. */
Translation translate_inside(Arena *arena, Str text, const TranslateOptions *options, Map *views);

/* -- remarks (remark.c) ---------------------------------------------------------------------- */

/* Something that stays as it is; `verdict` is what it allows. */
void told(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
          const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Something a change answers. */
void cured(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
           const char *format, ...) __attribute__((format(printf, 6, 7)));
/*
 * Something that no text says on both. Where the caller takes a text for Postgres alone this is the
 * remark of its change, with `verdict`, and true; elsewhere the statement is refused, and false.
 */
bool alone(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
           const char *format, ...) __attribute__((format(printf, 6, 7)));
/* A type that no catalog tells: once for each statement. `code` is TX-15 for binds, else SQL-21. */
void told_unknown_type(Work *w, const char *code, const Node *at);
void told_hole(Work *w, const Node *at);

static inline Span span_of(const Node *node)
{
    return (Span) { node->lo, node->hi };
}

/* -- text (remark.c) ------------------------------------------------------------------------- */

Str         source_of(const Work *w, const Node *node);
Str         keyword_cased(const Work *w, const char *words); /* as the author writes keywords */
Str         name_of(const Work *w, Span span);               /* without quotes */
const Token *token_in(const Work *w, uint32_t lo, uint32_t hi, TokenKind kind); /* first, or NULL */
const Token *token_before(const Work *w, uint32_t lo); /* that is not blank, or NULL */
/* Where the blanks before `lo` begin; the line end that a comment needs is none of them. */
uint32_t    blanks_before(const Work *w, uint32_t lo);
bool        node_has_hole(const Work *w, const Node *node);
/* The same words, in any case, blanks and comments aside. */
bool        same_words(const Work *w, const Node *a, const Node *b);
/* May `node` stand beside any operator without parentheses? */
bool        is_atom(const Node *node);

/* -- values (value.c) ------------------------------------------------------------------------ */

Value       value_of_kind(ValueKind kind);
/* A result as the query around sees it: a literal without a type has become text there. */
Value       value_outside(Value value);
Value       value_of_column(const KnownTable *table, const KnownColumn *column);
void        remember(Work *w, const Node *node, Value value);
Value       seen(const Work *w, const Node *node); /* of a node looked at before */
bool        kind_is_number(ValueKind kind);
PgType      kind_type(ValueKind kind);
const char *value_kind_name(ValueKind kind); /* for people */

/* -- scopes (scope.c) ------------------------------------------------------------------------ */

Scope *scope_new(Work *w, Scope *outer);
Source *scope_add(Work *w, Scope *scope, Str handle, const KnownTable *table, const Node *node);
Found  find_column(const Work *w, Scope *scope, const Node *column);
/* What SQLite calls the result that is this column, and nothing else. */
Str    column_key(Work *w, Scope *scope, const Node *column, const Value *value);
Cte   *find_cte(const Scope *scope, Str name);
Value  column_value(Work *w, Scope *scope, const Node *column);
/* A column that USING or NATURAL has in common with an earlier source: a star shows it once. */
bool   is_merged(const Work *w, const Scope *scope, const Source *source, Str name);
/* Are those the first columns of the first source, in its order? There Postgres puts them. */
bool   merged_come_first(const Work *w, const Scope *scope);
/* Names of tables, aliases, columns that are defined here: quotes and reserved words. */
void   spell_name(Work *w, Span name);
bool   told_no_name(Work *w, Span name); /* `""`, [] */
void   spell_table(Work *w, const Node *table);

/* -- expressions ----------------------------------------------------------------------------- */

Value expression(Work *w, Scope *scope, const Node *node);          /* expression.c */
void  condition(Work *w, Scope *scope, const Node *node);           /* looked at, used as a truth */
void  as_condition(Work *w, const Node *node);                      /* has been looked at before */
Value function_call(Work *w, Scope *scope, const Node *node);       /* function.c */
Value clock_call(Work *w, Scope *scope, const Node *node, Str name); /* clock.c */
Value blob_literal(Work *w, const Node *node);                      /* scalar.c */
Value clock_value(Work *w, const Node *node, const Node *modifier);
void  null_of_kind(Work *w, const Node *node, ValueKind kind); /* where it is no plain NULL, which has any type */
void  typed_null(Work *w, const Node *node); /* Postgres asks of which type it is, or takes it for text */
Value arithmetic(Work *w, Scope *scope, const Node *node);          /* arithmetic.c */
Value concatenation(Work *w, const Node *node);
Value cast(Work *w, Scope *scope, const Node *node);                /* cast.c */
Value pattern(Work *w, Scope *scope, const Node *node);             /* pattern.c */
Value case_when(Work *w, Scope *scope, const Node *node);           /* branch.c */
/* Branches that become one value: CASE, COALESCE, UNION. */
Value unite(Work *w, const Node *const *nodes, size_t count, const Node *whole);

/* -- types meeting (compare.c, store.c, boolean.c) ------------------------------------------- */

void compare(Work *w, const Node *a, const Node *b, const Node *whole);
void store(Work *w, const Node *node, Value target);
void to_integer(Work *w, const Node *node); /* a boolean for where a number is wanted */
bool can_be_boolean(const Work *w, const Node *node);
void to_boolean(Work *w, const Node *node);
bool is_zero_or_one(const Work *w, const Node *node);
bool cast_around(const Work *w, const Node *node, const char *type);
void wrap_cast(Work *w, const Node *node, const char *type);
void as_double(Work *w, const Node *node); /* a NUMERIC that Python shall not see as a Decimal */
void bind_meets(Work *w, const Node *bind, Value column);
bool is_nocase(const Value *value);
/* The column ignores case on SQLite alone, where it is compared, ordered or grouped by. */
/* Says that a column is compared as text by SQLite and as a number by Postgres. */
void told_number_was_text(Work *w, const Node *at, const Value *value);
void told_nocase_column(Work *w, const Node *at, const Value *value); /* and any other collation */
void told_collation(Work *w, const Node *at, const Value *value);
/* NOCASE on one of two sides: the LOWER() of both. */
bool fold_case(Work *w, const Node *a, const Node *b);

/* -- queries --------------------------------------------------------------------------------- */

typedef struct Rows {
    NamedValueVec columns;
    bool          known;   /* `columns` is all */
    bool          one_row;
} Rows;

typedef enum QueryUse { QUERY_TOP, QUERY_SOURCE, QUERY_SCALAR, QUERY_IN, QUERY_EXISTS, QUERY_STORED } QueryUse;

Rows query(Work *w, Scope *outer, const Node *select, QueryUse use, Cte *defining); /* query.c */
Rows results(Work *w, Scope *scope, const Node *items);
void with(Work *w, Scope *scope, const Node *with_node);
void sources(Work *w, Scope *scope, const Node *from, Scope *outer);           /* source.c */
/* The table of INSERT, UPDATE or DELETE, put into the scope; NULL if the catalog does not tell. */
const KnownTable *written_table(Work *w, Scope *scope, const Node *node);      /* source.c */
void order_terms(Work *w, Scope *scope, const Node *order, const Node *results, const Rows *compound); /* order.c */
void limit(Work *w, Scope *scope, const Node *node);
void group_by(Work *w, Scope *scope, const Node *core, const Node *order);      /* group.c */
bool has_aggregate(const Work *w, const Node *root);
bool is_aggregate(const Work *w, const Node *function);
void window(Work *w, Scope *scope, const Node *node);
/* A function over rows that are alike to the window's ORDER BY: which comes first is not said. */
void window_ties(Work *w, Scope *scope, const Node *function);

/* At most one row by the equalities of `where` and the joins? (rows.c) */
bool rows_at_most_one(Work *w, Scope *scope, const Node *from, const Node *where);
/* Do the terms order the rows without ties? */
bool rows_ordered(Work *w, Scope *scope, const Node *from, const Node *where, const Node *order,
                  const Node *results);
/* Columns that follow from others; (source, column) pairs. */
typedef struct ColumnAt {
    const Source *source;
    size_t        column;
    bool          nullable; /* one of its values may be NULL */
} ColumnAt;
typedef Vec(ColumnAt) ColumnAtVec;
void rows_determined(Work *w, Scope *scope, const Node *from, const Node *where, ColumnAtVec *known);
/* At most one row for each choice of the columns in `known`, which grows. */
bool rows_settled_by(Work *w, Scope *scope, const Node *from, const Node *where, ColumnAtVec *known);
bool column_is_in(const ColumnAtVec *set, const Source *source, size_t column);

/* -- statements ------------------------------------------------------------------------------ */

void insert_statement(Work *w, Scope *scope, const Node *root);  /* insert.c */
void conflict_clauses(Work *w, Scope *scope, const Node *root, const KnownTable *table,
                      Source *target);                           /* conflict.c */
void update_statement(Work *w, Scope *scope, const Node *root);  /* update.c */
void delete_statement(Work *w, Scope *scope, const Node *root);
void set_clause(Work *w, Scope *scope, const Node *set, const KnownTable *table);
void returning(Work *w, Scope *scope, const Node *root);
void other_statement(Work *w, const Node *root);                 /* refuse.c */
/* Where the schema for Postgres has no table of that name, though the catalog has (left_out.c). */
void told_left_out(Work *w, const Node *node, const CatalogTable *table);
/* Names that the schema for Postgres has changed (rename.c): of a table the statement names; … */
void note_renamed(Work *w, const CatalogTable *table);
/* … in the edits, when all else is done; … */
void rename_all(Work *w, EditVec *edits);
/* … and of a result that is called like one. */
bool is_renamed_to(const Work *w, Str name, Str *called);
/* INSERT and UPDATE of a table whose constraints say what to do with a row that breaks them. */
void told_resolution(Work *w, const Node *root, const KnownTable *table); /* update.c */
bool refused_table(Work *w, const Node *table);                  /* sqlite_master and its like */
/* A text out of JSON, where SQLite has a number: cast, and true (compare.c). */
bool number_of_json(Work *w, const Node *text, const Value *number);
/* A text of digits for a column of numbers: cast, and true (compare.c). */
bool number_of_digits(Work *w, const Node *text, const Value *number);
/* What stands in for it on Postgres, as a source; false, and nothing done, when nothing does (stand_in.c). */
bool master_table(Work *w, Scope *scope, const Node *node);
bool json_each_table(Work *w, Scope *scope, const Node *node);

void name_binds(Work *w);      /* bind.c */
void escape_colons(Work *w);   /* colon.c */
void part_signs(Work *w);      /* lexing.c */
void describe_results(Work *w, const Node *items, Scope *scope); /* result.c */
/* Of VALUES, and what the parts of a compound come to together. */
void describe_rows(Work *w, const Node *core, const Rows *rows, bool compound);

#endif
