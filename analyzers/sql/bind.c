#include "analyzers/sql/bind.h"

#include "base/map.h"

/*
 * From a bind upwards: what surrounds it decides what it means. `direct` is lost
 * on the way where a value is changed before it meets the column.
 */
typedef struct Climb {
    Arena           *arena;
    const Statement *statement;
    Bind            *bind;
    const Node      *nearby; /* a column beside the bind in arithmetic or a function's arguments */
    bool             in_row;
    uint32_t         item;   /* its place in that row */
} Climb;

static Str name_of(const Climb *climb, Span span)
{
    return sql_name(climb->arena, climb->statement->text, span);
}

/* -- columns --------------------------------------------------------------------------------- */

/* The column an expression is about; `direct` when the expression is that column and no more. */
static const Node *column_in(const Node *expression, bool *direct)
{
    const Node *bare = node_bare(expression);

    while (bare && bare->kind == NODE_COLLATE)
        bare = node_bare(node_child(bare, ROLE_OPERAND));
    *direct = true;
    if (!bare || bare->kind == NODE_COLUMN)
        return bare;

    *direct = false;
    for (const Node *at = bare; at;) {
        if (at->kind == NODE_COLUMN)
            return at;
        at = at->kind == NODE_SUBQUERY ? node_walk_past(bare, at) : node_walk(bare, at);
    }
    return NULL;
}

static void meet_node(Climb *climb, const Node *column, bool direct)
{
    Bind *bind = climb->bind;

    if (!column || (column->kind != NODE_NAME && column->kind != NODE_COLUMN))
        return;
    bind->column_node = column;
    bind->direct &= direct;
    bind->column    = column->flags & FLAG_HOLE ? (Str) { 0 } : name_of(climb, column->name);
    bind->qualifier = name_of(climb, column->qualifier);
}

static void meet(Climb *climb, const Node *expression)
{
    bool direct;

    meet_node(climb, column_in(expression, &direct), true);
    if (climb->bind->column_node)
        climb->bind->direct &= direct;
}

enum { COLUMN_CEILING = 2000 }; /* SQLite's own; nothing is looked up past it */

static const Node *item_at(const Node *node, NodeRole role, uint32_t index)
{
    if (index >= COLUMN_CEILING)
        return NULL;
    node_each(child, node)
        if (child->role == role && child->index == index)
            return child;
    return NULL;
}

/* The other side of a comparison; its part at our place when both are rows. */
static void meet_other(Climb *climb, const Node *other)
{
    const Node *bare = node_bare(other);

    if (climb->in_row && bare && bare->kind == NODE_ROW)
        meet(climb, item_at(bare, ROLE_ITEM, climb->item));
    else if (!climb->in_row)
        meet(climb, other);
}

/* -- places ---------------------------------------------------------------------------------- */

static const Node *target_table(const Node *statement)
{
    return node_child(statement, ROLE_TARGET);
}

static void into_target(Climb *climb, const Node *statement)
{
    const Node *target = target_table(statement);

    if (target && !(target->flags & FLAG_HOLE))
        climb->bind->table = name_of(climb, target->name);
}

/* Is a star, or a hole that may be several items, before the item? Then its place is unknown. */
static bool place_is_known(const Node *item)
{
    if (item->index >= COLUMN_CEILING)
        return false;
    node_each(at, item->parent) {
        if (at == item)
            return true;
        if (at->kind == NODE_STAR || at->kind == NODE_HOLE)
            return false;
    }
    return true;
}

static void at_insert(Climb *climb, const Node *insert, const Node *item)
{
    Bind       *bind    = climb->bind;
    const Node *columns = node_child(insert, ROLE_COLUMNS);

    bind->context  = BIND_INSERT;
    bind->position = item->index;
    into_target(climb, insert);
    if (!columns || !place_is_known(item))
        return;
    const Node *column = item_at(columns, ROLE_COLUMN, bind->position);
    if (column && place_is_known(column) && column->kind == NODE_NAME)
        meet_node(climb, column, true);
}

/* An item of a select's results or of a row of VALUES: who takes it? */
static void at_select_item(Climb *climb, const Node *core, const Node *item)
{
    const Node *select = core->parent;
    const Node *holder = select ? select->parent : NULL;
    Bind       *bind   = climb->bind;

    bind->context  = BIND_RESULT;
    bind->position = item->index;
    if (!holder || core->role != ROLE_CORE)
        return;
    if (holder->kind == NODE_INSERT && select->role == ROLE_SOURCE) {
        at_insert(climb, holder, item);
        return;
    }
    const Node *user = holder->kind == NODE_SUBQUERY ? holder->parent : NULL;
    if (!user || !place_is_known(item))
        return;
    if (user->kind == NODE_CTE && node_child(user, ROLE_COLUMNS)) {
        meet_node(climb, item_at(node_child(user, ROLE_COLUMNS), ROLE_COLUMN, bind->position),
                  false);
    } else if (user->kind == NODE_IN && holder->role == ROLE_RIGHT) {
        const Node *operand = node_bare(node_child(user, ROLE_OPERAND));
        bind->context       = BIND_IN;
        bind->in_row_value  = operand && operand->kind == NODE_ROW;
        meet(climb, bind->in_row_value ? item_at(operand, ROLE_ITEM, bind->position) : operand);
    }
}

static void at_result(Climb *climb, const Node *result)
{
    Bind       *bind = climb->bind;
    const Node *list = result->parent;

    if (list && list->kind == NODE_RESULTS && list->parent)
        at_select_item(climb, list->parent, result);
    else
        bind->context = BIND_RESULT;
    if (bind->context == BIND_RESULT && !bind->column_node) {
        bind->suggested = name_of(climb, result->alias);
        bind->direct    = false;
    }
}

static void at_assign(Climb *climb, const Node *assign)
{
    const Node *owner = assign->parent ? assign->parent->parent : NULL;

    climb->bind->context = BIND_SET;
    while (owner && owner->kind != NODE_UPDATE && owner->kind != NODE_INSERT)
        owner = owner->parent;
    if (owner)
        into_target(climb, owner);
    meet_node(climb, item_at(assign, ROLE_COLUMN, climb->in_row ? climb->item : 0), true);
}

static void at_comparison(Climb *climb, const Node *node, const Node *from)
{
    climb->bind->context = BIND_COMPARE;
    climb->bind->op      = node->op;
    meet_other(climb, node_child(node, from->role == ROLE_LEFT ? ROLE_RIGHT : ROLE_LEFT));
}

static void at_like(Climb *climb, const Node *node, const Node *from)
{
    Bind *bind = climb->bind;

    bind->op      = node->op;
    bind->context = from->role == ROLE_ESCAPE ? BIND_ESCAPE : BIND_LIKE;
    if (from->role == ROLE_RIGHT)
        meet(climb, node_child(node, ROLE_LEFT));
    if (from->role == ROLE_LEFT) {
        meet(climb, node_child(node, ROLE_RIGHT));
        bind->direct = false;
    }
}

static void at_between(Climb *climb, const Node *node, const Node *from)
{
    Bind *bind = climb->bind;

    if (from->role == ROLE_OPERAND) {
        bind->context = BIND_BETWEEN_OPERAND;
        meet(climb, node_child(node, ROLE_LOW));
        return;
    }
    bind->context = from->role == ROLE_LOW ? BIND_BETWEEN_LOW : BIND_BETWEEN_HIGH;
    meet_other(climb, node_child(node, ROLE_OPERAND));
}

static void at_when(Climb *climb, const Node *when)
{
    const Node *operand = when->parent ? node_child(when->parent, ROLE_OPERAND) : NULL;

    if (!operand)
        return;
    climb->bind->context = BIND_COMPARE;
    climb->bind->op      = OP_EQ;
    meet(climb, operand);
}

/* -- climbing -------------------------------------------------------------------------------- */

static bool compares(NodeOp op)
{
    switch (op) {
    case OP_EQ:
    case OP_EQ_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_IS:
    case OP_IS_NOT:
    case OP_IS_DISTINCT:
    case OP_IS_NOT_DISTINCT:
    case OP_HOLE: return true;
    default: return false;
    }
}

/* Functions whose result is still about their argument: the value keeps its name through them. */
static bool keeps_the_subject(Str function)
{
    static const char *const names[] = {
        "abs",   "cast", "ceil",  "coalesce", "date",  "datetime", "floor",    "ifnull", "iif",
        "julianday", "likely", "lower", "ltrim", "max", "min",   "nullif",   "replace", "round",
        "rtrim", "strftime", "substr", "substring", "time", "trim", "unixepoch", "upper",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(function, str_of(names[i])))
            return true;
    return false;
}

enum { ARGUMENT_CEILING = 127 }; /* SQLite's own */

static void pass_function(Climb *climb, const Node *function, const Node *from)
{
    Bind *bind = climb->bind;
    bool  direct;

    if (bind->function.len == 0) {
        bind->function = name_of(climb, function->name);
        bind->position = from->index;
    }
    bind->direct = false;
    node_each(arg, function) {
        if (climb->nearby || arg->index >= ARGUMENT_CEILING)
            return;
        if (arg != from && arg->role == ROLE_ARG)
            climb->nearby = column_in(arg, &direct);
    }
}

/* What the parent makes of the bind: true to go on upwards from it. */
static bool step(Climb *climb, const Node *from, const Node *parent)
{
    Bind *bind = climb->bind;
    bool  direct;

    switch (parent->kind) {
    case NODE_PAREN:
    case NODE_TAIL:
    case NODE_COLLATE:
    case NODE_LIST: return true;
    case NODE_CAST: bind->direct = false; return true;
    case NODE_UNARY: bind->direct = false; return parent->op != OP_NOT;
    case NODE_CASE: return from->role != ROLE_OPERAND;
    case NODE_WHEN:
        if (from->role == ROLE_THEN)
            return true;
        at_when(climb, parent);
        return false;
    case NODE_BINARY:
        if (compares(parent->op)) {
            at_comparison(climb, parent, from);
            return false;
        }
        if (parent->op == OP_AND || parent->op == OP_OR || parent->op == OP_ARROW
            || parent->op == OP_ARROW_TEXT)
            return false;
        bind->direct = false;
        if (!climb->nearby)
            climb->nearby = column_in(
                node_child(parent, from->role == ROLE_LEFT ? ROLE_RIGHT : ROLE_LEFT), &direct);
        return true;
    case NODE_FUNCTION:
        if (from->role != ROLE_ARG)
            return false;
        pass_function(climb, parent, from);
        return keeps_the_subject(name_of(climb, parent->name));
    case NODE_TABLE:
        bind->function = name_of(climb, parent->name);
        bind->position = from->index;
        return false;
    case NODE_ROW:
        if (parent->parent && parent->parent->kind == NODE_VALUES) {
            at_select_item(climb, parent->parent, from);
            return false;
        }
        climb->in_row      = true;
        climb->item        = from->index;
        bind->in_row_value = true;
        return true;
    case NODE_LIKE: at_like(climb, parent, from); return false;
    case NODE_BETWEEN: at_between(climb, parent, from); return false;
    case NODE_IN:
        bind->context = from->role == ROLE_OPERAND ? BIND_IN_OPERAND : BIND_IN;
        if (from->role == ROLE_RIGHT)
            meet_other(climb, node_child(parent, ROLE_OPERAND));
        return false;
    case NODE_LIMIT:
        bind->context = from->role == ROLE_OFFSET ? BIND_OFFSET : BIND_LIMIT;
        return false;
    case NODE_RESULT: at_result(climb, parent); return false;
    case NODE_ASSIGN: at_assign(climb, parent); return false;
    default: return false;
    }
}

/* Where the text alone tells which table a column is of: a qualifier, or only one table at all. */
static void find_table(Climb *climb)
{
    Bind *bind = climb->bind;

    if (bind->table.len || !bind->column_node || bind->column.len == 0)
        return;
    if (bind->column_node->kind != NODE_COLUMN)
        return;

    const SqlScope *scope = scope_of(&climb->statement->scopes, bind->column_node);
    if (bind->qualifier.len) {
        const SqlSource *source = scope_source(scope, bind->qualifier);
        if (source && source->kind == SOURCE_TABLE)
            bind->table = source->table;
        return;
    }
    if (!scope || scope->outer || !scope->certain)
        return;
    const SqlSource *only = NULL;
    vec_each(source, &scope->sources) {
        if (source->by_name_only)
            continue;
        if (only)
            return;
        only = source;
    }
    if (only && only->kind == SOURCE_TABLE)
        bind->table = only->table;
}

static Str suggestion(Climb *climb)
{
    Bind *bind = climb->bind;
    Str   name = bind_name_of(climb->arena, bind->column);

    switch (bind->context) {
    case BIND_LIMIT: return STR("limit");
    case BIND_OFFSET: return STR("offset");
    case BIND_ESCAPE: return STR("escape");
    case BIND_BETWEEN_OPERAND: return (Str) { 0 };
    case BIND_BETWEEN_LOW:
        return name.len ? str_format(climb->arena, STR_FORMAT "_lo", STR_ARG(name)) : name;
    case BIND_BETWEEN_HIGH:
        return name.len ? str_format(climb->arena, STR_FORMAT "_hi", STR_ARG(name)) : name;
    default: return name.len ? name : bind_name_of(climb->arena, bind->suggested);
    }
}

static void look_around(Climb *climb)
{
    Bind       *bind = climb->bind;
    const Node *at   = bind->node;

    bind->direct = true;
    while (at->parent && step(climb, at, at->parent))
        at = at->parent;

    if (bind->context == BIND_OTHER && bind->function.len)
        bind->context = BIND_ARGUMENT;
    if (!bind->column_node
        && (bind->context == BIND_ARGUMENT || bind->context == BIND_OTHER
            || bind->context == BIND_COMPARE || bind->context == BIND_RESULT)) {
        meet_node(climb, climb->nearby, false);
    }
    if (!bind->column_node && bind->context != BIND_INSERT)
        bind->direct = false;
    find_table(climb);
    bind->suggested = suggestion(climb);
}

/* -- numbers --------------------------------------------------------------------------------- */

enum { NUMBER_CEILING = 250000 }; /* SQLite's own, where distributions have raised it */

typedef struct Numbering {
    Map      names; /* spelling → number, as a pointer */
    uint32_t highest;
} Numbering;

static uint32_t written_number(Str digits)
{
    uint32_t number = 0;

    for (size_t i = 0; i < digits.len && number <= NUMBER_CEILING; i++)
        number = number * 10 + (uint32_t)(digits.ptr[i] - '0');
    return number <= NUMBER_CEILING ? number : 0;
}

static void give_number(Arena *arena, Numbering *numbering, Bind *bind, Str spelling)
{
    if (bind->form == BIND_QMARK) {
        bind->number = ++numbering->highest;
        return;
    }
    if (bind->form == BIND_NUMBERED) {
        bind->number = written_number(str_slice(spelling, 1, spelling.len));
        if (bind->number > numbering->highest)
            numbering->highest = bind->number;
        return;
    }
    /* What a hole spells is unknown: never the same as another. */
    void **place = bind->has_hole ? NULL : map_place(arena, &numbering->names, spelling);
    if (!place || !*place) {
        bind->number = ++numbering->highest;
        if (place)
            *place = (void *)(uintptr_t)bind->number;
        return;
    }
    bind->number = (uint32_t)(uintptr_t)*place;
}

static Bind bind_of_token(Str text, Token token)
{
    Str  spelling = token_text(text, token);
    Bind bind     = {
            .lo = token.lo, .hi = token.hi, .mark = spelling.ptr[0], .has_hole = token.has_hole
    };

    if (bind.mark != '?') {
        bind.form = BIND_NAMED;
        bind.name = str_slice(spelling, 1, spelling.len);
    } else {
        bind.form = spelling.len > 1 ? BIND_NUMBERED : BIND_QMARK;
    }
    return bind;
}

typedef Vec(const Node *) NodeVec;

static NodeVec bind_nodes(Arena *arena, const Node *root)
{
    NodeVec nodes = { 0 };

    if (!root)
        return nodes;
    node_walk_each(node, root)
        if (node->kind == NODE_BIND)
            vec_push(arena, &nodes, node);
    return nodes;
}

BindVec binds_of(Arena *arena, const Sql *sql, const Statement *statement)
{
    BindVec   binds     = { 0 };
    NodeVec   nodes     = bind_nodes(arena, statement->parsed->root);
    Numbering numbering = { 0 };
    size_t    next      = 0;

    if (statement->kind == STATEMENT_CREATE_VIRTUAL_TABLE)
        return binds; /* what is told to a module is no expression */
    for (uint32_t i = statement->parsed->first_token; i < statement->parsed->end_token; i++) {
        Token token = sql->tokens.items[i];
        if (token.kind != TOKEN_BIND)
            continue;
        Bind bind = bind_of_token(sql->text, token);
        give_number(arena, &numbering, &bind, token_text(sql->text, token));
        while (next < nodes.count && nodes.items[next]->lo < token.lo)
            next++;
        if (next < nodes.count && nodes.items[next]->lo == token.lo) {
            Climb climb = { .arena = arena, .statement = statement, .bind = &bind };
            bind.node   = nodes.items[next++];
            look_around(&climb);
        }
        vec_push(arena, &binds, bind);
    }
    return binds;
}
