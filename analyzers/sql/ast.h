/*
 * What a piece of SQL says, as a tree over its text.
 *
 * Every node knows its bytes exactly (`lo`, `hi`: first token to last, no blanks
 * around), lies within its parent, after its older siblings. All nodes have one
 * shape: a kind, a role towards the parent, an operator where the kind has
 * several forms, flags, up to four names as spans of the text, and children in
 * the order of the text. What kind has which children is told in nodes.def.
 * Clauses are nodes that include their keyword (`WHERE x = 1`), parentheses
 * around an expression are nodes, so a tree can be edited by its ranges.
 *
 * Nodes live in the arena given to sql_parse() and are const after it.
 *
 * A hole (see token.h) is a NODE_HOLE where an expression, a list or the rest of
 * a clause is missing, and FLAG_HOLE on a node one of whose names, or whose
 * operator, is or contains a hole.
 */
#ifndef ANALYZERS_SQL_AST_H
#define ANALYZERS_SQL_AST_H

#include "analyzers/sql/token.h"

typedef enum NodeKind {
#define NODE(kind, name) NODE_##kind,
#include "analyzers/sql/nodes.def"
#undef NODE
    NODE_KIND_COUNT
} NodeKind;

typedef enum NodeRole {
#define ROLE(role, name) ROLE_##role,
#include "analyzers/sql/roles.def"
#undef ROLE
    ROLE_COUNT_OF_ROLES
} NodeRole;

typedef enum NodeOp {
#define OP(op, name) OP_##op,
#include "analyzers/sql/ops.def"
#undef OP
    OP_COUNT
} NodeOp;

typedef enum NodeFlag {
    FLAG_NOT           = 1 << 0,  /* NOT IN, NOT LIKE, NOT BETWEEN, NOT MATERIALIZED */
    FLAG_DISTINCT      = 1 << 1,  /* SELECT DISTINCT, COUNT(DISTINCT x) */
    FLAG_ALL           = 1 << 2,  /* SELECT ALL */
    FLAG_STAR          = 1 << 3,  /* COUNT(*) */
    FLAG_RECURSIVE     = 1 << 4,  /* WITH RECURSIVE */
    FLAG_MATERIALIZED  = 1 << 5,  /* AS [NOT] MATERIALIZED */
    FLAG_NATURAL       = 1 << 6,  /* NATURAL JOIN */
    FLAG_DESC          = 1 << 7,
    FLAG_ASC           = 1 << 8,  /* written out */
    FLAG_NULLS_FIRST   = 1 << 9,
    FLAG_NULLS_LAST    = 1 << 10,
    FLAG_COMMA         = 1 << 11, /* LIMIT a, b: the first is the offset */
    FLAG_TEMP          = 1 << 12,
    FLAG_IF_EXISTS     = 1 << 13, /* IF EXISTS, IF NOT EXISTS */
    FLAG_UNIQUE        = 1 << 14, /* CREATE UNIQUE INDEX */
    FLAG_WITHOUT_ROWID = 1 << 15,
    FLAG_STRICT        = 1 << 16,
    FLAG_AUTOINCREMENT = 1 << 17,
    FLAG_STORED        = 1 << 18, /* GENERATED … STORED */
    FLAG_DEFERRABLE    = 1 << 19, /* REFERENCES … DEFERRABLE */
    FLAG_INITIALLY_DEFERRED = 1 << 20,
    FLAG_NOTHING       = 1 << 21, /* ON CONFLICT … DO NOTHING */
    FLAG_QUERY_PLAN    = 1 << 22, /* EXPLAIN QUERY PLAN */
    FLAG_CALL          = 1 << 23, /* PRAGMA x(y) rather than PRAGMA x = y */
    FLAG_BARE_ALIAS    = 1 << 24, /* the alias has no AS before it */
    FLAG_REPLACE       = 1 << 25, /* REPLACE INTO, as against INSERT OR REPLACE INTO */
    FLAG_EXPANDING     = 1 << 26, /* IN :name, filled by SQLAlchemy's expanding bindparam */
    FLAG_HOLE          = 1 << 27, /* a name or the operator of this node is, or has, a hole */
} NodeFlag;

typedef struct Span {
    uint32_t lo, hi; /* lo == hi: there is none */
} Span;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    NodeRole role;
    NodeOp   op;
    uint32_t flags;
    uint32_t lo, hi;
    uint32_t index;    /* place among the siblings of the same role, from 0 */
    uint32_t height;   /* 1 for a leaf; at most SQL_HEIGHT_CEILING */
    NodeOp   conflict; /* INSERT OR x, UPDATE OR x, a constraint's ON CONFLICT x; else OP_NONE */
    Span     name;     /* column, function, table, alias of a result … by kind, as written */
    Span     qualifier; /* `t` in t.x and t.*; the schema of a table, index, view, pragma */
    Span     schema;   /* `main` in main.t.x */
    Span     alias;    /* of a table or subquery in FROM, of a result item */
    Span     operator_; /* the tokens of the operator of an expression or join; else none */
    Node    *parent;
    Node    *first, *last; /* children */
    Node    *next;         /* sibling */
};

/* One statement of a text. */
typedef struct SqlStatement {
    Node    *root;       /* NULL if nothing could be made of it, or it is empty */
    uint32_t lo, hi;     /* first token to last, without the semicolon */
    uint32_t end;        /* after the semicolon if there is one, else == hi */
    uint32_t first_token, end_token; /* of Sql.tokens; end_token is exclusive, no semicolon */
    bool     broken;     /* SQLite would call it a syntax error (or it is too deep for us); behind a
                            hole: unless what is in the hole changes how the rest reads */
    uint32_t broken_at;  /* the token that does not fit; hi when the text ends too early */
    Str      expected;   /* what would have: "an expression"; empty unless broken */
    bool     has_hole;
    bool     certain;    /* false: a hole may hold clauses we know nothing of, or it is broken */
} SqlStatement;

typedef Vec(SqlStatement) SqlStatementVec;

/* A text with its tokens and its statements, empty ones left out. */
typedef struct Sql {
    Str             text;
    TokenVec        tokens;
    SqlStatementVec statements;
    Span            rows;    /* of sql_parse_definitions(): the first word that was left out and begins to change rows, … */
    size_t          changes; /* … and how many statements do */
} Sql;

static inline bool span_is_set(Span span)
{
    return span.hi > span.lo;
}

const char *node_kind_name(NodeKind kind); /* "select" */
const char *node_role_name(NodeRole role); /* "where" */
const char *node_op_name(NodeOp op);       /* "union all" */

/* The first child with this role, or NULL. */
const Node *node_child(const Node *node, NodeRole role);
/* The first child of this kind, or NULL. */
const Node *node_child_of_kind(const Node *node, NodeKind kind);
size_t      node_count(const Node *node, NodeRole role);
/* The nearest ancestor (not the node itself) of this kind, or NULL. */
const Node *node_ancestor(const Node *node, NodeKind kind);
/* The smallest node that covers the bytes, or NULL when they lie outside of `root`. */
const Node *node_at(const Node *root, uint32_t lo, uint32_t hi);
/* Strips NODE_PAREN and NODE_TAIL: the expression that counts. */
const Node *node_bare(const Node *node);

#define node_each(child, node) \
    for (const Node *child = (node)->first; child; child = child->next)

/* Depth first, parents before children, without recursion: start with `root`; NULL at the end. */
const Node *node_walk(const Node *root, const Node *at);
/* The same, leaving out what is below `at`. */
const Node *node_walk_past(const Node *root, const Node *at);

#define node_walk_each(node, root) \
    for (const Node *node = (root); node; node = node_walk((root), node))

static inline Str node_text(Str text, const Node *node)
{
    return str_slice(text, node->lo, node->hi);
}

static inline Str span_text(Str text, Span span)
{
    return str_slice(text, span.lo, span.hi);
}

/*
 * A name without its quotes ("a""b" is a"b); borrowed from the text unless a
 * doubled quote had to be undone. An empty Str for an unset span.
 */
Str sql_name(Arena *arena, Str text, Span span);
/* The same for any spelling of a name or of a string literal. */
Str sql_unquote(Arena *arena, Str spelling);
/* The other way: in these quotes (' or "), which are doubled within. */
Str sql_quote(Arena *arena, Str text, char quote);

/* The tree, one node a line, for `show` and for tests: `binary where op== 3..8`. */
void node_print(Buf *out, Str text, const Node *root);

#endif
