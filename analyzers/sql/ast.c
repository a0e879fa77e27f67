#include "analyzers/sql/ast.h"

static const char *const kind_names[] = {
#define NODE(kind, name) [NODE_##kind] = name,
#include "analyzers/sql/nodes.def"
#undef NODE
};

static const char *const role_names[] = {
#define ROLE(role, name) [ROLE_##role] = name,
#include "analyzers/sql/roles.def"
#undef ROLE
};

static const char *const op_names[] = {
#define OP(op, name) [OP_##op] = name,
#include "analyzers/sql/ops.def"
#undef OP
};

const char *node_kind_name(NodeKind kind)
{
    return kind_names[kind];
}

const char *node_role_name(NodeRole role)
{
    return role_names[role];
}

const char *node_op_name(NodeOp op)
{
    return op_names[op];
}

const Node *node_child(const Node *node, NodeRole role)
{
    node_each(child, node)
        if (child->role == role)
            return child;
    return NULL;
}

const Node *node_child_of_kind(const Node *node, NodeKind kind)
{
    node_each(child, node)
        if (child->kind == kind)
            return child;
    return NULL;
}

size_t node_count(const Node *node, NodeRole role)
{
    size_t count = 0;

    node_each(child, node)
        count += child->role == role;
    return count;
}

const Node *node_ancestor(const Node *node, NodeKind kind)
{
    for (node = node->parent; node; node = node->parent)
        if (node->kind == kind)
            return node;
    return NULL;
}

const Node *node_at(const Node *root, uint32_t lo, uint32_t hi)
{
    if (!root || lo < root->lo || hi > root->hi)
        return NULL;

    const Node *found = root;
    for (const Node *child = root->first; child;) {
        if (child->lo <= lo && hi <= child->hi) {
            found = child;
            child = child->first;
        } else {
            child = child->next;
        }
    }
    return found;
}

const Node *node_bare(const Node *node)
{
    while (node && (node->kind == NODE_PAREN || node->kind == NODE_TAIL)) {
        const Node *operand = node_child(node, ROLE_OPERAND);
        if (!operand)
            break;
        node = operand;
    }
    return node;
}

const Node *node_walk_past(const Node *root, const Node *at)
{
    while (at && at != root) {
        if (at->next)
            return at->next;
        at = at->parent;
    }
    return NULL;
}

const Node *node_walk(const Node *root, const Node *at)
{
    return at->first ? at->first : node_walk_past(root, at);
}

Str sql_unquote(Arena *arena, Str spelling)
{
    if (spelling.len < 2)
        return spelling;

    char open = spelling.ptr[0];
    char end  = spelling.ptr[spelling.len - 1];
    if (open == '[' && end == ']')
        return str_slice(spelling, 1, spelling.len - 1);
    if ((open != '"' && open != '`' && open != '\'') || end != open)
        return spelling;

    Str inner = str_slice(spelling, 1, spelling.len - 1);
    if (str_find_char(inner, open) == STR_NOT_FOUND)
        return inner;

    Buf out = buf_new(arena);
    for (size_t i = 0; i < inner.len; i++) {
        buf_add_char(&out, inner.ptr[i]);
        if (inner.ptr[i] == open)
            i++;
    }
    return buf_str(&out);
}

Str sql_name(Arena *arena, Str text, Span span)
{
    if (!span_is_set(span))
        return (Str) { 0 };
    return sql_unquote(arena, span_text(text, span));
}

static void print_span(Buf *out, Str text, const char *what, Span span)
{
    if (span_is_set(span))
        buf_format(out, " %s=" STR_FORMAT, what, STR_ARG(span_text(text, span)));
}

static void print_flags(Buf *out, uint32_t flags)
{
    static const struct {
        NodeFlag    flag;
        const char *name;
    } names[] = {
        { FLAG_NOT, "not" },
        { FLAG_DISTINCT, "distinct" },
        { FLAG_ALL, "all" },
        { FLAG_STAR, "star" },
        { FLAG_RECURSIVE, "recursive" },
        { FLAG_MATERIALIZED, "materialized" },
        { FLAG_NATURAL, "natural" },
        { FLAG_DESC, "desc" },
        { FLAG_ASC, "asc" },
        { FLAG_NULLS_FIRST, "nulls-first" },
        { FLAG_NULLS_LAST, "nulls-last" },
        { FLAG_COMMA, "comma" },
        { FLAG_TEMP, "temp" },
        { FLAG_IF_EXISTS, "if-exists" },
        { FLAG_UNIQUE, "unique" },
        { FLAG_WITHOUT_ROWID, "without-rowid" },
        { FLAG_STRICT, "strict" },
        { FLAG_AUTOINCREMENT, "autoincrement" },
        { FLAG_STORED, "stored" },
        { FLAG_DEFERRABLE, "deferrable" },
        { FLAG_INITIALLY_DEFERRED, "initially-deferred" },
        { FLAG_NOTHING, "nothing" },
        { FLAG_QUERY_PLAN, "query-plan" },
        { FLAG_CALL, "call" },
        { FLAG_BARE_ALIAS, "bare-alias" },
        { FLAG_REPLACE, "replace" },
        { FLAG_EXPANDING, "expanding" },
        { FLAG_HOLE, "hole" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & names[i].flag)
            buf_format(out, " +%s", names[i].name);
}

void node_print(Buf *out, Str text, const Node *root)
{
    node_walk_each(node, root) {
        for (const Node *up = node; up != root; up = up->parent)
            buf_add(out, STR("  "));
        if (node != root)
            buf_format(out, "%s: ", node_role_name(node->role));
        buf_format(out, "%s", node_kind_name(node->kind));
        if (node->op != OP_NONE)
            buf_format(out, " `%s`", node_op_name(node->op));
        if (node->conflict != OP_NONE)
            buf_format(out, " or `%s`", node_op_name(node->conflict));
        print_span(out, text, "schema", node->schema);
        print_span(out, text, "qualifier", node->qualifier);
        print_span(out, text, "name", node->name);
        print_span(out, text, "alias", node->alias);
        print_flags(out, node->flags);
        buf_format(out, " %u..%u\n", node->lo, node->hi);
    }
}
