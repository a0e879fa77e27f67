/* Calls: of functions, of aggregates, of what the grammar of Postgres itself calls. */
#include "rewriters/proof/typing_work.h"

static void refuse_call(TypeCheck *c, const Node *node, Str name, const ServerType *types, uint32_t count, ServerFound found)
{
    Buf said = buf_new(c->arena);

    for (uint32_t i = 0; i < count; i++)
        buf_format(&said, "%s%s", i ? ", " : "", server_type_name(types[i]));
    refuse(c, node, found == SERVER_ABSENT ? "42883" : "42725", "function " STR_FORMAT "(" STR_FORMAT ") %s", STR_ARG(name),
           STR_ARG(buf_str(&said)), found == SERVER_ABSENT ? "does not exist" : "is not unique");
}

/* -- aggregates ------------------------------------------------------------------------------ */

static bool lies_in(const Node *node, const Node *whole)
{
    return node->lo >= whole->lo && node->hi <= whole->hi;
}

/*
 * An aggregate is of the innermost level whose columns it takes, of its own if it takes none: further out than where it
 * stands, perhaps.
 */
static Level *level_aggregated(TypeCheck *c, Level *level, size_t first)
{
    Level *out = NULL;

    for (size_t i = first; i < c->uses.count; i++) {
        Level *of = c->uses.items[i].level;
        if (of->depth <= level->depth && (!out || of->depth > out->depth))
            out = of;
    }
    return out ? out : level;
}

static void aggregate(TypeCheck *c, Level *level, const Node *node, size_t first_use, size_t first_aggregate, size_t first_stranger)
{
    static const char *const places[] = { [CLAUSE_FROM] = "JOIN conditions", [CLAUSE_WHERE] = "WHERE", [CLAUSE_GROUP] = "GROUP BY" };
    Level *of = level_aggregated(c, level, first_use);

    of->groups = true;
    if (c->strangers.count > first_stranger)
        for (Level *at = level; at; at = at->outer)
            at->unsure = true;
    for (size_t i = first_use; i < c->uses.count; i++)
        c->uses.items[i].aggregated |= c->uses.items[i].level == of;
    for (size_t i = first_aggregate; i < c->aggregates.count; i++)
        if (c->aggregates.items[i].level == of && !of->unsure && lies_in(c->aggregates.items[i].node, node))
            refuse(c, node, "42803", "aggregate function calls cannot be nested");
    vec_push(c->arena, &c->aggregates, (Aggregate) { node, of });
    if (!of->unsure && of->clause != CLAUSE_OTHER && of->clause != CLAUSE_RESULTS)
        refuse(c, node, "42803", "aggregate functions are not allowed in %s", places[of->clause]);
}

/* -- calls ----------------------------------------------------------------------------------- */

static ServerType null_if(TypeCheck *c, const Node *node, const ServerType *types, uint32_t count)
{
    if (count != 2)
        return unsure(c);
    operate(c, node, "=", types[0], types[1]);
    ServerType left = server_operator("=", types[0], types[1]).left; /* as it is compared */
    return left == SERVER_UNSURE ? unsure(c) : left;
}

/* What the grammar knows by a name that is in no catalog. */
static bool by_grammar(TypeCheck *c, const Node *node, Str name, const ServerType *types, uint32_t count, ServerType *out)
{
    if (str_is(name, "coalesce"))
        *out = become_one(c, node, "COALESCE", types, count);
    else if (str_is(name, "greatest"))
        *out = become_one(c, node, "GREATEST", types, count);
    else if (str_is(name, "least"))
        *out = become_one(c, node, "LEAST", types, count);
    else if (str_is(name, "nullif"))
        *out = null_if(c, node, types, count);
    else
        return false;
    return true;
}

static ServerType called(TypeCheck *c, const Node *node, const ServerType *types, uint32_t count)
{
    Str        name = str_lower(c->arena, name_in(c, node->name));
    ServerType type;

    if (by_grammar(c, node, name, types, count, &type))
        return type;
    if (str_is(name, "trim"))
        name = STR("btrim");
    ServerAnswer answer = server_function(name, types, count);
    if (answer.found == SERVER_ABSENT || answer.found == SERVER_MANY)
        refuse_call(c, node, name, types, count, answer.found);
    if (answer.found == SERVER_MAYBE || answer.result == SERVER_UNSURE)
        unsure(c);
    return answer.result;
}

static void window_terms(TypeCheck *c, Level *level, const Node *window)
{
    node_each(clause, window) {
        if (clause->kind == NODE_PARTITION_BY)
            node_each(item, clause)
                type_of(c, level, item);
        if (clause->kind == NODE_ORDER_BY)
            node_each(term, clause)
                if (node_child(term, ROLE_OPERAND))
                    type_of(c, level, node_child(term, ROLE_OPERAND));
        if (clause->kind == NODE_FRAME)
            unsure(c);
    }
}

ServerType call_type(TypeCheck *c, Level *level, const Node *node)
{
    size_t      use = c->uses.count, inside = c->aggregates.count, stranger = c->strangers.count;
    uint32_t    count = 0;
    ServerType *types = arena_array(c->arena, ServerType, node_count(node, ROLE_ARG) + 1);

    if (node->flags & FLAG_HOLE)
        return unsure(c);
    node_each(child, node) {
        if (child->role == ROLE_ARG)
            types[count++] = type_of(c, level, child);
        if (child->kind == NODE_FILTER)
            truth(c, level, node_child(child, ROLE_CONDITION), "FILTER");
        if (child->kind == NODE_ORDER_BY)
            node_each(term, child)
                if (node_child(term, ROLE_OPERAND))
                    type_of(c, level, node_child(term, ROLE_OPERAND));
    }
    if (c->refused)
        return SERVER_UNSURE;
    const Node *over = node_child(node, ROLE_OVER);
    ServerKind  kind = server_function_kind(str_lower(c->arena, name_in(c, node->name)));
    /* MAX() of two is no aggregate, and no function of Postgres either. */
    ServerType  type = called(c, node, types, count);
    if (kind == SERVER_AGGREGATE && !over)
        aggregate(c, level, node, use, inside, stranger);
    if (over)
        window_terms(c, level, over);
    return type;
}
