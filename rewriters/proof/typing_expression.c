/* The type of an expression, from the leaves up. */
#include "rewriters/proof/typing_work.h"

/* -- how Postgres reads it ------------------------------------------------------------------- */

/* How tightly Postgres binds the operator of a node; 0 for what needs no parentheses. */
static int binding(const Node *node)
{
    switch (node->kind) {
    case NODE_UNARY: return node->op == OP_NOT ? 3 : node->op == OP_BITNOT ? 7 : 12;
    case NODE_NULL_TEST: return 4;
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_LIKE: return 6;
    case NODE_COLLATE: return 11;
    case NODE_BINARY: break;
    default: return 0;
    }
    switch (node->op) {
    case OP_OR: return 1;
    case OP_AND: return 2;
    case OP_IS:
    case OP_IS_NOT:
    case OP_IS_DISTINCT:
    case OP_IS_NOT_DISTINCT: return 4;
    case OP_EQ:
    case OP_EQ_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return 5;
    case OP_ADD:
    case OP_SUBTRACT: return 8;
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO: return 9;
    default: return 7;
    }
}

/* Our tree has SQLite's levels. Where Postgres' own levels make another tree nothing can be said. */
static bool read_alike(const Node *node)
{
    int mine = binding(node);

    node_each(child, node) {
        int inner = binding(child);
        if (inner == 0 || child->kind == NODE_LIST)
            continue;
        bool is_left = child == node->first && node->kind != NODE_UNARY;
        bool repeats = mine == 3 || (mine == 12 && inner == 12); /* NOT NOT, - - */
        if (is_left && (child->kind == NODE_NULL_TEST || child->op == OP_IS || child->op == OP_IS_NOT)
            && child->last->op != OP_HOLE && binding(child->last) == 0)
            continue; /* `x IS NULL` ends there, whatever follows */
        if (is_left || repeats ? inner < mine : inner <= mine)
            return false;
    }
    return true;
}

/* -- operators ------------------------------------------------------------------------------- */

ServerType operate(TypeCheck *c, const Node *at, const char *name, ServerType left, ServerType right)
{
    ServerAnswer answer = server_operator(name, left, right);

    if (answer.found == SERVER_MAYBE || answer.result == SERVER_UNSURE)
        unsure(c);
    if (answer.found == SERVER_ABSENT || answer.found == SERVER_MANY) {
        const char *code = answer.found == SERVER_ABSENT ? "42883" : "42725";
        const char *what = answer.found == SERVER_ABSENT ? "operator does not exist" : "operator is not unique";
        if (left == SERVER_NONE)
            refuse(c, at, code, "%s: %s %s", what, name, server_type_name(right));
        else
            refuse(c, at, code, "%s: %s %s %s", what, server_type_name(left), name, server_type_name(right));
    }
    return answer.result;
}

ServerType become_one(TypeCheck *c, const Node *at, const char *what, const ServerType *types, uint32_t count)
{
    ServerCommon common = server_common(types, count);

    if (common.clash)
        refuse(c, at, "42804", "%s types %s and %s cannot be matched", what, server_type_name(common.one),
               server_type_name(common.other));
    if (common.type == SERVER_UNSURE)
        unsure(c);
    return common.type;
}

void truth(TypeCheck *c, Level *level, const Node *node, const char *where)
{
    ServerType type = node ? type_of(c, level, node) : unsure(c);

    if (type != SERVER_BOOL && type > SERVER_LITERAL)
        refuse(c, node, "42804", "argument of %s must be type boolean, not type %s", where, server_type_name(type));
}

void read_as(TypeCheck *c, const Node *node, ServerType type)
{
    const Node *bare    = node_bare(node);
    bool        integer = type == SERVER_INT2 || type == SERVER_INT4 || type == SERVER_INT8;
    bool        time    = type == SERVER_TIMESTAMPTZ || type == SERVER_TIMESTAMP || type == SERVER_DATE;

    if (bare->kind != NODE_LITERAL || bare->op != OP_STRING
        || !(integer || time || type == SERVER_BOOL || type == SERVER_FLOAT8 || type == SERVER_NUMERIC || type == SERVER_UUID))
        return;
    Str  text = sql_unquote(c->arena, node_text(c->text, bare)), word = str_trim(text);
    bool good = word.len > 0;
    for (size_t i = 0; integer && i < word.len; i++)
        good = good && ((word.ptr[i] >= '0' && word.ptr[i] <= '9')
                        || (i == 0 && word.len > 1 && (word.ptr[i] == '-' || word.ptr[i] == '+')));
    if (!good)
        refuse(c, bare, time ? "22007" : "22P02", "invalid input syntax for type %s: \"" STR_FORMAT "\"", server_type_name(type),
               STR_ARG(text));
}

static bool is_comparison(NodeOp op)
{
    return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
}

static const char *operator_name(NodeOp op)
{
    switch (op) {
    case OP_EQ_EQ: return "==";
    case OP_EQ:
    case OP_IS:
    case OP_IS_NOT:
    case OP_IS_DISTINCT:
    case OP_IS_NOT_DISTINCT: return "=";
    case OP_NE: return "<>";
    case OP_LT: return "<";
    case OP_LE: return "<=";
    case OP_GT: return ">";
    case OP_GE: return ">=";
    case OP_BITAND: return "&";
    case OP_BITOR: return "|";
    case OP_LSHIFT: return "<<";
    case OP_RSHIFT: return ">>";
    case OP_ADD: return "+";
    case OP_SUBTRACT: return "-";
    case OP_MULTIPLY: return "*";
    case OP_DIVIDE: return "/";
    case OP_MODULO: return "%";
    case OP_CONCAT: return "||";
    case OP_ARROW: return "->";
    case OP_ARROW_TEXT: return "->>";
    default: return NULL;
    }
}

/* (a, b) = (c, d), one by one; SERVER_UNSURE where they are not rows alike. */
static bool rows_compared(TypeCheck *c, Level *level, const Node *node, const Node *left, const Node *right)
{
    const Node *a = left->first, *b = right->first;

    if (left->kind != NODE_ROW || right->kind != NODE_ROW)
        return false;
    for (; a && b; a = a->next, b = b->next)
        operate(c, node, operator_name(node->op), type_of(c, level, a), type_of(c, level, b));
    return true;
}

/*
 * Postgres takes all characters of operators that touch for one, unless it ends in a sign and has none of the characters
 * that plain SQL does not use.
 */
static bool runs_together(TypeCheck *c, const Node *node, const Node *right)
{
    Str  name = span_is_set(node->operator_) ? span_text(c->text, node->operator_) : str_slice(c->text, node->lo, node->lo + 1);
    char next = c->text.ptr[right->lo];

    if (name.ptr + name.len != c->text.ptr + right->lo || !strchr("+-*/<>=~!@#%^&|`?", name.ptr[name.len - 1]))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((next == '-' || next == '+') && strchr("~!@#%^&|`?", name.ptr[i]))
            return true;
    return next == '~';
}

static ServerType refuse_joint(TypeCheck *c, const Node *node, const Node *right)
{
    refuse(c, node, "42883", "operator does not exist: " STR_FORMAT,
           STR_ARG(str_slice(c->text, span_is_set(node->operator_) ? node->operator_.lo : node->lo, right->lo + 1)));
    return SERVER_UNSURE;
}

static ServerType binary(TypeCheck *c, Level *level, const Node *node)
{
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);
    const char *name = operator_name(node->op);

    if (!left || !right)
        return unsure(c);
    if (runs_together(c, node, right))
        return refuse_joint(c, node, right);
    if (node->op == OP_AND || node->op == OP_OR) {
        truth(c, level, left, node->op == OP_AND ? "AND" : "OR");
        truth(c, level, right, node->op == OP_AND ? "AND" : "OR");
        return SERVER_BOOL;
    }
    if ((node->op == OP_IS || node->op == OP_IS_NOT) && right->kind == NODE_LITERAL) {
        if (right->op == OP_TRUE || right->op == OP_FALSE)
            truth(c, level, left, right->op == OP_TRUE ? "IS TRUE" : "IS FALSE");
        else
            type_of(c, level, left);
        return SERVER_BOOL;
    }
    if (!name || node->op == OP_IS || node->op == OP_IS_NOT) {
        type_of(c, level, left);
        type_of(c, level, right);
        return unsure(c);
    }
    if (rows_compared(c, level, node, node_bare(left), node_bare(right)))
        return SERVER_BOOL;
    if (node_bare(left)->kind == NODE_ROW || node_bare(right)->kind == NODE_ROW)
        return unsure(c);
    ServerType one = type_of(c, level, left), other = type_of(c, level, right);
    if (is_comparison(node->op)) {
        read_as(c, left, other);
        read_as(c, right, one);
    }
    return operate(c, node, name, one, other);
}

/* A number with its sign is one literal. */
static ServerType number(Str text, bool negative)
{
    uint64_t value = 0, sign = negative ? 1 : 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return SERVER_UNSURE; /* 0x10 */
        if (i >= 19)
            return SERVER_NUMERIC;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return value <= INT32_MAX + sign ? SERVER_INT4 : value <= INT64_MAX + sign ? SERVER_INT8 : SERVER_NUMERIC;
}

static ServerType unary(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);

    if (!operand)
        return unsure(c);
    if (node->op != OP_NOT && runs_together(c, node, operand))
        return refuse_joint(c, node, operand);
    if (node->op == OP_NOT) {
        truth(c, level, operand, "NOT");
        return SERVER_BOOL;
    }
    if (node->op == OP_NEGATE && operand->kind == NODE_LITERAL && operand->op == OP_INTEGER) {
        ServerType type = number(node_text(c->text, operand), true);
        return type == SERVER_UNSURE ? unsure(c) : type;
    }
    return operate(c, node, node->op == OP_NEGATE ? "-" : node->op == OP_POSITIVE ? "+" : "~", SERVER_NONE,
                   type_of(c, level, operand));
}

static ServerType literal(TypeCheck *c, const Node *node)
{
    switch (node->op) {
    case OP_INTEGER: {
        ServerType type = number(node_text(c->text, node), false);
        return type == SERVER_UNSURE ? unsure(c) : type;
    }
    case OP_FLOAT: return SERVER_NUMERIC;
    case OP_STRING:
    case OP_NULL: return SERVER_LITERAL;
    case OP_TRUE:
    case OP_FALSE: return SERVER_BOOL;
    case OP_BLOB: return SERVER_BIT;
    case OP_CURRENT_DATE: return SERVER_DATE;
    case OP_CURRENT_TIME: return SERVER_TIMETZ;
    case OP_CURRENT_TIMESTAMP: return SERVER_TIMESTAMPTZ;
    default: return unsure(c);
    }
}

static ServerType column(TypeCheck *c, Level *level, const Node *node)
{
    Meant meant = meant_by(c, level, node);

    if (meant.ambiguous)
        refuse(c, node, "42702", "column reference \"" STR_FORMAT "\" is ambiguous", STR_ARG(name_in(c, node->name)));
    if (!meant.level) {
        vec_push(c->arena, &c->strangers, node);
        return unsure(c);
    }
    vec_push(c->arena, &c->uses, (Use) { node, meant.level, meant.relation, meant.name, meant.level->clause, false });
    return meant.type == SERVER_UNSURE ? unsure(c) : meant.type;
}

/* -- the other forms ------------------------------------------------------------------------- */

static ServerType between(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *low = node_child(node, ROLE_LOW), *high = node_child(node, ROLE_HIGH);

    if (!operand || !low || !high)
        return unsure(c);
    ServerType type = type_of(c, level, operand);
    bool       not = node->flags & FLAG_NOT;
    operate(c, node, not ? "<" : ">=", type, type_of(c, level, low));
    operate(c, node, not ? ">" : "<=", type, type_of(c, level, high));
    return SERVER_BOOL;
}

static void in_rows(TypeCheck *c, Level *level, const Node *node, const Node *operand, const Node *subquery)
{
    const Node *select = node_child(subquery, ROLE_SELECT), *bare = node_bare(operand);
    const char *name = node->flags & FLAG_NOT ? "<>" : "=";
    Rows        rows = select ? rows_of(c, level, select, ROWS_SEEN) : (Rows) { 0 };
    size_t      at = 0;

    if (bare->kind != NODE_ROW) {
        ServerType type = type_of(c, level, operand);
        if (rows.columns.count)
            operate(c, node, name, type, rows.columns.items[0].type);
        else
            unsure(c);
        return;
    }
    node_each(item, bare) {
        ServerType type = type_of(c, level, item);
        if (at < rows.columns.count)
            operate(c, node, name, type, rows.columns.items[at++].type);
        else
            unsure(c);
    }
}

/* Values that become one type are one array; else each is compared alone, as is always one with a column in it. */
static void in_list(TypeCheck *c, Level *level, const Node *node, const Node *operand, const Node *list)
{
    size_t      count = 0, gathered = 1;
    const char *name = node->flags & FLAG_NOT ? "<>" : "=";

    node_each(item, list)
        count++;
    ServerType *all = arena_array(c->arena, ServerType, count + 1);
    all[0]          = type_of(c, level, operand);
    node_each(item, list) {
        size_t     columns = c->uses.count + c->strangers.count;
        ServerType type    = type_of(c, level, item);
        if (c->uses.count + c->strangers.count > columns)
            operate(c, item, name, all[0], type);
        else
            all[gathered++] = type;
    }
    ServerCommon common = server_common(all, (uint32_t)gathered);
    if (gathered > 2 && !common.clash) {
        operate(c, node, name, all[0], common.type);
        return;
    }
    for (size_t i = 1; i < gathered; i++)
        operate(c, node, name, all[0], all[i]);
}

static void in_row_list(TypeCheck *c, Level *level, const Node *node, const Node *row, const Node *list)
{
    node_each(item, list) {
        const Node *a = row->first, *b = node_bare(item)->kind == NODE_ROW ? node_bare(item)->first : NULL;
        if (!b)
            unsure(c);
        for (; a && b; a = a->next, b = b->next)
            operate(c, node, "=", type_of(c, level, a), type_of(c, level, b));
    }
}

static ServerType in(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *right = node_child(node, ROLE_RIGHT);

    if (!operand || !right)
        return unsure(c);
    if (right->kind == NODE_SUBQUERY)
        in_rows(c, level, node, operand, right);
    else if (right->kind == NODE_LIST && node_bare(operand)->kind == NODE_ROW)
        in_row_list(c, level, node, node_bare(operand), right);
    else if (right->kind == NODE_LIST)
        in_list(c, level, node, operand, right);
    else {
        type_of(c, level, operand);
        unsure(c);
    }
    return SERVER_BOOL;
}

static ServerType like(TypeCheck *c, Level *level, const Node *node)
{
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT), *escape = node_child(node, ROLE_ESCAPE);

    if (node->op != OP_LIKE || !left || !right)
        return unsure(c);
    ServerType type = type_of(c, level, left), pattern = type_of(c, level, right);
    if (escape) {
        ServerType both[] = { pattern, type_of(c, level, escape) };
        pattern = both[0] > SERVER_LITERAL && both[0] != SERVER_TEXT ? unsure(c) : SERVER_TEXT;
    }
    const char *name = node->flags & FLAG_NOT ? "!~~" : "~~";
    ServerAnswer answer = server_operator("~~", type, pattern);
    if (answer.found == SERVER_ABSENT)
        refuse(c, node, "42883", "operator does not exist: %s %s %s", server_type_name(type), name, server_type_name(pattern));
    return SERVER_BOOL;
}

static ServerType cast(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *to = node_child(node, ROLE_TYPE);
    ServerType  from    = operand ? type_of(c, level, operand) : unsure(c);
    ServerType  type    = to ? server_type_named(name_in(c, to->name)) : SERVER_UNSURE;

    if (type == SERVER_UNSURE)
        return unsure(c);
    if (!server_casts(from, type))
        refuse(c, node, "42846", "cannot cast type %s to %s", server_type_name(from), server_type_name(type));
    return type;
}

static ServerType collate(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);
    ServerType  type    = operand ? type_of(c, level, operand) : unsure(c);

    if (type > SERVER_LITERAL && type != SERVER_TEXT && type != SERVER_VARCHAR && type != SERVER_BPCHAR && type != SERVER_NAME)
        refuse(c, node, "42804", "collations are not supported by type %s", server_type_name(type));
    return type;
}

static ServerType case_when(TypeCheck *c, Level *level, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *other = node_child(node, ROLE_ELSE);
    size_t      count = node_count(node, ROLE_WHEN), at = 0;
    ServerType *all  = arena_array(c->arena, ServerType, count + 1);
    ServerType  type = operand ? type_of(c, level, operand) : SERVER_UNSURE;

    type     = type == SERVER_LITERAL ? SERVER_TEXT : type;
    all[at++] = other ? type_of(c, level, other) : SERVER_LITERAL;
    node_each(when, node) {
        const Node *condition = when->role == ROLE_WHEN ? node_child(when, ROLE_CONDITION) : NULL;
        const Node *then      = condition ? node_child(when, ROLE_THEN) : NULL;
        if (!then)
            continue;
        if (operand)
            operate(c, condition, "=", type, type_of(c, level, condition));
        else
            truth(c, level, condition, "CASE/WHEN");
        all[at++] = type_of(c, level, then);
    }
    return become_one(c, node, "CASE", all, (uint32_t)at);
}

static ServerType subquery(TypeCheck *c, Level *level, const Node *node)
{
    const Node *select = node_child(node, ROLE_SELECT);
    Rows        rows   = select ? rows_of(c, level, select, ROWS_SEEN) : (Rows) { 0 };

    return rows.columns.count ? rows.columns.items[0].type : unsure(c);
}

static ServerType exists(TypeCheck *c, Level *level, const Node *node)
{
    const Node *right = node_child(node, ROLE_RIGHT);

    if (right)
        subquery(c, level, right);
    return SERVER_BOOL;
}

static ServerType inner(TypeCheck *c, Level *level, const Node *node, NodeRole role)
{
    const Node *operand = node_child(node, role);

    return operand ? type_of(c, level, operand) : unsure(c);
}

ServerType type_of(TypeCheck *c, Level *level, const Node *node)
{
    if (c->refused || !spend(c))
        return SERVER_UNSURE;
    if (binding(node) && !read_alike(node)) {
        c->misread = true;
        return SERVER_UNSURE;
    }
    switch (node->kind) {
    case NODE_LITERAL: return literal(c, node);
    case NODE_BIND: return unsure(c);
    case NODE_COLUMN: return column(c, level, node);
    case NODE_FUNCTION: return call_type(c, level, node);
    case NODE_UNARY: return unary(c, level, node);
    case NODE_BINARY: return binary(c, level, node);
    case NODE_NULL_TEST: inner(c, level, node, ROLE_OPERAND); return SERVER_BOOL;
    case NODE_LIKE: return like(c, level, node);
    case NODE_BETWEEN: return between(c, level, node);
    case NODE_IN: return in(c, level, node);
    case NODE_CAST: return cast(c, level, node);
    case NODE_COLLATE: return collate(c, level, node);
    case NODE_CASE: return case_when(c, level, node);
    case NODE_EXISTS: return exists(c, level, node);
    case NODE_SUBQUERY: return subquery(c, level, node);
    case NODE_PAREN: return inner(c, level, node, ROLE_OPERAND);
    default: break;
    }
    node_each(child, node)
        type_of(c, level, child);
    return unsure(c);
}
