/*
 * What is likely, once all that is certain is known.
 *
 * A library that is handed its connections by others shows nobody who does it. Two things
 * speak for a role nevertheless: a method that only one class of the project has, asked of
 * something we know nothing of; and SQL that is run on it, where no other database library
 * is near. What follows from either is marked in Held.is_presumed, and so MAYBE.
 */
#include "analyzers/python/slots.h"

enum {
    PRESUME_ROUNDS = 6,
    CLASS_LIMIT    = 4, /* classes of the project that have a method of one name */
    CLASS_DEPTH    = 8,
};

typedef Vec(FunctionInfo *) MethodVec;

/* A slot of something in a class, and where it stands what is known of the class. */
typedef struct Member {
    SlotId slot;
    bool  *is_database;
} Member;

typedef struct Presumer {
    Model *model;
    Map    methods;         /* name, to MethodVec */
    bool **is_database;     /* by module and scope: a class that has to do with one */
    Vec(Member) members;
    bool  *has_sqlite;      /* by module */
    bool  *has_other;       /* by module: another database library */
    bool   project_has_other, project_has_qmark;
    Vec(SlotId) unknown;
    size_t looked_at; /* how many slots were asked whether they are unknown */
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

/* The first word of a text that begins a statement of SQL, after spaces and opening brackets. */
static bool begins_sql(Str text)
{
    static const char *const words[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "CREATE", "ALTER",
                                         "DROP", "PRAGMA", "BEGIN", "COMMIT", "VACUUM", "ATTACH", "DETACH", "EXPLAIN",
                                         "ANALYZE", "REINDEX", "SAVEPOINT", "RELEASE", "ROLLBACK", NULL };
    size_t at = 0;

    for (bool blank = true; blank && at < text.len;) { /* a line end may be spelled: \n */
        size_t spelled = str_starts_with(str_slice(text, at, text.len), STR("\\n")) ? 2 : 0;
        blank          = spelled || strchr(" \t\r\n(", text.ptr[at]);
        at += spelled ? spelled : blank;
    }
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

/* Whether the load is that of a method which is called with a literal of SQL. */
static bool is_given_sql(const Model *model, const Constraint *load)
{
    const Module *module = model->project->modules.items[load->at.module];
    const Tree   *tree   = &module->tree;
    NodeId        call   = tree_parent(tree, load->at.node);
    bool          has_qmark = false;

    if (tree_kind(tree, call) != PY_CALL || tree_node(tree, load->at.node)->field != F_FUNCTION)
        return false;
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);
    NodeId first     = arguments && tree_kind(tree, arguments) != PY_GENERATOR ? tree_nth(tree, arguments, 0) : 0;
    return first && is_sql(module, first, &has_qmark, 0);
}

static bool is_named(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

static const char *const run_names[]        = { "execute", "executemany", "executescript", NULL };
static const char *const connection_names[] = { "cursor", "commit", "rollback", "row_factory", "total_changes", NULL };
static const char *const cursor_names[]     = { "fetchone", "fetchall", "fetchmany", "lastrowid", NULL };
/* What both or either have besides. */
static const char *const other_names[] = { "close", "rowcount", "description", "arraysize", "connection", "setinputsizes",
                                           "setoutputsize", "isolation_level", "in_transaction", "text_factory", "iterdump",
                                           "backup", "create_function", "create_aggregate", "create_collation",
                                           "create_window_function", "interrupt", "set_authorizer", "set_progress_handler",
                                           "set_trace_callback", "enable_load_extension", "load_extension", "getlimit",
                                           "setlimit", "getconfig", "setconfig", "serialize", "deserialize", "blobopen",
                                           "autocommit", NULL };

/* Whether sqlite3's connections or cursors have such a member. */
static bool is_member(Str name)
{
    return is_named(name, run_names) || is_named(name, connection_names) || is_named(name, cursor_names)
        || is_named(name, other_names) || str_starts_with(name, STR("__"));
}

/* The scope of the class around a node; 0 if there is none. */
static ScopeId class_around(const Module *module, NodeId node)
{
    ScopeId scope = module->scopes.scope_of[node];

    while (scope && module->scopes.scopes.items[scope].kind != SCOPE_CLASS)
        scope = module->scopes.scopes.items[scope].parent;
    return scope;
}

static bool holds_database(const Model *model, SlotId slot)
{
    vec_each(held, &model->slots.items[slot].values) {
        Role role = model->values.items[held->value].role;
        if (role == ROLE_CONNECTION || role == ROLE_CURSOR)
            return true;
    }
    return false;
}

/* Which slots of expressions and names lie in classes: what is in them tells what the class has to do with. */
static void gather_members(Presumer *presumer)
{
    Model *model = presumer->model;

    vec_each(at, &model->project->modules) {
        const Module *module = *at;
        const Sheet  *sheet  = &model->sheets[module->id];
        for (NodeId node = 1; node < module->tree.count; node++) {
            Kind kind = tree_kind(&module->tree, node);
            if (kind != PY_ATTRIBUTE && kind != PY_IDENTIFIER && kind != PY_CALL)
                continue;
            SlotId slot = sheet->of_node[node];
            if (!slot && kind == PY_IDENTIFIER && module->scopes.symbol_of[node])
                slot = sheet->of_symbol[module->scopes.symbol_of[node]];
            ScopeId class = slot ? class_around(module, node) : 0;
            if (class)
                vec_push(model->arena, &presumer->members, (Member) { slot, &presumer->is_database[module->id][class] });
        }
    }
}

/* Classes that have to do with a database: something in them is a connection or a cursor. */
static void gather_classes(Presumer *presumer)
{
    vec_each(member, &presumer->members)
        if (!*member->is_database && holds_database(presumer->model, member->slot))
            *member->is_database = true;
}

static bool is_database_class(const Presumer *presumer, uint32_t module, NodeId class)
{
    return presumer->is_database[module][presumer->model->project->modules.items[module]->scopes.opens[class]];
}

/* Every method of a class that has to do with a database, by its name. */
static void gather_methods(Presumer *presumer)
{
    Model *model = presumer->model;

    vec_each(at, &model->functions) {
        const Tree *tree = &model->project->modules.items[(*at)->at.module]->tree;
        NodeId      name = tree_field(tree, (*at)->at.node, F_NAME);
        if (!(*at)->owner || (*at)->is_static || !name || str_starts_with(tree_text(tree, name), STR("__")))
            continue;
        void **place = map_place(model->arena, &presumer->methods, tree_text(tree, name));
        if (!*place)
            *place = arena_new(model->arena, MethodVec);
        MethodVec *methods = *place;
        vec_push(model->arena, methods, *at);
    }
}

/* Whether calling the method gives a connection, a cursor, or an object that has one. */
static bool hands_out_database(const Presumer *presumer, const FunctionInfo *method)
{
    const Model *model = presumer->model;

    vec_each(held, &model->slots.items[method->is_generator ? method->yielded : method->returned].values) {
        const Value *value = &model->values.items[held->value];
        if (value->role == ROLE_CONNECTION || value->role == ROLE_CURSOR
            || (value->role == ROLE_INSTANCE && is_database_class(presumer, value->a, value->b)))
            return true;
    }
    return false;
}

static bool has_method(const Model *model, uint32_t module_id, NodeId class, Str name, int depth)
{
    const Module    *module = model->project->modules.items[module_id];
    const ClassInfo *info   = sheet_class(&model->sheets[module_id], class);

    if (scope_local(&module->scopes, module->scopes.opens[class], name)
        || slot_known_attribute(model, model_find(model, ROLE_CLASS, module_id, class), name))
        return true;
    for (size_t i = 0; info && depth < CLASS_DEPTH && i < info->bases.count; i++)
        vec_each(held, &model->slots.items[info->bases.items[i]].values) {
            const Value *base = &model->values.items[held->value];
            if (base->role == ROLE_CLASS && has_method(model, base->a, base->b, name, depth + 1))
                return true;
        }
    return false;
}

/* Whether a class knows everything that is asked of something. */
static bool answers_all(const Model *model, SlotId slot, const FunctionInfo *method)
{
    flow_each(flow, model, slot)
        if (flow->kind == FLOW_LOAD && !has_method(model, method->at.module, method->owner, flow->name, 0))
            return false;
    return true;
}

/* Whether `execute` and its like are those of a class of the project: what else is asked tells, or that it is awaited. */
static bool is_own_execute(const Model *model, SlotId slot, const Constraint *load)
{
    const Tree *tree = &model->project->modules.items[load->at.module]->tree;

    flow_each(flow, model, slot)
        if (flow->kind == FLOW_LOAD && !is_member(flow->name))
            return true;
    return tree_kind(tree, tree_parent(tree, tree_parent(tree, load->at.node))) == PY_AWAIT;
}

/* `self.pool.connection()`, `db.select("SELECT …")`: the classes that have such a method, if it hands out what is a
 * database's, or is given SQL. */
static bool presume_class(Presumer *presumer, SlotId slot, const Constraint *load)
{
    Model           *model   = presumer->model;
    const MethodVec *methods = map_find(&presumer->methods, load->name);
    bool             given = false, any = false;

    if (!methods || methods->count > CLASS_LIMIT
        || (is_named(load->name, run_names) && !is_own_execute(model, slot, load)))
        return false;
    given = is_given_sql(model, load);
    vec_each(method, methods) {
        bool fits = is_database_class(presumer, (*method)->at.module, (*method)->owner) && answers_all(model, slot, *method)
                 && (given || (methods->count == 1 && !(*method)->is_property && hands_out_database(presumer, *method)));
        if (!fits)
            continue;
        slot_add(model, slot, value_of(model, ROLE_INSTANCE, (*method)->at.module, (*method)->owner, (Str) { 0 }), 0,
                 load->at);
        any = true;
    }
    return any;
}

/* What is done with something unknown, so far as it tells what it is. */
typedef struct Signs {
    bool runs_sql, runs, has_qmark,
         is_other, /* something is asked of it that neither has */
         as_connection, as_cursor;
    Place at;
} Signs;

static void read_sign(const Model *model, const Constraint *load, Signs *signs)
{
    const Module *module = model->project->modules.items[load->at.module];
    const Tree   *tree   = &module->tree;
    NodeId        call   = tree_parent(tree, load->at.node);

    signs->as_connection |= is_named(load->name, connection_names);
    signs->as_cursor |= is_named(load->name, cursor_names);
    signs->is_other |= !is_member(load->name);
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
    signs->is_other |= first && !runs_sql && tree_kind(tree, tree_strip(tree, first)) == PY_STRING;
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

    flow_each(flow, model, slot)
        if (flow->kind == FLOW_LOAD)
            read_sign(model, flow, &signs);
    if (!signs.runs || signs.is_other || !(signs.runs_sql || signs.as_connection || signs.as_cursor))
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

/* Of the slots that something is asked of, those we know nothing of: the ones there were, and the new ones. */
static void gather_unknown(Presumer *presumer)
{
    Model *model = presumer->model;
    size_t kept  = 0;

    for (size_t i = 0; i < presumer->unknown.count; i++)
        if (!model->slots.items[presumer->unknown.items[i]].values.count)
            presumer->unknown.items[kept++] = presumer->unknown.items[i];
    presumer->unknown.count = kept;
    for (; presumer->looked_at < model->slots.count; presumer->looked_at++) {
        const Slot *slot = &model->slots.items[presumer->looked_at];
        if (presumer->looked_at && !slot->values.count && slot->is_loaded)
            vec_push(model->arena, &presumer->unknown, (SlotId)presumer->looked_at);
    }
}

static bool presume_once(Presumer *presumer)
{
    Model *model = presumer->model;
    bool   any   = false;

    gather_unknown(presumer);
    vec_each(slot, &presumer->unknown)
        flow_each(flow, model, *slot)
            if (flow->kind == FLOW_LOAD && !model->slots.items[*slot].values.count)
                any |= presume_class(presumer, *slot, flow);
    if (any)
        return true;
    vec_each(slot, &presumer->unknown)
        if (!model->slots.items[*slot].values.count)
            any |= presume_database(presumer, *slot);
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
    presumer.is_database = arena_array(model->arena, bool *, model->project->modules.count + 1);
    vec_each(module, &model->project->modules)
        presumer.is_database[(*module)->id] = arena_array(model->arena, bool, (*module)->scopes.scopes.count + 1);
    gather_members(&presumer);
    gather_classes(&presumer);
    model->is_presuming = true;
    for (int round = 0; round < PRESUME_ROUNDS && presume_once(&presumer); round++) {
        model_solve(model);
        gather_classes(&presumer);
    }
}
