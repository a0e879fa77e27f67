#include "analyzers/python/slots.h"

static const struct Instance {
    const char *type;
    Role        role;
} known_types[] = {
    { "sqlalchemy.Connection", ROLE_SA_CONNECTION },
    { "sqlalchemy.engine.Connection", ROLE_SA_CONNECTION },
    { "sqlalchemy.engine.base.Connection", ROLE_SA_CONNECTION },
    { "sqlalchemy.future.Connection", ROLE_SA_CONNECTION },
    { "sqlalchemy.Engine", ROLE_ENGINE },
    { "sqlalchemy.engine.Engine", ROLE_ENGINE },
    { "sqlalchemy.CursorResult", ROLE_SA_RESULT },
    { "sqlalchemy.engine.CursorResult", ROLE_SA_RESULT },
    { "sqlalchemy.engine.Result", ROLE_SA_RESULT },
    { "sqlalchemy.Row", ROLE_SA_ROW },
    { "sqlalchemy.RowMapping", ROLE_SA_ROW },
    { "sqlalchemy.engine.Row", ROLE_SA_ROW },
    { "sqlalchemy.engine.RowMapping", ROLE_SA_ROW },
};

static bool is_one_of(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

const Argument *call_argument(const CallSite *call, uint32_t index, Str keyword)
{
    uint32_t position = 0;

    for (size_t i = 0; i < call->arguments.count; i++) {
        const Argument *argument = &call->arguments.items[i];
        if (argument->name.len || argument->is_mapping) {
            if (keyword.len && str_eq(argument->name, keyword))
                return argument;
        } else if (argument->is_star) {
            position = UINT32_MAX / 2; /* positions after a star are unknown */
        } else if (position++ == index) {
            return argument;
        }
    }
    return NULL;
}

Str call_literal(const Model *model, const CallSite *call, uint32_t index)
{
    const Argument *argument = call_argument(call, index, (Str) { 0 });

    if (!argument)
        return (Str) { 0 };
    return plain_string(&model->project->modules.items[call->at.module]->tree, argument->node);
}

ValueId call_gives(Model *model, const CallSite *call, Role role, Str name)
{
    ValueId value = value_of(model, role, call->at.module, call->at.node, name);

    slot_add(model, call->result, value, 0, call->at);
    return value;
}

static void give(Model *model, const CallSite *call, Role role)
{
    call_gives(model, call, role, (Str) { 0 });
}

/* `connect(path, factory=Tracked)`, `conn.cursor(Logged)`: an object of that class, too. */
static void give_instance(Model *model, const CallSite *call, const Argument *class)
{
    if (class)
        slot_flow(model, class->slot,
                  (Constraint) { .kind = FLOW_ANNOTATE, .dst = call->result, .extra = 1, .at = call->at });
}

static void call_sqlite_method(Model *model, const CallSite *call, ValueId owner, Str name)
{
    static const char *const executes[] = { "execute", "executemany", "executescript", NULL };
    static const char *const lists[]    = { "fetchall", "fetchmany", NULL };
    Value                    value      = model->values.items[owner];

    if (value.role == ROLE_CONNECTION) {
        if (str_is(name, "cursor") || is_one_of(name, executes))
            give(model, call, ROLE_CURSOR);
        if (str_is(name, "cursor"))
            give_instance(model, call, call_argument(call, 0, STR("factory")));
        if (str_is(name, "__enter__"))
            slot_add(model, call->result, owner, 0, call->at);
    } else if (value.role == ROLE_CURSOR) {
        if (is_one_of(name, executes) || str_is(name, "__iter__"))
            slot_add(model, call->result, owner, 0, call->at);
        else if (str_is(name, "fetchone") || str_is(name, "__next__"))
            give(model, call, ROLE_DB_ROW);
        else if (is_one_of(name, lists))
            give(model, call, ROLE_DB_ROWS);
    } else if (value.role == ROLE_DB_ROWS) {
        if (str_is(name, "pop"))
            slot_add(model, call->result, value_of(model, ROLE_DB_ROW, value.a, value.b, (Str) { 0 }), 0,
                     call->at);
        else if (str_is(name, "copy"))
            slot_add(model, call->result, owner, 0, call->at);
    }
}

static void call_sqlalchemy_method(Model *model, const CallSite *call, ValueId owner, Str name)
{
    static const char *const same[]   = { "mappings", "columns", "yield_per", "unique", "tuples",
                                          "execution_options", NULL };
    static const char *const single[] = { "fetchone", "first", "one", "one_or_none", NULL };
    static const char *const lists[]  = { "fetchall", "fetchmany", "all", NULL };
    Value                    value    = model->values.items[owner];

    if (str_is(name, "execution_options") || (value.role == ROLE_SA_RESULT && is_one_of(name, same))) {
        slot_add(model, call->result, owner, 0, call->at);
    } else if (value.role == ROLE_ENGINE) {
        if (str_is(name, "connect") || str_is(name, "begin"))
            give(model, call, ROLE_SA_CONNECTION);
    } else if (value.role == ROLE_SA_CONNECTION) {
        if (str_is(name, "execute") || str_is(name, "exec_driver_sql"))
            give(model, call, ROLE_SA_RESULT);
        else
            call_gives(model, call, ROLE_OBJECT, STR("sqlalchemy"));
    } else if (value.role == ROLE_SA_RESULT) {
        if (is_one_of(name, single)) {
            give(model, call, ROLE_SA_ROW);
        } else if (is_one_of(name, lists)) {
            ValueId list = call_gives(model, call, ROLE_OBJECT, STR("sqlalchemy"));
            slot_add(model, slot_of_attribute(model, list, ANY_KEY),
                     value_of(model, ROLE_SA_ROW, call->at.module, call->at.node, (Str) { 0 }), 0, call->at);
        } else if (str_is(name, "scalars")) {
            call_gives(model, call, ROLE_OBJECT, STR("sqlalchemy"));
        }
    }
}

static void call_sqlite_name(Model *model, const CallSite *call, Str name)
{
    if (str_is(name, "connect") || str_is(name, "Connection")) {
        give(model, call, ROLE_CONNECTION);
        give_instance(model, call, call_argument(call, UINT32_MAX, STR("factory")));
    } else if (str_is(name, "Cursor")) {
        give(model, call, ROLE_CURSOR);
    }
}

/* `sqlite3.Cursor.execute(self, sql)`: the method of what is given first. */
static void call_unbound(Model *model, const CallSite *call, Str name)
{
    const Argument *object = call_argument(call, 0, (Str) { 0 });
    SlotId          method = slot_new(model);
    CallSite       *inner  = arena_new(model->arena, CallSite);

    if (!object)
        return;
    *inner = (CallSite) { .at = call->at, .result = call->result };
    for (size_t i = 1; i < call->arguments.count; i++)
        vec_push(model->arena, &inner->arguments, call->arguments.items[i]);
    slot_flow(model, object->slot, (Constraint) { .kind = FLOW_LOAD, .dst = method, .name = name, .at = call->at });
    slot_flow(model, method, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

void known_call(Model *model, const CallSite *call, ValueId callee)
{
    Value value = model->values.items[callee];

    switch (value.role) {
    case ROLE_SQLITE_NAME:
        call_sqlite_name(model, call, value.name);
        break;
    case ROLE_EXTERNAL:
        library_call(model, call, value.name);
        break;
    case ROLE_METHOD: {
        Role owner = model->values.items[value.a].role;
        if (owner == ROLE_CONNECTION || owner == ROLE_CURSOR || owner == ROLE_DB_ROWS)
            call_sqlite_method(model, call, value.a, value.name);
        else if (owner == ROLE_ENGINE || owner == ROLE_SA_CONNECTION || owner == ROLE_SA_RESULT)
            call_sqlalchemy_method(model, call, value.a, value.name);
        else if (owner == ROLE_SQLITE_NAME)
            call_unbound(model, call, value.name);
        else if (owner == ROLE_OBJECT)
            library_method(model, call, value.a, value.name);
        break;
    }
    case ROLE_PARTIAL:
    case ROLE_OBJECT:
        library_call_object(model, call, callee);
        break;
    default:
        break;
    }
}

bool known_is_sqlite_module(Str dotted_name)
{
    static const char *const names[] = { "sqlite3", "sqlite3.dbapi2", "pysqlite2.dbapi2", "pysqlite3",
                                         "pysqlite3.dbapi2", NULL };
    return is_one_of(dotted_name, names);
}

static bool is_exception_name(Str name)
{
    static const char *const names[] = { "Error", "Warning", "InterfaceError", "DatabaseError", "DataError",
                                         "OperationalError", "IntegrityError", "InternalError",
                                         "ProgrammingError", "NotSupportedError", NULL };
    return is_one_of(name, names);
}

bool known_is_sqlite_export(Str name)
{
    static const char *const names[] = { "connect", "Connection", "Cursor", "Row", "Blob", "Binary", "Date", "Time",
                                         "Timestamp", "DateFromTicks", "TimeFromTicks", "TimestampFromTicks",
                                         "PrepareProtocol", "OptimizedUnicode", "adapt", "adapters", "converters",
                                         "register_adapter", "register_converter", "complete_statement",
                                         "enable_callback_tracebacks", "enable_shared_cache", "apilevel",
                                         "paramstyle", "threadsafety", "version", "version_info", "sqlite_version",
                                         "sqlite_version_info", NULL };
    return is_exception_name(name) || is_one_of(name, names) || str_starts_with(name, STR("SQLITE_"))
        || str_starts_with(name, STR("PARSE_"));
}

void known_attribute(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_SQLITE_MODULE:
        slot_add(model, dst,
                 str_is(name, "dbapi2") ? owner : value_of(model, ROLE_SQLITE_NAME, 0, 0, name), 0, at);
        break;
    case ROLE_EXTERNAL:
    case ROLE_OBJECT:
        library_attribute(model, owner, name, dst, at);
        break;
    case ROLE_SQLITE_NAME:
        if (str_is(value.name, "Connection") || str_is(value.name, "Cursor"))
            slot_add(model, dst, value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
        break;
    case ROLE_CONNECTION:
        if (is_exception_name(name)) {
            slot_add(model, dst, value_of(model, ROLE_SQLITE_NAME, 0, 0, name), 0, at);
            break;
        }
        slot_add(model, dst, value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
        break;
    case ROLE_CURSOR:
        if (str_is(name, "connection")) {
            const Module *module   = model->project->modules.items[value.a];
            NodeId        function = tree_field(&module->tree, value.b, F_FUNCTION);
            NodeId        receiver = function ? tree_field(&module->tree, function, F_OBJECT) : 0;
            Str           made_by  = tree_text(&module->tree, tree_field(&module->tree, function, F_ATTRIBUTE));
            if (receiver && !str_is(made_by, "Cursor"))
                slot_copy(model, slot_of_node(model, module, receiver), dst, at);
            break;
        }
        slot_add(model, dst, value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
        break;
    case ROLE_DB_ROW:
    case ROLE_DB_ROWS:
    case ROLE_ENGINE:
    case ROLE_SA_CONNECTION:
    case ROLE_SA_RESULT:
        slot_add(model, dst, value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
        break;
    case ROLE_SA_ROW:
        slot_add(model, dst, str_is(name, "_mapping") ? owner : value_of(model, ROLE_METHOD, owner, 0, name), 0, at);
        break;
    default:
        break;
    }
}

void known_element(Model *model, ValueId owner, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_CURSOR:
        slot_add(model, dst, value_of(model, ROLE_DB_ROW, at.module, at.node, (Str) { 0 }), 0, at);
        break;
    case ROLE_DB_ROWS:
        slot_add(model, dst, value_of(model, ROLE_DB_ROW, value.a, value.b, (Str) { 0 }), 0, at);
        break;
    case ROLE_DB_ROW:
    case ROLE_SA_ROW:
        slot_add(model, dst, value_of(model, ROLE_CELL, at.module, at.node, (Str) { 0 }), 0, at);
        break;
    case ROLE_SA_RESULT:
        slot_add(model, dst, value_of(model, ROLE_SA_ROW, at.module, at.node, (Str) { 0 }), 0, at);
        break;
    default:
        break;
    }
}

void known_instance(Model *model, ValueId type, SlotId dst, Place at, KnownTypes which)
{
    Value value = model->values.items[type];
    Role  role  = ROLE_NONE;

    if (value.role == ROLE_SQLITE_NAME) {
        role = str_is(value.name, "Connection") ? ROLE_CONNECTION
             : str_is(value.name, "Cursor")     ? ROLE_CURSOR
             : str_is(value.name, "Row")        ? ROLE_DB_ROW
                                                : ROLE_NONE;
    } else if (value.role == ROLE_EXTERNAL) {
        role = ROLE_OBJECT;
        for (size_t i = 0; i < sizeof known_types / sizeof *known_types; i++)
            if (str_is(value.name, known_types[i].type))
                role = known_types[i].role;
        if (str_starts_with(value.name, STR("builtins.")) || str_starts_with(value.name, STR("typing.")))
            role = ROLE_NONE;
        if (which == KNOWN_ANY)
            library_instance(model, value.name, dst, at);
    }
    if (role && (role != ROLE_OBJECT || which == KNOWN_ANY))
        slot_add(model, dst,
                 value_of(model, role, at.module, at.node, role == ROLE_OBJECT ? value.name : (Str) { 0 }), 0,
                 at);
}
