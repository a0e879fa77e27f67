/*
 * What is likely, once all that is certain is known.
 *
 * A library that is handed its connections by others shows nobody who does it. Two things
 * speak for a role nevertheless: a method that only one class of the project has, asked of
 * something we know nothing of; and SQL that is run on it, where no other database library
 * is near. What follows from either is marked in Held.is_presumed, and so MAYBE.
 */
#include "analyzers/python/slots.h"

enum { PRESUME_ROUNDS = 4 };

typedef struct Presumer {
    Model *model;
    Map    methods;         /* name, to the FunctionInfo of the only method so called; NULL if there are more */
    bool  *has_sqlite;      /* by module */
    bool  *has_other;       /* by module: another database library */
    bool   project_has_other, project_has_qmark;
} Presumer;

typedef enum Library { TOOLKIT, DRIVER_ITSELF } Library;
typedef enum Mark { OTHER_MARK, QMARK } Mark;

static const struct Driver {
    const char *name;
    Library     library;
    Mark        mark;
} drivers[] = {
#define DRIVER(name, library, mark) { name, library, mark },
#include "analyzers/python/drivers.def"
#undef DRIVER
};

static const struct Driver *driver_of(Str dotted)
{
    Str top = dotted;

    str_cut(&dotted, '.', &top);
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (str_is(top, drivers[i].name))
            return &drivers[i];
    return NULL;
}

bool known_is_driver(Str dotted)
{
    const struct Driver *driver = driver_of(dotted);
    return driver && driver->library == DRIVER_ITSELF;
}

static void look_at_imports(Presumer *presumer)
{
    Model *model          = presumer->model;
    size_t count          = model->project->modules.count;
    presumer->has_sqlite  = arena_array(model->arena, bool, count + 1);
    presumer->has_other   = arena_array(model->arena, bool, count + 1);
    vec_each(at, &model->project->modules) {
        vec_each(import, &(*at)->imports) {
            if (import->level)
                continue;
            presumer->has_sqlite[(*at)->id] |= known_is_sqlite_module(import->module);
            const struct Driver *other = driver_of(import->module);
            presumer->has_other[(*at)->id] |= other != NULL;
            presumer->project_has_qmark |= other && other->mark == QMARK;
        }
        presumer->project_has_other |= presumer->has_other[(*at)->id];
    }
}

static bool is_database(Role role)
{
    return role == ROLE_CONNECTION || role == ROLE_CURSOR || role == ROLE_DB_ROW || role == ROLE_DB_ROWS;
}

static bool hands_out_database(const Model *model, const FunctionInfo *method)
{
    vec_each(held, &model->slots.items[method->is_generator ? method->yielded : method->returned].values)
        if (is_database(model->values.items[held->value].role))
            return true;
    return false;
}

static void gather_methods(Presumer *presumer)
{
    Model *model = presumer->model;

    vec_each(at, &model->functions) {
        const Tree *tree = &model->project->modules.items[(*at)->at.module]->tree;
        NodeId      name = tree_field(tree, (*at)->at.node, F_NAME);
        if (!(*at)->owner || !name || str_starts_with(tree_text(tree, name), STR("__")))
            continue;
        Str    word  = tree_text(tree, name);
        bool   known = map_find(&presumer->methods, word) != NULL;
        void **place = map_place(model->arena, &presumer->methods, word);
        *place       = known ? (void *)presumer : (void *)*at;
    }
}

/* `self.pool.connection()`: the only class that has such a method, if it hands out what is a database's. */
static bool presume_class(Presumer *presumer, SlotId slot, const Constraint *load)
{
    Model *model = presumer->model;
    void  *found = map_find(&presumer->methods, load->name);

    if (!found || found == (void *)presumer)
        return false;
    const FunctionInfo *method = found;
    if (method->is_static || method->is_property || !hands_out_database(model, method))
        return false;
    slot_add(model, slot, value_of(model, ROLE_INSTANCE, method->at.module, method->owner, (Str) { 0 }), 0, load->at);
    return true;
}

/* The first word of a text that begins a statement of SQL, after spaces and opening brackets. */
static bool begins_sql(Str text)
{
    static const char *const words[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "CREATE", "ALTER",
                                         "DROP", "PRAGMA", "BEGIN", "COMMIT", "VACUUM", "ATTACH", "DETACH", "EXPLAIN",
                                         "ANALYZE", "REINDEX", "SAVEPOINT", "RELEASE", "ROLLBACK", NULL };
    size_t at = 0;

    while (at < text.len && strchr(" \t\r\n\\n(", text.ptr[at]))
        at++;
    size_t end = at;
    while (end < text.len && ((text.ptr[end] | 32) >= 'a' && (text.ptr[end] | 32) <= 'z'))
        end++;
    for (const char *const *word = words; *word; word++)
        if (str_eq_nocase(str_slice(text, at, end), str_of(*word)))
            return true;
    return false;
}

/* Whether an expression is, or begins with, a literal of SQL; and whether a `?` stands in it. */
static bool is_sql(const Module *module, NodeId node, bool *has_qmark, int depth)
{
    const Tree *tree = &module->tree;

    node = tree_strip(tree, node);
    if (tree_kind(tree, node) != PY_IDENTIFIER)
        *has_qmark |= str_contains(tree_text(tree, node), STR("?"));
    switch (tree_kind(tree, node)) {
    case PY_STRING:
        for (NodeId id = node + 1; id < tree_node(tree, node)->end; id++)
            if (tree_kind(tree, id) == PY_STRING_CONTENT)
                return begins_sql(tree_text(tree, id));
        return false;
    case PY_CONCATENATED_STRING:
        return is_sql(module, tree_nth(tree, node, 0), has_qmark, depth);
    case PY_BINARY:
        return is_sql(module, tree_field(tree, node, F_LEFT), has_qmark, depth);
    case PY_CALL: { /* "…".format(…), dedent("…") */
        NodeId function = tree_field(tree, node, F_FUNCTION), arguments = tree_field(tree, node, F_ARGUMENTS);
        if (function && tree_kind(tree, function) == PY_ATTRIBUTE)
            return is_sql(module, tree_field(tree, function, F_OBJECT), has_qmark, depth);
        return arguments && tree_arity(tree, arguments) == 1
            && is_sql(module, tree_nth(tree, arguments, 0), has_qmark, depth);
    }
    case PY_IDENTIFIER: {
        SymbolId symbol = module->scopes.symbol_of[node];
        if (!symbol || depth > 2)
            return false;
        vec_each(bound, &module->scopes.symbols.items[symbol].bindings) {
            NodeId parent = tree_parent(tree, *bound);
            if (tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, *bound)->field == F_LEFT
                && tree_field(tree, parent, F_RIGHT)
                && is_sql(module, tree_field(tree, parent, F_RIGHT), has_qmark, depth + 1))
                return true;
        }
        return false;
    }
    default:
        return false;
    }
}

static bool is_named(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

/* What is done with something unknown, so far as it tells what it is. */
typedef struct Signs {
    bool runs_sql, runs, runs_other, has_qmark, as_connection, as_cursor;
    Place at;
} Signs;

static const char *const run_names[]        = { "execute", "executemany", "executescript", NULL };
static const char *const connection_names[] = { "cursor", "commit", "rollback", "row_factory", "total_changes", NULL };
static const char *const cursor_names[]     = { "fetchone", "fetchall", "fetchmany", "lastrowid", NULL };

static void read_sign(const Model *model, const Constraint *load, Signs *signs)
{
    const Module *module = model->project->modules.items[load->at.module];
    const Tree   *tree   = &module->tree;
    NodeId        call   = tree_parent(tree, load->at.node);

    signs->as_connection |= is_named(load->name, connection_names);
    signs->as_cursor |= is_named(load->name, cursor_names);
    if (!is_named(load->name, run_names) || tree_kind(tree, call) != PY_CALL
        || tree_node(tree, load->at.node)->field != F_FUNCTION
        || tree_kind(tree, tree_parent(tree, call)) == PY_AWAIT)
        return;
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);
    NodeId first     = arguments && tree_kind(tree, arguments) != PY_GENERATOR ? tree_nth(tree, arguments, 0) : 0;
    signs->runs      = true;
    signs->at        = load->at;
    bool has_qmark   = false;
    bool runs_sql    = first && is_sql(module, first, &has_qmark, 0);
    signs->runs_sql |= runs_sql;
    signs->runs_other |= first && !runs_sql && tree_kind(tree, tree_strip(tree, first)) == PY_STRING;
    signs->has_qmark |= runs_sql && has_qmark && tree_arity(tree, arguments) > 1;
}

static bool speaks_of_cursors(const Module *module, NodeId attribute)
{
    Str text = tree_text(&module->tree, tree_field(&module->tree, attribute, F_OBJECT));
    size_t dot = str_rfind_char(text, '.');

    if (dot != STR_NOT_FOUND)
        text = str_slice(text, dot + 1, text.len);
    while (text.len && text.ptr[0] == '_')
        text = str_slice(text, 1, text.len);
    return str_starts_with(text, STR("cur")) || str_is(text, "c");
}

/* Something that runs SQL in a file, or a project, where nothing but sqlite3 does; or with a `?` for its values, where
 * no other library's statements say so. */
static bool presume_database(Presumer *presumer, SlotId slot)
{
    Model *model = presumer->model;
    Signs  signs = { 0 };

    vec_each(flow, &model->slots.items[slot].out)
        if (flow->kind == FLOW_LOAD)
            read_sign(model, flow, &signs);
    if (!signs.runs || signs.runs_other || !(signs.runs_sql || signs.as_connection || signs.as_cursor))
        return false;
    uint32_t module = signs.at.module;
    bool alone = !presumer->has_other[module] && (!presumer->project_has_other || presumer->has_sqlite[module]);
    if (!alone && (!signs.has_qmark || presumer->project_has_qmark))
        return false;
    if (!presumer->has_other[module]) /* then the rest of the file may be taken for sqlite3's, too */
        presumer->has_sqlite[module] = true;
    bool cursor = !signs.as_connection
               && (signs.as_cursor || speaks_of_cursors(model->project->modules.items[module], signs.at.node));
    slot_add(model, slot, value_of(model, cursor ? ROLE_CURSOR : ROLE_CONNECTION, module, signs.at.node, (Str) { 0 }), 0,
             signs.at);
    return true;
}

static bool presume_once(Presumer *presumer)
{
    Model *model = presumer->model;
    bool   any   = false;
    size_t count = model->slots.count;

    for (SlotId slot = 1; slot < count; slot++) {
        if (model->slots.items[slot].values.count)
            continue;
        for (size_t i = 0; i < model->slots.items[slot].out.count && !model->slots.items[slot].values.count; i++) {
            Constraint flow = model->slots.items[slot].out.items[i];
            if (flow.kind == FLOW_LOAD)
                any |= presume_class(presumer, slot, &flow);
        }
    }
    if (any)
        return true;
    for (SlotId slot = 1; slot < count; slot++)
        if (!model->slots.items[slot].values.count)
            any |= presume_database(presumer, slot);
    return any;
}

void model_presume(Model *model)
{
    Presumer presumer = { .model = model };
    bool     found    = false;

    look_at_imports(&presumer);
    vec_each(module, &model->project->modules)
        found |= presumer.has_sqlite[(*module)->id];
    if (!found)
        return;
    gather_methods(&presumer);
    model->is_presuming = true;
    for (int round = 0; round < PRESUME_ROUNDS && presume_once(&presumer); round++)
        model_solve(model);
}
