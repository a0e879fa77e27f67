/*
 * The values of a text that grows along branches (TX-09): the list becomes a dict where it is made.
 *
 * What made the list (displays, append() and extend(), sums, copies) makes a dict; each value has the name
 * that grown.c gave to its placeholder. The k-th `?` of every shape was paired with its k-th value; a shape
 * where they are not as many is refused, for sqlite3 would refuse it, too, or a path was taken for another.
 */
#include "rewriters/port/binds.h"

static NamedValue *named_value(Work *work, NodeId node)
{
    vec_each(named, &work->named)
        if (named->node == node)
            return named;
    return NULL;
}

static bool is_maker(const Execute *execute, NodeId node)
{
    vec_each(shape, &execute->growth->shapes)
        vec_each(maker, &shape->makers)
            if (*maker == node)
                return true;
    return false;
}

static bool is_display(Kind kind)
{
    return kind == PY_LIST || kind == PY_TUPLE || kind == PY_EXPRESSION_LIST;
}

static void refuse(Work *work, const Execute *execute, NodeId at, const char *why)
{
    work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, at,
                "%s; pair each placeholder with its value by hand", why);
}

/* Whether these are the values that a run of placeholders stands for; of a dict they are its values(). */
static bool is_items_of(const Tree *tree, NodeId node, const InList *list)
{
    Str text = tree_text(tree, tree_strip(tree, node)), counted = tree_text(tree, tree_strip(tree, list->collection));

    bool made = tree_kind(tree, tree_strip(tree, node)) == PY_LIST_COMPREHENSION || str_ends_with(text, STR(".values()"));

    return str_eq(text, counted) ? !str_ends_with(text, STR(".keys()"))
                                 : list->numbered.len && made && same_collection(tree, node, list->collection);
}

/* Every placeholder of every shape has its value. */
static bool pair_all(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;
    const Tree     *tree = &call->module->tree;

    vec_each(shape, &execute->shapes) {
        execute->sql   = shape->sql;
        execute->lists = shape->lists;
        const GrownItemVec *values = &shape->grown->values;
        if (bind_count(execute) != values->count || (values->count && (has_named(execute) || is_numbered(execute)))) {
            work_reason(work, VERDICT_MANUAL, "TX-09", call->module, call->call,
                        "on one path the statement has %zu placeholders and gets %zu values; pair them by hand",
                        bind_count(execute), values->count);
            return false;
        }
        if (execute->sql.binds.count != values->count) {
            work_reason(work, VERDICT_MANUAL, "DT-06", call->module, call->call,
                        "the current time must be bound, and the values are not written at the call; add it there");
            return false;
        }
        for (size_t i = 0; i < values->count; i++) {
            const GrownItem *item = &values->items[i];
            const SqlBind   *bind = bind_at(execute, i);
            const InList    *list = list_of(execute, bind);
            bool fits = item->is_spread
                          ? list && is_items_of(tree, item->node, list)
                          : !list && named_value(work, item->node);
            if (!fits) {
                refuse(work, execute, item->node, item->is_spread ? "how many values these are is known only when it runs"
                                                                  : "this value has no placeholder of its own");
                return false;
            }
        }
    }
    execute->sql   = execute->shapes.items[0].sql;
    execute->lists = execute->shapes.items[0].lists;
    return true;
}

static const InList *list_from(const Execute *execute, NodeId collection)
{
    const Tree *tree = &execute->call->module->tree;

    vec_each(shape, &execute->shapes)
        vec_each(list, &shape->lists)
            if (is_items_of(tree, collection, list))
                return list;
    return NULL;
}

/* `{f"ids_{i}": value for i, value in enumerate(ids)}`. */
static Str numbered_entries(Work *work, const Execute *execute, const InList *list, NodeId items)
{
    return str_format(work->arena, "{f\"" STR_FORMAT "_{i}\": value for i, value in enumerate(" STR_FORMAT ")}",
                      STR_ARG(list->numbered), STR_ARG(tree_text(&execute->call->module->tree, items)));
}

/* `"x"`, or `f"x_{i}"` of a value that a loop adds. */
static Str key_of(Work *work, const Execute *execute, const NamedValue *named)
{
    if (!named->loop)
        return str_format(work->arena, "\"" STR_FORMAT "\"", STR_ARG(named->name));
    return str_format(work->arena, "f\"" STR_FORMAT "_{" STR_FORMAT "}\"", STR_ARG(named->name),
                      STR_ARG(loop_index(work, execute->call->module, named->loop)));
}

/* `"x": value`. */
static bool name_item(Work *work, const Execute *execute, NodeId item)
{
    NamedValue *named = named_value(work, item);

    if (!named) {
        refuse(work, execute, item, "this value has no placeholder on any path");
        return false;
    }
    work_insert(work, execute->call->module, tree_node(&execute->call->module->tree, item)->lo,
                str_format(work->arena, STR_FORMAT ": ", STR_ARG(key_of(work, execute, named))));
    if (!named->is_ported)
        port_item(work, item, &named->bind);
    named->is_ported = true;
    return true;
}

/* `**other`, or `"ids": list(ids)`, for what is spread. */
static bool spread(Work *work, const Execute *execute, NodeId node, uint32_t lo)
{
    const Module *module = execute->call->module;
    const InList *list   = list_from(execute, node);
    uint32_t      begin  = tree_node(&module->tree, node)->lo;

    if (list && list->numbered.len) {
        work_edit(work, module, lo, tree_node(&module->tree, node)->hi,
                  str_format(work->arena, "**" STR_FORMAT, STR_ARG(numbered_entries(work, execute, list, node))));
        return true;
    }
    if (list) {
        work_edit(work, module, lo, begin, (Str) { 0 });
        work_insert(work, module, begin, str_format(work->arena, STR_FORMAT "list(", STR_ARG(quoted_key(work, list->name))));
        work_insert(work, module, tree_node(&module->tree, node)->hi, STR(")"));
        return true;
    }
    work_edit(work, module, lo, begin, (Str) { 0 });
    work_insert(work, module, begin, STR("**"));
    return true;
}

/* The items between the brackets of a display. */
static bool name_items(Work *work, const Execute *execute, NodeId display)
{
    const Module *module = execute->call->module;
    const Tree   *tree   = &module->tree;

    tree_each_child(child, tree, display) {
        if (tree_kind(tree, child) == PY_COMMENT || tree_kind(tree, child) == PY_TOKEN)
            continue;
        bool done = tree_kind(tree, child) == PY_LIST_SPLAT
                      ? spread(work, execute, tree_strip(tree, tree_nth(tree, child, 0)), tree_node(tree, child)->lo)
                      : name_item(work, execute, child);
        if (!done)
            return false;
    }
    return true;
}

/* The comma that made one element a tuple; true if there is nothing else in the way. */
static void drop_last_comma(Work *work, const Module *module, NodeId display)
{
    const Tree *tree = &module->tree;
    Str         text = module->source.text;
    uint32_t    end  = tree_node(tree, display)->hi - (tree_kind(tree, display) == PY_EXPRESSION_LIST ? 0 : 1);
    uint32_t    at   = tree_node(tree, tree_nth(tree, display, tree_arity(tree, display) - 1))->hi;

    if (str_is(str_trim(str_slice(text, at, end)), ","))
        work_edit(work, module, at, end, (Str) { 0 });
}

static bool remake_display(Work *work, const Execute *execute, NodeId display)
{
    const Module *module = execute->call->module;
    const PyNode *node   = tree_node(&module->tree, display);

    if (tree_kind(&module->tree, display) == PY_EXPRESSION_LIST) {
        work_insert(work, module, node->lo, STR("{"));
        if (!name_items(work, execute, display))
            return false;
        if (tree_arity(&module->tree, display) == 1)
            drop_last_comma(work, module, display);
        work_insert(work, module, node->hi, STR("}"));
        return true;
    }
    work_edit(work, module, node->lo, node->lo + 1, STR("{"));
    work_edit(work, module, node->hi - 1, node->hi, STR("}"));
    if (!name_items(work, execute, display))
        return false;
    if (tree_arity(&module->tree, display) == 1)
        drop_last_comma(work, module, display);
    return true;
}

/* `a + [b]` becomes `{**a, "b": b}`. */
static bool remake_term(Work *work, const Execute *execute, NodeId term)
{
    const Module *module = execute->call->module;
    const Tree   *tree   = &module->tree;
    const PyNode *node   = tree_node(tree, term);

    if (tree_kind(tree, term) == PY_BINARY && is_maker(execute, term)) {
        NodeId left = tree_field(tree, term, F_LEFT), right = tree_field(tree, term, F_RIGHT);
        if (!remake_term(work, execute, left))
            return false;
        Str between = str_slice(module->source.text, tree_node(tree, left)->hi, tree_node(tree, right)->lo);
        size_t plus = str_find_char(between, '+');
        if (plus == STR_NOT_FOUND || str_contains(between, STR("#"))) {
            refuse(work, execute, term, "a comment stands in this sum");
            return false;
        }
        uint32_t at = tree_node(tree, left)->hi;
        work_edit(work, module, at, at + (uint32_t)plus + 1, STR(","));
        vec_push(work->arena, &work->remade, term);
        return remake_term(work, execute, right);
    }
    if (is_display(tree_kind(tree, term)) && is_maker(execute, term)) {
        vec_push(work->arena, &work->remade, term);
        if (!tree_arity(tree, term)) {
            refuse(work, execute, term, "an empty list is added here");
            return false;
        }
        work_edit(work, module, node->lo, node->lo + 1, (Str) { 0 });
        if (!name_items(work, execute, term))
            return false;
        drop_last_comma(work, module, term);
        work_edit(work, module, node->hi - 1, node->hi, (Str) { 0 });
        return true;
    }
    if (tree_kind(tree, term) != PY_IDENTIFIER && tree_kind(tree, term) != PY_CALL && !list_from(execute, term)) {
        refuse(work, execute, term, "this sum is not understood");
        return false;
    }
    return spread(work, execute, term, node->lo);
}

static bool remake_sum(Work *work, const Execute *execute, NodeId sum)
{
    const Module *module = execute->call->module;

    work_insert(work, module, tree_node(&module->tree, sum)->lo, STR("{"));
    if (!remake_term(work, execute, sum))
        return false;
    work_insert(work, module, tree_node(&module->tree, sum)->hi, STR("}"));
    return true;
}

/* `params += [a]` becomes `params.update({"a": a})`. */
static bool remake_augmented(Work *work, const Execute *execute, NodeId assignment)
{
    const Module *module = execute->call->module;
    const Tree   *tree   = &module->tree;
    NodeId        left   = tree_field(tree, assignment, F_LEFT), right = tree_field(tree, assignment, F_RIGHT);
    const InList *list   = list_from(execute, tree_strip(tree, right));

    if (list && list->numbered.len) {
        work_edit(work, module, tree_node(tree, left)->hi, tree_node(tree, right)->hi,
                  str_format(work->arena, ".update(" STR_FORMAT ")", STR_ARG(numbered_entries(work, execute, list, right))));
        return true;
    }
    if (list) {
        work_insert(work, module, tree_node(tree, left)->hi, str_format(work->arena, "[\"" STR_FORMAT "\"]", STR_ARG(list->name)));
        work_edit(work, module, tree_node(tree, left)->hi, tree_node(tree, right)->lo, STR(" = list("));
    } else {
        work_edit(work, module, tree_node(tree, left)->hi, tree_node(tree, right)->lo, STR(".update("));
    }
    work_insert(work, module, tree_node(tree, right)->hi, STR(")"));
    return true;
}

/* `params.append(a)` becomes `params["a"] = a`, and `params.extend(x)` `params.update(x)`. */
static bool remake_method(Work *work, const Execute *execute, NodeId call)
{
    const Module *module    = execute->call->module;
    const Tree   *tree      = &module->tree;
    NodeId        function  = tree_field(tree, call, F_FUNCTION), arguments = tree_field(tree, call, F_ARGUMENTS);
    NodeId        object    = tree_field(tree, function, F_OBJECT), name = tree_field(tree, function, F_ATTRIBUTE);
    NodeId        item      = tree_nth(tree, arguments, 0);
    uint32_t      end       = tree_node(tree, call)->hi;
    Str           inside    = str_slice(module->source.text, tree_node(tree, arguments)->lo, end);
    bool          lines     = str_contains(inside, STR("\n"));

    if (str_is(tree_text(tree, name), "append")) {
        const NamedValue *named = named_value(work, item);
        if (!named) {
            refuse(work, execute, item, "this value has no placeholder on any path");
            return false;
        }
        work_edit(work, module, tree_node(tree, object)->hi, lines ? tree_node(tree, arguments)->lo + 1 : tree_node(tree, item)->lo,
                  str_format(work->arena, "[" STR_FORMAT "] = %s", STR_ARG(key_of(work, execute, named)), lines ? "(" : ""));
        if (!named->is_ported)
            port_item(work, item, &named->bind);
        named_value(work, item)->is_ported = true;
        if (!lines)
            work_edit(work, module, tree_node(tree, item)->hi, end, (Str) { 0 });
        return true;
    }
    const InList *list = list_from(execute, tree_strip(tree, item));
    if (list && list->numbered.len) {
        work_edit(work, module, tree_node(tree, name)->lo, end,
                  str_format(work->arena, "update(" STR_FORMAT ")", STR_ARG(numbered_entries(work, execute, list, item))));
        return true;
    }
    if (list) { /* params.extend(ids) */
        work_edit(work, module, tree_node(tree, object)->hi, tree_node(tree, arguments)->lo + 1,
                  str_format(work->arena, "[\"" STR_FORMAT "\"] = list(", STR_ARG(list->name)));
        return true;
    }
    work_edit(work, module, tree_node(tree, name)->lo, tree_node(tree, name)->hi, STR("update"));
    return true;
}

/* `list(x)`, `tuple(x)` become `dict(x)`; a copy stays one. */
static bool remake_call(Work *work, const Execute *execute, NodeId call)
{
    const Module *module    = execute->call->module;
    const Tree   *tree      = &module->tree;
    NodeId        function  = tree_field(tree, call, F_FUNCTION), arguments = tree_field(tree, call, F_ARGUMENTS);

    if (tree_kind(tree, function) == PY_ATTRIBUTE) {
        Str name = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
        return str_is(name, "copy") || remake_method(work, execute, call);
    }
    NodeId        only = tree_nth(tree, arguments, 0);
    const InList *list = only ? list_from(execute, tree_strip(tree, only)) : NULL;
    if (list) {
        work_edit(work, module, tree_node(tree, call)->lo, tree_node(tree, call)->hi,
                  list->numbered.len ? numbered_entries(work, execute, list, only)
                                     : str_format(work->arena, "{" STR_FORMAT STR_FORMAT "}", STR_ARG(quoted_key(work, list->name)),
                                                  STR_ARG(tree_text(tree, call))));
        return true;
    }
    if (call == tree_strip(tree, execute->call->params.node) && only && tree_kind(tree, only) == PY_IDENTIFIER) {
        work_edit(work, module, tree_node(tree, call)->lo, tree_node(tree, only)->lo, (Str) { 0 });
        work_edit(work, module, tree_node(tree, only)->hi, tree_node(tree, call)->hi, (Str) { 0 });
    } else {
        work_edit(work, module, tree_node(tree, function)->lo, tree_node(tree, function)->hi, STR("dict"));
    }
    return true;
}

static bool is_part_of_sum(const Execute *execute, NodeId node)
{
    const Tree *tree   = &execute->call->module->tree;
    NodeId      parent = tree_parent(tree, node);

    return tree_kind(tree, parent) == PY_BINARY && is_maker(execute, parent);
}

static bool remake(Work *work, const Execute *execute, NodeId maker)
{
    const Tree *tree = &execute->call->module->tree;
    Kind        kind = tree_kind(tree, maker);

    vec_each(known, &work->remade)
        if (*known == maker)
            return true;
    if ((is_display(kind) || kind == PY_BINARY) && is_part_of_sum(execute, maker))
        return true; /* with the sum as a whole */
    vec_push(work->arena, &work->remade, maker);
    switch (kind) {
    case PY_BINARY:
        return remake_sum(work, execute, maker);
    case PY_AUGMENTED_ASSIGNMENT:
        return remake_augmented(work, execute, maker);
    case PY_CALL:
        return remake_call(work, execute, maker);
    default:
        return remake_display(work, execute, maker);
    }
}

/* `params: list = []` says another thing now. */
static void port_list_annotations(Work *work, const Execute *execute)
{
    const Module *module = execute->call->module;
    const Tree   *tree   = &module->tree;

    vec_each(shape, &execute->growth->shapes)
        vec_each(maker, &shape->makers) {
            NodeId assignment = tree_parent(tree, *maker);
            NodeId type = tree_kind(tree, assignment) == PY_ASSIGNMENT ? tree_field(tree, assignment, F_TYPE) : 0;
            if (type && !str_is(tree_text(tree, type), "dict"))
                work_edit(work, module, tree_node(tree, type)->lo, tree_node(tree, type)->hi, STR("dict"));
        }
}

/* -- who else sees the list ------------------------------------------------------------------ */

static bool is_value_argument(const Work *work, const Module *module, NodeId id)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->module == module && site->params.node && tree_is_inside(&module->tree, id, site->params.node))
            return true;
    }
    return false;
}

/* `if params:`, `len(params)`: the same of a dict. */
static bool is_tested(const Tree *tree, NodeId id)
{
    NodeId parent = tree_parent(tree, id);

    while (tree_kind(tree, parent) == PY_PARENTHESIZED || tree_kind(tree, parent) == PY_NOT)
        id = parent, parent = tree_parent(tree, id);
    switch (tree_kind(tree, parent)) {
    case PY_IF:
    case PY_ELIF:
    case PY_WHILE:
        return tree_node(tree, id)->field == F_CONDITION;
    case PY_ASSERT:
        return tree_nth(tree, parent, 0) == id;
    case PY_CONDITIONAL:
        return tree_nth(tree, parent, 1) == id;
    default:
        return false;
    }
}

/* `logger.debug("%s", params)`, `print(params)`. */
static bool is_shown(const Tree *tree, NodeId id)
{
    NodeId arguments = tree_enclosing(tree, id, PY_ARGUMENT_LIST);
    NodeId call      = arguments ? tree_parent(tree, arguments) : 0;
    NodeId function  = call && tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_FUNCTION) : 0;
    NodeId owner     = function && tree_kind(tree, function) == PY_ATTRIBUTE ? tree_field(tree, function, F_OBJECT) : 0;
    Str    name      = function ? tree_text(tree, owner ? owner : function) : (Str) { 0 };
    Kind   parent    = tree_kind(tree, tree_parent(tree, id));

    if (parent != PY_ARGUMENT_LIST && parent != PY_INTERPOLATION)
        return false;
    return str_is(name, "print") || str_ends_with(name, STR("log")) || str_ends_with(name, STR("logger"))
        || str_is(name, "logging") || str_is(name, "LOG") || str_is(name, "LOGGER");
}

static void judge_uses(Work *work, const Execute *execute)
{
    const Module *module = execute->call->module;

    vec_each(use, &execute->growth->lists) {
        if (is_value_argument(work, module, *use) || is_tested(&module->tree, *use))
            continue;
        if (is_shown(&module->tree, *use))
            work_reason(work, VERDICT_UNSAFE, "TX-09", module, *use, "the values are shown here, and are a dict now");
        else
            work_reason(work, VERDICT_MANUAL, "TX-09", module, *use,
                        "the list of values is used here for something else; give the statement a list of its own");
    }
}

/* Whether another statement of the unit is given the same list. */
static bool is_shared(const Work *work, const Execute *execute)
{
    vec_each(index, &work->unit->calls) {
        const Growth *other = work->in->units->growths[*index];
        if (!other || other == execute->growth)
            continue;
        vec_each(shape, &execute->growth->shapes)
            vec_each(maker, &shape->makers)
                vec_each(place, &other->touched)
                    if (place->module == execute->call->module->id && place->node == *maker)
                        return true;
    }
    return false;
}

bool grown_values_stay(const Work *work, const Execute *execute)
{
    const Module *module = execute->call->module;

    if (execute->shapes.count != 1 || execute->lists.count || is_shared(work, execute))
        return false;
    vec_each(use, &execute->growth->lists)
        if (!is_value_argument(work, module, *use) && !is_tested(&module->tree, *use))
            return true;
    return false;
}

/* Binds of a run are as any others to text(). */
static void forget_numbered(Execute *execute)
{
    if (execute->lists.count && execute->lists.items[0].numbered.len)
        execute->lists = (InListVec) { 0 };
}

/* The values are the items of the list, and no more: `execute(sql, ids)`. */
static bool port_only_list(Work *work, Execute *execute)
{
    NodeId        node   = tree_strip(&execute->call->module->tree, execute->call->params.node);
    const InList *list   = list_from(execute, node);
    const PyNode *given  = tree_node(&execute->call->module->tree, execute->call->params.node);

    if (!list)
        return false;
    work_edit(work, execute->call->module, given->lo, given->hi,
              list->numbered.len ? numbered_entries(work, execute, list, node)
                                 : str_format(work->arena, "{" STR_FORMAT "list(" STR_FORMAT ")}",
                                              STR_ARG(quoted_key(work, list->name)),
                                              STR_ARG(tree_text(&execute->call->module->tree, node))));
    return true;
}

void port_grown_values(Work *work, Execute *execute)
{
    if (!pair_all(work, execute))
        return;
    if (port_only_list(work, execute)) {
        forget_numbered(execute);
        return;
    }
    vec_each(shape, &execute->growth->shapes)
        vec_each(maker, &shape->makers)
            if (!remake(work, execute, *maker))
                return;
    port_list_annotations(work, execute);
    judge_uses(work, execute);
    forget_numbered(execute);
}
