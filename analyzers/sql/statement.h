/*
 * The facts of one statement that do not need a catalog.
 *
 * What it does, which tables it reads and writes, its binds in order with what
 * each of them meets, and what its rows are made of. Everything here is read off
 * the text: a column is given as it is written, a table only where the text says
 * which one it is. analyzers/schema/resolve.h goes on from here with a catalog.
 *
 * A Statement borrows the tree and the text of its Sql and lives in the arena
 * given. A broken statement has facts too, as far as it was understood, and all
 * of its binds; look at `broken` and `certain` before believing that is all.
 */
#ifndef ANALYZERS_SQL_STATEMENT_H
#define ANALYZERS_SQL_STATEMENT_H

#include "analyzers/sql/parser.h"
#include "analyzers/sql/scope.h"

typedef enum StatementKind {
#define STATEMENT(kind, name, writes) STATEMENT_##kind,
#include "analyzers/sql/statements.def"
#undef STATEMENT
    STATEMENT_KIND_COUNT
} StatementKind;

/* -- tables ---------------------------------------------------------------------------------- */

typedef enum TableAccess { TABLE_READ, TABLE_WRITE } TableAccess;

typedef struct TableUse {
    Str         name;   /* without quotes; empty when it is a hole */
    Str         schema; /* as written, or empty */
    Str         alias;  /* or empty */
    TableAccess access;
    const Node *node;   /* NODE_TABLE; NODE_DROP, NODE_CREATE_INDEX … where there is none */
    bool        has_hole; /* (part of) the name is a hole */
} TableUse;

typedef Vec(TableUse) TableUseVec;

/* -- binds ----------------------------------------------------------------------------------- */

typedef enum BindForm {
    BIND_QMARK,    /* ?     */
    BIND_NUMBERED, /* ?7    */
    BIND_NAMED,    /* :a @a $a #a */
} BindForm;

typedef enum BindContext {
    BIND_OTHER,
    BIND_INSERT,          /* VALUES (…, ?), SELECT … ? of an INSERT; `column` or `position` */
    BIND_SET,             /* SET column = ? */
    BIND_COMPARE,         /* column op ?; `op` */
    BIND_IN,              /* column IN (…, ?, …); also IN :name */
    BIND_IN_OPERAND,      /* ? IN (…) */
    BIND_BETWEEN_LOW,     /* column BETWEEN ? AND … */
    BIND_BETWEEN_HIGH,
    BIND_BETWEEN_OPERAND, /* ? BETWEEN a AND b */
    BIND_LIKE,            /* column LIKE ? (GLOB, REGEXP, MATCH: `op`) */
    BIND_ESCAPE,
    BIND_LIMIT,
    BIND_OFFSET,
    BIND_ARGUMENT,        /* f(…, ?, …), `function` and `position`, when nothing above holds */
    BIND_RESULT,          /* SELECT ? */
} BindContext;

typedef struct Bind {
    uint32_t    lo, hi;
    BindForm    form;
    uint32_t    number;   /* the index sqlite3 gives it, from 1; equal numbers share one value */
    Str         name;     /* BIND_NAMED: without its mark; else empty */
    char        mark;     /* ? : @ $ # */
    bool        has_hole; /* the name is, or has, a hole */
    const Node *node;     /* NODE_BIND; NULL in text that could not be parsed */

    BindContext context;
    /*
     * Direct: the bind itself meets the column, so their types must agree. Not
     * direct: something stands between (`LOWER(email) = LOWER(?)`, `n = n + ?`,
     * `name LIKE '%' || ? || '%'`); the column gives a good name and no more.
     */
    bool        direct;
    bool        in_row_value; /* (a, b) = (?, ?) */
    NodeOp      op;           /* of BIND_COMPARE (OP_EQ …, OP_IS …, OP_HOLE) and BIND_LIKE */
    const Node *column_node;  /* NODE_COLUMN or NODE_NAME it meets, or NULL */
    Str         column;       /* its name without quotes, or empty */
    Str         qualifier;    /* `u` in u.id = ?, or empty */
    Str         table;        /* the schema's table, where the text alone tells; else empty */
    Str         function;     /* innermost function around the bind, or empty */
    uint32_t    position;     /* from 0: in the row of an INSERT, in the arguments of `function` */

    /*
     * TX-04: `user_id`, `created_at_lo`, `limit`; word characters, lower case.
     * Empty if nothing suggests itself. Two binds may get the same: only who
     * knows the values can tell whether they may share (see bind_names()).
     */
    Str suggested;
} Bind;

typedef Vec(Bind) BindVec;

/* -- results --------------------------------------------------------------------------------- */

typedef struct ResultItem {
    const Node *node;       /* NODE_RESULT, NODE_STAR or NODE_HOLE */
    const Node *expression; /* NULL for a star or a hole */
    const Node *column;     /* NODE_COLUMN, when the item is a plain column, else NULL */
    bool        is_star;
    Str         qualifier;  /* `t` in t.x and t.* */
    Str         alias;      /* or empty */
    /*
     * The key of sqlite3.Row: the alias; or the column as written (SQLite takes
     * the spelling of the schema); or the source text of the expression. Empty
     * for a star or a hole.
     */
    Str         key;
} ResultItem;

typedef Vec(ResultItem) ResultItemVec;

/* -- the statement --------------------------------------------------------------------------- */

typedef struct Statement {
    Str                 text;   /* the whole text the offsets count in */
    const SqlStatement *parsed;
    const Node         *root;   /* the statement itself, inside an EXPLAIN if any; or NULL */
    StatementKind       kind;
    bool                is_explain;
    bool                is_write;      /* changes data or schema */
    bool                returns_rows;
    bool                has_returning;
    bool                has_with;      /* WITH before SELECT or DML */
    bool                broken, has_hole, certain; /* as in SqlStatement */
    TableUseVec         tables;
    BindVec             binds;
    ResultItemVec       results; /* of SELECT (its first core) or RETURNING */
    SqlScopeVec         scopes;
} Statement;

typedef Vec(Statement) StatementVec;

Statement    statement_of(Arena *arena, const Sql *sql, const SqlStatement *parsed);
StatementVec statements_of(Arena *arena, const Sql *sql);

/* Parses the text; false when it does not hold exactly one statement. */
bool statement_read(Arena *arena, Str text, Statement *out);

const char *statement_kind_name(StatementKind kind); /* "create table" */
const char *bind_context_name(BindContext context);

/*
 * A name for every bind of the statement, in its order, each a fit for text():
 * the suggested one, or its own; `_2`, `_3` … behind the second, third user of a
 * name; p1, p2 … for want of any. Binds with one number share their name.
 */
StrVec bind_names(Arena *arena, const Statement *statement);

/* `createdAt` → created_at, `User ID` → user_id, `9x` → p_9x; empty stays empty. */
Str bind_name_of(Arena *arena, Str column);

#endif
