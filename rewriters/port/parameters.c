/*
 * From positions to names: what is bound to a statement.
 *
 * A tuple or list display becomes a dict display in place, so that the author's
 * line breaks and comments stay. What is held in a variable is turned where it is
 * written if the statement is its only reader, else zipped with the names at the
 * call (PY-06). Anything whose length is unknown is refused.
 */
#include "analyzers/facts/clock.h"
#include "rewriters/port/work.h"

static Str quoted_key(Work *work, Str name)
{
    return str_format(work->arena, "\"" STR_FORMAT "\": ", STR_ARG(name));
}

static bool is_call_of(const Tree *tree, NodeId id, const char *function)
{
    NodeId callee = tree_kind(tree, id) == PY_CALL ? tree_field(tree, id, F_FUNCTION) : 0;
    return callee && str_is(tree_text(tree, callee), function);
}

static NodeId first_argument(const Tree *tree, NodeId call)
{
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);
    return arguments && tree_arity(tree, arguments) == 1 ? tree_nth(tree, arguments, 0) : 0;
}

/* A value for a BOOLEAN column (TX-16, BO-04): what is 0 or 1 becomes False or True. */
static void port_boolean(Work *work, NodeId item, const SqlBind *bind)
{
    const Tree   *tree = work->tree;
    const PyNode *node = tree_node(tree, item);
    Str           text = tree_text(tree, item);

    switch (tree_kind(tree, tree_strip(tree, item))) {
    case PY_TRUE:
    case PY_FALSE:
    case PY_NONE_LITERAL:
    case PY_NOT:
    case PY_COMPARISON:
        return;
    case PY_INTEGER:
        if (str_is(text, "0") || str_is(text, "1")) {
            work_edit(work, work->module, node->lo, node->hi, str_is(text, "1") ? STR("True") : STR("False"));
            return;
        }
        work_reason(work, VERDICT_MANUAL, "TX-16", work->module, item,
                    STR_FORMAT "." STR_FORMAT " is a BOOLEAN and gets " STR_FORMAT "; decide what that means",
                    STR_ARG(bind->table), STR_ARG(bind->column), STR_ARG(text));
        return;
    case PY_CONDITIONAL: { /* 1 if x else 0 */
        NodeId then = tree_nth(tree, item, 0), condition = tree_nth(tree, item, 1), otherwise = tree_nth(tree, item, 2);
        if (then && otherwise && str_is(tree_text(tree, then), "1") && str_is(tree_text(tree, otherwise), "0")) {
            work_edit(work, work->module, node->lo, tree_node(tree, condition)->lo, STR("bool("));
            work_edit(work, work->module, tree_node(tree, condition)->hi, node->hi, STR(")"));
            return;
        }
        break;
    }
    case PY_CALL:
        if (is_call_of(tree, item, "bool"))
            return;
        if (is_call_of(tree, item, "int") && first_argument(tree, item)) {
            NodeId callee = tree_field(tree, item, F_FUNCTION);
            work_edit(work, work->module, tree_node(tree, callee)->lo, tree_node(tree, callee)->hi, STR("bool"));
            return;
        }
        break;
    default:
        break;
    }
    work_insert(work, work->module, node->lo, STR("bool("));
    work_insert(work, work->module, node->hi, STR(")"));
    work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, item,
                STR_FORMAT "." STR_FORMAT " is a BOOLEAN: bool() is put around the value; None would become False",
                STR_ARG(bind->table), STR_ARG(bind->column));
}

/* A naive time for a TIMESTAMPTZ column (DT-05): in this file it is asked for in UTC, elsewhere it is told. */
/* `event["started_at"]`, `args.get("until")`: a text that somebody else wrote. */
static bool is_foreign(const Work *work, NodeId item)
{
    const Tree *tree     = work->tree;
    NodeId      node     = tree_strip(tree, item);
    NodeId      function = tree_kind(tree, node) == PY_CALL ? tree_field(tree, node, F_FUNCTION) : 0;
    NodeId      object   = 0, key = 0;

    if (tree_kind(tree, node) == PY_SUBSCRIPT) {
        object = tree_field(tree, node, F_VALUE);
        key    = tree_field(tree, node, F_SUBSCRIPT);
    } else if (function && tree_kind(tree, function) == PY_ATTRIBUTE
               && str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "get")) {
        object = tree_field(tree, function, F_OBJECT);
        key    = tree_nth(tree, tree_field(tree, node, F_ARGUMENTS), 0);
    }
    return object && key && tree_kind(tree, key) == PY_STRING && !model_has(work->model, work->module, object, ROLE_DB_ROW)
        && !model_has(work->model, work->module, node, ROLE_CELL);
}

static void port_timestamp(Work *work, NodeId item, const SqlBind *bind)
{
    const Tree *tree = work->tree;
    Place       now;

    if (is_foreign(work, item) && bind->table.len)
        vec_push(work->arena, &work->foreign_times,
                 str_lower(work->arena, str_format(work->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(bind->table),
                                                   STR_ARG(bind->column))));
    if (!is_naive_clock(work->model, work->module, item, &now))
        return;
    NodeId function = now.module == work->module->id ? tree_field(tree, now.node, F_FUNCTION) : 0;
    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE) {
        work_reason(work, VERDICT_UNSAFE, "DT-05", model_module(work->model, now.module), now.node,
                    "this naive time goes to a TIMESTAMPTZ column; ask for datetime.now(timezone.utc)");
        return;
    }
    Str owner = tree_text(tree, tree_field(tree, function, F_OBJECT));
    Str zone  = str_is(owner, "datetime.datetime") ? STR("datetime.timezone")
                                                   : work_import(work, work->module, "datetime", "timezone");
    work_edit(work, work->module, tree_node(tree, now.node)->lo, tree_node(tree, now.node)->hi,
              str_format(work->arena, STR_FORMAT ".now(" STR_FORMAT ".utc)", STR_ARG(owner), STR_ARG(zone)));
    work_reason(work, VERDICT_UNSAFE, "DT-05", work->module, now.node,
                "a naive time is given to a TIMESTAMPTZ column; it becomes UTC with an offset: see that readers expect it");
}

/* A truth for a number's column: sqlite3 stores 1 or 0, Postgres refuses (TX-16). */
static void port_number(Work *work, NodeId item)
{
    const PyNode *node = tree_node(work->tree, item);

    switch (tree_kind(work->tree, tree_strip(work->tree, item))) {
    case PY_TRUE:
    case PY_FALSE:
        work_edit(work, work->module, node->lo, node->hi, str_is(tree_text(work->tree, item), "True") ? STR("1") : STR("0"));
        return;
    case PY_COMPARISON:
    case PY_NOT:
        work_insert(work, work->module, node->lo, STR("int("));
        work_insert(work, work->module, node->hi, STR(")"));
        return;
    case PY_CALL:
        if (is_call_of(work->tree, item, "bool")) {
            work_insert(work, work->module, node->lo, STR("int("));
            work_insert(work, work->module, node->hi, STR(")"));
        }
        return;
    default:
        return;
    }
}

/* A number for a text: SQLite takes its digits, Postgres has no such comparison (TX-15). */
static void port_text(Work *work, NodeId item)
{
    const PyNode *node = tree_node(work->tree, item);
    Kind          kind = tree_kind(work->tree, tree_strip(work->tree, item));
    Str           text = tree_text(work->tree, item);
    bool          digits = kind == PY_INTEGER && text.len && (text.ptr[0] != '0' || text.len == 1);

    for (size_t i = 0; i < text.len; i++)
        digits &= text.ptr[i] >= '0' && text.ptr[i] <= '9';
    if (digits) {
        work_insert(work, work->module, node->lo, STR("\""));
        work_insert(work, work->module, node->hi, STR("\""));
    } else if (kind == PY_INTEGER || kind == PY_FLOAT || kind == PY_TRUE || kind == PY_FALSE) {
        work_reason(work, VERDICT_MANUAL, "TX-15", work->module, item,
                    "a number is given where the column is text; write it as a text");
    }
}

/* A value that sqlite3 takes only through an adapter of the program, which SQLAlchemy's drivers do not share (PY-27, TX-17). */
static void judge_type(Work *work, NodeId item)
{
    static const char *const types[] = { "decimal.Decimal", "uuid.UUID", "fractions.Fraction", "pathlib.Path", "enum.Enum" };

    vec_each(held, model_values(work->model, work->module, item)) {
        const Value *value = model_value(work->model, held->value);
        for (size_t i = 0; value->role == ROLE_OBJECT && i < sizeof types / sizeof *types; i++)
            if (str_is(value->name, types[i]))
                work_reason(work, VERDICT_UNSAFE, "TX-17", work->module, item,
                            "sqlite3 takes a %s only through an adapter, and each driver of Postgres in its own way; "
                            "convert it here", types[i]);
    }
}

static void port_item(Work *work, NodeId item, const SqlBind *bind)
{
    judge_type(work, item);
    if (bind->type == PG_BIGINT || bind->type == PG_DOUBLE)
        port_number(work, item);
    else if (bind->type == PG_TEXT)
        port_text(work, item);
    else if (bind->type == PG_BOOLEAN)
        port_boolean(work, item, bind);
    else if (bind->type == PG_TIMESTAMPTZ)
        port_timestamp(work, item, bind);
}

/* Binds of the source: the current time, which the port itself fills in, is none. */
static size_t bind_count(const Execute *execute)
{
    size_t count = 0;

    vec_each(bind, &execute->sql.binds)
        count += !bind->clock;
    return count;
}

/* The list whose items this bind takes; NULL for a bind of one value. */
static const InList *list_of(const Execute *execute, const SqlBind *bind)
{
    vec_each(list, &execute->lists)
        if (str_eq(list->name, bind->name))
            return list;
    return NULL;
}

/* `?`, or the bind that stands for a run of them. */
static bool is_positional(const Execute *execute, const SqlBind *bind)
{
    return execute->sql.text.ptr[bind->lo] == '?' || list_of(execute, bind);
}

static bool has_positional(const Execute *execute)
{
    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && is_positional(execute, bind))
            return true;
    return false;
}

static bool has_named(const Execute *execute)
{
    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && !is_positional(execute, bind))
            return true;
    return false;
}

/* The k-th placeholder that takes a value of its own, from 0. */
static const SqlBind *bind_at(const Execute *execute, size_t k)
{
    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && k-- == 0)
            return bind;
    bug("placeholder out of range");
}

/* `?1 … ?1`: a value goes to several places, or places are out of order. */
static bool is_numbered(const Execute *execute)
{
    uint32_t expected = 1;

    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && bind->number != expected++)
            return true;
    return false;
}

/* `"now": datetime.now(timezone.utc), …` for the clocks of a statement; empty if it has none. */
static Str clock_entries(Work *work, const Execute *execute)
{
    Buf out = buf_new(work->arena);

    vec_each(bind, &execute->sql.binds) {
        if (!bind->clock)
            continue;
        if (out.len)
            buf_add(&out, STR(", "));
        buf_add(&out, quoted_key(work, bind->name));
        buf_format(&out, STR_FORMAT ".now(" STR_FORMAT ".utc)",
                   STR_ARG(work_import(work, work->module, "datetime", "datetime")),
                   STR_ARG(work_import(work, work->module, "datetime", "timezone")));
        if (bind->shift.len) { /* "-1 day": `- timedelta(days=1)` */
            static const char *const units[] = { "seconds", "minutes", "hours", "days" };
            Str unit = bind->shift, amount;
            str_cut(&unit, ' ', &amount);
            unit = str_trim(unit);
            for (size_t i = 0; i < sizeof units / sizeof *units; i++)
                if (str_eq_nocase(str_slice(unit, 0, 3), str_slice(str_of(units[i]), 0, 3)))
                    buf_format(&out, " %c " STR_FORMAT "(%s=" STR_FORMAT ")", amount.ptr[0] == '-' ? '-' : '+',
                               STR_ARG(work_import(work, work->module, "datetime", "timedelta")), units[i],
                               STR_ARG(str_slice(amount, amount.ptr[0] == '-' || amount.ptr[0] == '+', amount.len)));
        }
    }
    return buf_str(&out);
}

/* `(a, b)` or `[a, b]` becomes `{"x": a, "y": b}` where it stands. */
static void port_display(Work *work, Execute *execute, NodeId display, const NodeIdVec *items)
{
    const Tree   *tree = work->tree;
    const PyNode *node = tree_node(tree, display);
    Str           text = work->module->source.text;

    work_edit(work, work->module, node->lo, node->lo + 1, STR("{"));
    work_edit(work, work->module, node->hi - 1, node->hi, STR("}"));
    for (size_t i = 0; i < items->count; i++) {
        const SqlBind *bind = bind_at(execute, i);
        work_insert(work, work->module, tree_node(tree, items->items[i])->lo, quoted_key(work, bind->name));
        if (list_of(execute, bind)) { /* *ids */
            uint32_t star = tree_node(tree, items->items[i])->lo;
            work_edit(work, work->module, star, star + 1, STR("list("));
            work_insert(work, work->module, tree_node(tree, items->items[i])->hi, STR(")"));
            continue;
        }
        port_item(work, items->items[i], bind);
    }
    Str clocks = clock_entries(work, execute);
    if (clocks.len)
        work_insert(work, work->module, tree_node(tree, vec_last(items))->hi,
                    str_format(work->arena, ", " STR_FORMAT, STR_ARG(clocks)));
    /* The comma that made one element a tuple is no longer needed. */
    if (items->count == 1) {
        uint32_t at = tree_node(tree, items->items[0])->hi;
        while (at < node->hi && (text.ptr[at] == ' ' || text.ptr[at] == ')'))
            at++;
        uint32_t after = at + 1;
        while (after < node->hi - 1 && text.ptr[after] == ' ')
            after++;
        if (at < node->hi - 1 && text.ptr[at] == ',' && after == node->hi - 1)
            work_edit(work, work->module, at, after, (Str) { 0 });
    }
}

static Str name_list(Work *work, const Execute *execute)
{
    Buf    out   = buf_new(work->arena);
    size_t count = bind_count(execute);

    for (size_t i = 0; i < count; i++)
        buf_format(&out, "%s\"" STR_FORMAT "\"", i ? ", " : "", STR_ARG(bind_at(execute, i)->name));
    return count == 1 ? str_format(work->arena, STR_FORMAT ",", STR_ARG(buf_str(&out)))
                                         : buf_str(&out);
}

/* -- values for lists ------------------------------------------------------------------------ */

/* One value of a sequence, or (spread) all the values of one. */
typedef struct Slot {
    NodeId node;
    bool   is_spread;
} Slot;
typedef Vec(Slot) SlotVec;

static bool is_collection(const Work *work, const Execute *execute, NodeId node)
{
    vec_each(list, &execute->lists)
        if (str_eq(tree_text(work->tree, node), tree_text(work->tree, list->collection)))
            return true;
    return false;
}

/* What an expression for values is made of: displays, the collections of the lists, their sums. */
static bool flatten(Work *work, const Execute *execute, NodeId node, SlotVec *out)
{
    const Tree *tree = work->tree;

    node = tree_strip(tree, node);
    if (is_collection(work, execute, node)) {
        vec_push(work->arena, out, (Slot) { node, true });
        return true;
    }
    switch (tree_kind(tree, node)) {
    case PY_TUPLE:
    case PY_LIST:
        tree_each_child(child, tree, node) {
            if (tree_kind(tree, child) == PY_COMMENT || tree_kind(tree, child) == PY_TOKEN)
                continue;
            bool   spread = tree_kind(tree, child) == PY_LIST_SPLAT;
            NodeId item   = spread ? tree_nth(tree, child, 0) : child;
            if (!item || (spread && !is_collection(work, execute, tree_strip(tree, item))))
                return false;
            vec_push(work->arena, out, (Slot) { item, spread });
        }
        return true;
    case PY_CALL:
        return (is_call_of(tree, node, "list") || is_call_of(tree, node, "tuple")) && first_argument(tree, node)
            && flatten(work, execute, first_argument(tree, node), out);
    case PY_BINARY:
        return str_is(tree_text(tree, tree_field(tree, node, F_OPERATOR)), "+")
            && flatten(work, execute, tree_field(tree, node, F_LEFT), out)
            && flatten(work, execute, tree_field(tree, node, F_RIGHT), out);
    default:
        return false;
    }
}

/* Statements with lists: each collection must stand among the values where its placeholders stand (TX-07b). */
static void port_lists(Work *work, Execute *execute)
{
    const Callsite *call  = execute->call;
    const Tree     *tree  = work->tree;
    SlotVec         slots = { 0 };
    bool            fits  = call->params.node && !has_named(execute) && !is_numbered(execute)
             && flatten(work, execute, call->params.node, &slots) && slots.count == bind_count(execute);

    for (size_t i = 0; fits && i < slots.count; i++) {
        const InList *list = list_of(execute, bind_at(execute, i));
        fits               = slots.items[i].is_spread == (list != NULL)
            && (!list || str_eq(tree_text(tree, slots.items[i].node), tree_text(tree, list->collection)));
    }
    if (!fits) {
        work_reason(work, VERDICT_MANUAL, "TX-07b", work->module, call->call,
                    "the values do not stand where the placeholders of their list do; bind the list by name");
        return;
    }
    if (call->params.display && call->params.display == call->params.node) {
        NodeIdVec items = { 0 };
        tree_each_child(child, tree, call->params.display)
            if (tree_kind(tree, child) != PY_COMMENT && tree_kind(tree, child) != PY_TOKEN)
                vec_push(work->arena, &items, child);
        port_display(work, execute, call->params.display, &items);
        return;
    }
    Buf dict = buf_new(work->arena);
    for (size_t i = 0; i < slots.count; i++) {
        const SqlBind *bind = bind_at(execute, i);
        buf_format(&dict, "%s" STR_FORMAT STR_FORMAT STR_FORMAT "%s", i ? ", " : "{", STR_ARG(quoted_key(work, bind->name)),
                   STR_ARG(slots.items[i].is_spread ? STR("list(") : STR("")),
                   STR_ARG(tree_text(tree, slots.items[i].node)), slots.items[i].is_spread ? ")" : "");
        if (!slots.items[i].is_spread && (bind->type == PG_BOOLEAN || bind->type == PG_TIMESTAMPTZ))
            work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, slots.items[i].node,
                        "the value goes to a BOOLEAN or TIMESTAMPTZ column; see that it has that type");
    }
    Str clocks = clock_entries(work, execute);
    buf_format(&dict, "%s" STR_FORMAT "}", clocks.len ? ", " : "", STR_ARG(clocks));
    work_edit(work, work->module, tree_node(tree, call->params.node)->lo, tree_node(tree, call->params.node)->hi,
              buf_str(&dict));
}

/* How often a variable is read. */
static uint32_t read_count(const Module *module, SymbolId symbol)
{
    uint32_t count = 0;

    for (NodeId id = 1; id < module->tree.count; id++)
        count += tree_kind(&module->tree, id) == PY_IDENTIFIER && module->scopes.symbol_of[id] == symbol;
    return count - (uint32_t)module->scopes.symbols.items[symbol].bindings.count;
}

static void zip_at_call(Work *work, const Execute *execute, NodeId node)
{
    Str names = name_list(work, execute);

    work_insert(work, work->module, tree_node(work->tree, node)->lo,
                str_format(work->arena, "dict(zip((" STR_FORMAT "), ", STR_ARG(names)));
    work_insert(work, work->module, tree_node(work->tree, node)->hi, STR("))"));
    work_reason(work, VERDICT_UNSAFE, "PY-06", work->module, node,
                "the values are in a variable: they are zipped with the names; see that it always has %zu",
                bind_count(execute));
}


/* `:name` in the statement and a dict: names and values stay as they are. */
static void port_named(Work *work, Execute *execute)
{
    const Params *params = &execute->call->params;

    if (has_positional(execute) || params->shape == PARAMS_TUPLE || params->shape == PARAMS_LIST) {
        work_reason(work, VERDICT_MANUAL, "TX-05", work->module, execute->call->call,
                    "named and positional placeholders meet; write one kind");
        return;
    }
    for (size_t i = 0; params->display && params->shape == PARAMS_DICT && i < params->items.count; i++) {
        NodeId key = tree_kind(work->tree, params->items.items[i]) == PY_PAIR
                       ? tree_field(work->tree, params->items.items[i], F_KEY) : 0;
        NodeId value = key ? tree_field(work->tree, params->items.items[i], F_VALUE) : 0;
        Literal name;
        if (!value || !literal_read(work->arena, work->tree, key, &name))
            continue;
        for (size_t b = 0; b < execute->sql.binds.count; b++)
            if (str_eq(execute->sql.binds.items[b].name, name.text)) {
                port_item(work, value, &execute->sql.binds.items[b]);
                break;
            }
    }
    if (params->shape == PARAMS_UNKNOWN || params->shape == PARAMS_APPENDED || params->shape == PARAMS_GENERATOR)
        work_reason(work, VERDICT_UNSAFE, "PY-06", work->module, execute->call->call,
                    "the values are not written at the call; they must be a mapping with the statement's names");
}

/* Values that are arguments of the call (`one(sql, a, b)`) become one dict. */
static void port_arguments(Work *work, Execute *execute)
{
    const Tree      *tree  = work->tree;
    const NodeIdVec *items = &execute->call->params.items;

    if (items->count != bind_count(execute) || has_named(execute) || is_numbered(execute)
        || items->count != execute->sql.binds.count) {
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, execute->call->call,
                    "the statement has %zu placeholders, and the call gives %zu values", bind_count(execute), items->count);
        return;
    }
    for (size_t i = 0; i < items->count; i++) {
        Str key = quoted_key(work, bind_at(execute, i)->name);
        work_insert(work, work->module, tree_node(tree, items->items[i])->lo,
                    i ? key : str_format(work->arena, "{" STR_FORMAT, STR_ARG(key)));
        port_item(work, items->items[i], bind_at(execute, i));
    }
    work_insert(work, work->module, tree_node(tree, vec_last(items))->hi, STR("}"));
}

void port_parameters(Work *work, Execute *execute)
{
    const Callsite *call   = execute->call;
    const Params   *params = &call->params;
    size_t          binds  = bind_count(execute);
    Str             clocks = binds ? (Str) { 0 } : clock_entries(work, execute);

    if (execute->lists.count) {
        port_lists(work, execute);
        return;
    }
    if (params->shape == PARAMS_TUPLE && !params->display && params->items.count) {
        port_arguments(work, execute);
        return;
    }
    if (binds == 0) {
        /* Nothing to bind: an empty tuple or list goes, anything else is for a person. */
        if (params->shape == PARAMS_NONE) {
            if (clocks.len)
                work_insert(work, work->module, tree_node(work->tree, call->sql_node)->hi,
                            str_format(work->arena, ", {" STR_FORMAT "}", STR_ARG(clocks)));
            return;
        }
        if (params->display && params->is_exact && params->items.count == 0 && params->node == params->display) {
            if (params->shape != PARAMS_DICT)
                work_edit(work, work->module, tree_node(work->tree, params->node)->lo,
                          tree_node(work->tree, params->node)->hi, STR("{}"));
            return;
        }
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                    "values are given to a statement without placeholders that could be seen");
        return;
    }
    if (binds != execute->sql.binds.count && !(params->display && params->display == params->node)) {
        work_reason(work, VERDICT_MANUAL, "DT-06", work->module, call->call,
                    "the current time must be bound, and the values are not written at the call; add it there");
        return;
    }
    if (has_named(execute)) {
        port_named(work, execute);
        return;
    }
    if (is_numbered(execute)) {
        work_reason(work, VERDICT_MANUAL, "TX-05", work->module, call->call,
                    "numbered placeholders; name them and give a dict");
        return;
    }
    switch (params->shape) {
    case PARAMS_TUPLE:
    case PARAMS_LIST:
        if (params->is_exact && params->items.count == binds) {
            port_display(work, execute, params->display, &params->items);
            return;
        }
        break;
    case PARAMS_VARIABLE:
        if (params->display && params->is_exact && params->items.count == binds
            && tree_kind(work->tree, params->display) != PY_DICTIONARY
            && read_count(work->module, params->variable) == 1
            && tree_text(work->tree, params->display).ptr[0] != '"') {
            char first = tree_text(work->tree, params->display).ptr[0];
            if (first == '(' || first == '[') {
                port_display(work, execute, params->display, &params->items);
                return;
            }
        }
        if (!params->display || (params->is_exact && params->items.count == binds)) {
            zip_at_call(work, execute, params->node);
            return;
        }
        break;
    case PARAMS_APPENDED:
        work_reason(work, VERDICT_MANUAL, "TX-09", work->module, call->call,
                    "the list of values grows along branches; pair each placeholder with its value by hand");
        return;
    case PARAMS_NONE:
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                    "the statement has %zu placeholders and the call gives no values", binds);
        return;
    default:
        break;
    }
    work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                "the statement has %zu placeholders, and how many values the call gives is not certain", binds);
}

/*
 * executemany(sql, rows): a list of dicts (PY-14). An empty list must run nothing
 * (PY-15), so the list gets a name of its own and the call a guard.
 */
void port_many(Work *work, Execute *execute)
{
    const Callsite *call      = execute->call;
    const Params   *params    = &call->params;
    const Tree     *tree      = work->tree;
    NodeId          statement = tree_statement(tree, call->call);
    size_t          binds     = bind_count(execute);

    if (!params->node || has_named(execute) || is_numbered(execute) || binds != execute->sql.binds.count
        || binds == 0) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "executemany() wants a list of dicts, one for each row; build it by hand");
        return;
    }
    if (execute->reads.count || tree_kind(tree, statement) != PY_EXPRESSION_STATEMENT
        || tree_nth(tree, statement, 0) != call->call) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the result of executemany() is used; take it apart by hand");
        return;
    }
    vec_each(bind, &execute->sql.binds)
        if (bind->type == PG_BOOLEAN || bind->type == PG_TIMESTAMPTZ) {
            work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, call->call,
                        "a row's value goes to a BOOLEAN or TIMESTAMPTZ column; see that it has that type");
            break;
        }

    NodeId given = tree_strip(tree, params->node);
    NodeId body  = tree_kind(tree, given) == PY_LIST_COMPREHENSION || tree_kind(tree, given) == PY_GENERATOR
                     ? tree_field(tree, given, F_BODY) : 0;
    Str    rows  = work_fresh_name(work, "parameters");
    Buf    header = buf_new(work->arena);
    Str    indent;
    if (!statement_indent(work->module, statement, &indent)) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the statement shares its line with another; put it on a line of its own");
        return;
    }
    buf_format(&header, STR_FORMAT " = [{", STR_ARG(rows));
    if (body && tree_kind(tree, tree_strip(tree, body)) == PY_TUPLE
        && tree_arity(tree, tree_strip(tree, body)) == binds) {
        NodeId tuple = tree_strip(tree, body);
        for (uint32_t i = 0; i < binds; i++)
            buf_format(&header, "%s\"" STR_FORMAT "\": " STR_FORMAT, i ? ", " : "",
                       STR_ARG(bind_at(execute, i)->name), STR_ARG(tree_text(tree, tree_nth(tree, tuple, i))));
        buf_add(&header, STR("}"));
        Str rest = str_slice(work->module->source.text, tree_node(tree, body)->hi, tree_node(tree, given)->hi - 1);
        buf_format(&header, STR_FORMAT "]", STR_ARG(rest));
    } else if (body) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the rows are made by an expression whose shape is not certain; build a list of dicts by hand");
        return;
    } else {
        for (uint32_t i = 0; i < binds; i++)
            buf_format(&header, "%s\"" STR_FORMAT "\": row[%u]", i ? ", " : "",
                       STR_ARG(bind_at(execute, i)->name), i);
        buf_format(&header, "} for row in " STR_FORMAT "]", STR_ARG(tree_text(tree, params->node)));
        if (params->display && params->shape != PARAMS_LIST)
            work_reason(work, VERDICT_UNSAFE, "PY-14", work->module, call->call,
                        "the rows are read by position; see that each has %zu values", binds);
        else if (!params->display)
            work_reason(work, VERDICT_UNSAFE, "PY-14", work->module, call->call,
                        "the rows are read by position; see that each has %zu values", binds);
    }
    buf_format(&header, STR_FORMAT STR_FORMAT "if " STR_FORMAT ":", STR_ARG(work->module->source.newline),
               STR_ARG(indent), STR_ARG(rows));
    work_wrap_statement(work, work->module, statement, buf_str(&header));
    /* The call is written anew below the guard. */
    work_edit(work, work->module, tree_node(tree, params->node)->lo, tree_node(tree, params->node)->hi, rows);
}
