#include "analyzers/python/slots.h"

typedef enum Effect { ARGUMENT, LIST, ELEMENT, CALLS, PROVIDES, CAST, RECORD, ENGINE, TEXT } Effect;

static const struct Known {
    const char *name;
    Effect      effect;
} known_functions[] = {
#define KNOWN(name, effect) { name, effect },
#include "analyzers/python/known.def"
#undef KNOWN
};

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

enum { NAME_DOTS = 6 };

static bool is_one_of(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

static Str dotted(Model *model, Str owner, Str name)
{
    uint32_t dots = 0;

    for (size_t i = 0; i < owner.len; i++)
        dots += owner.ptr[i] == '.';
    if (dots >= NAME_DOTS)
        return owner;
    return str_format(model->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(owner), STR_ARG(name));
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

/* The text of an argument that is one plain string; empty otherwise. */
static Str literal_argument(Model *model, const CallSite *call, uint32_t index)
{
    const Argument *argument = call_argument(call, index, (Str) { 0 });

    if (!argument)
        return (Str) { 0 };
    return plain_string(&model->project->modules.items[call->at.module]->tree, argument->node);
}

static void give(Model *model, const CallSite *call, Role role)
{
    slot_add(model, call->result, value_of(model, role, call->at.module, call->at.node, (Str) { 0 }), 0,
             call->at);
}

static void give_object(Model *model, const CallSite *call, Str name)
{
    slot_add(model, call->result, value_of(model, ROLE_OBJECT, call->at.module, call->at.node, name), 0,
             call->at);
}

static void call_sqlite_method(Model *model, const CallSite *call, ValueId owner, Str name)
{
    static const char *const executes[] = { "execute", "executemany", "executescript", NULL };
    static const char *const lists[]    = { "fetchall", "fetchmany", NULL };
    Value                    value      = model->values.items[owner];

    if (value.role == ROLE_CONNECTION) {
        if (str_is(name, "cursor") || is_one_of(name, executes))
            give(model, call, ROLE_CURSOR);
        else if (str_is(name, "__enter__"))
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
            give_object(model, call, STR("sqlalchemy"));
    } else if (value.role == ROLE_SA_RESULT) {
        if (is_one_of(name, single)) {
            give(model, call, ROLE_SA_ROW);
        } else if (is_one_of(name, lists)) {
            give_object(model, call, STR("sqlalchemy"));
            ValueId list = value_of(model, ROLE_OBJECT, call->at.module, call->at.node, STR("sqlalchemy"));
            slot_add(model, slot_of_attribute(model, list, ANY_KEY),
                     value_of(model, ROLE_SA_ROW, call->at.module, call->at.node, (Str) { 0 }), 0, call->at);
        } else if (str_is(name, "scalars")) {
            give_object(model, call, STR("sqlalchemy"));
        }
    }
}

/* Something taken out of a container, with what is given back if it is not there. */
static void take_item(Model *model, const CallSite *call, ValueId owner, Str name)
{
    Str             key      = literal_argument(model, call, 0);
    const Argument *fallback = call_argument(call, 1, STR("default"));
    SlotId          unknown  = slot_of_attribute(model, owner, ANY_KEY);
    SlotId          known    = slot_of_attribute(model, owner, key.len ? key : EACH_ITEM);

    slot_copy(model, unknown, call->result, call->at);
    slot_copy(model, known, call->result, call->at);
    if (fallback) {
        slot_copy(model, fallback->slot, call->result, call->at);
        if (str_is(name, "setdefault"))
            slot_copy(model, fallback->slot, key.len ? known : unknown, call->at);
    }
}

static bool is_taking(Str name)
{
    static const char *const takes[] = { "get", "pop", "setdefault", "popleft", "get_nowait", "popitem",
                                         "__getitem__", NULL };
    return is_one_of(name, takes);
}

/* What argparse's parse_args() gives, whichever parser: `set_defaults(run=…)` puts functions into it. */
static ValueId parsed_arguments(Model *model)
{
    return value_of(model, ROLE_EXTERNAL, 0, 0, STR("argparse.Namespace"));
}

/* Methods of dicts, lists, queues and of objects other libraries made. */
static void call_object_method(Model *model, const CallSite *call, ValueId owner, Str name)
{
    static const char *const puts[]   = { "append", "add", "insert", "appendleft", "put", "put_nowait", "set", NULL };
    static const char *const adds[]   = { "extend", "update", NULL };
    static const char *const same[]   = { "values", "copy", "items", NULL };
    static const char *const enters[] = { "enter_context", "enter_async_context", NULL };
    SlotId                   inside   = slot_of_attribute(model, owner, ANY_KEY);
    Value                    value    = model->values.items[owner];
    const Argument          *given    = call_argument(call, str_is(name, "insert") ? 1 : 0, (Str) { 0 });

    if (str_is(name, "set_defaults") && str_starts_with(value.name, STR("argparse."))) {
        vec_each(argument, &call->arguments)
            if (argument->name.len)
                slot_copy(model, argument->slot, slot_of_attribute(model, parsed_arguments(model), argument->name), call->at);
    } else if (is_one_of(name, puts) && given) {
        slot_copy(model, given->slot, inside, call->at);
    } else if (is_one_of(name, adds) && given) {
        slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ELEMENT, .dst = inside, .at = call->at });
    } else if (is_one_of(name, enters) && given) {
        slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ENTER, .dst = call->result, .at = call->at });
    } else if (is_taking(name)) {
        take_item(model, call, owner, name);
    } else if (is_one_of(name, same)) {
        slot_add(model, call->result, owner, 0, call->at);
    }
    if (value.name.len)
        give_object(model, call, dotted(model, value.name, name));
}

static void call_sqlite_name(Model *model, const CallSite *call, Str name)
{
    if (str_is(name, "connect") || str_is(name, "Connection"))
        give(model, call, ROLE_CONNECTION);
    else if (str_is(name, "Cursor"))
        give(model, call, ROLE_CURSOR);
}

static void call_builtin_getattr(Model *model, const CallSite *call)
{
    const Argument *object = call_argument(call, 0, (Str) { 0 });
    Str             name   = literal_argument(model, call, 1);

    if (object && name.len)
        slot_flow(model, object->slot,
                  (Constraint) { .kind = FLOW_LOAD, .dst = call->result, .name = name, .at = call->at });
    const Argument *fallback = call_argument(call, 2, (Str) { 0 });
    if (fallback)
        slot_copy(model, fallback->slot, call->result, call->at);
}

static void call_builtin_setattr(Model *model, const CallSite *call)
{
    const Argument *object = call_argument(call, 0, (Str) { 0 }), *value = call_argument(call, 2, (Str) { 0 });
    Str             name   = literal_argument(model, call, 1);

    if (object && value && name.len)
        slot_flow(model, object->slot,
                  (Constraint) { .kind = FLOW_STORE, .dst = value->slot, .name = name, .at = call->at });
}

/* `fn` is called with the arguments after it. */
static void call_through(Model *model, const CallSite *call, const Argument *fn, ConstraintKind gives)
{
    CallSite *inner = arena_new(model->arena, CallSite);

    inner->at     = call->at;
    inner->result = slot_new(model);
    for (size_t i = 1; i < call->arguments.count; i++)
        vec_push(model->arena, &inner->arguments, call->arguments.items[i]);
    slot_flow(model, fn->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
    slot_flow(model, inner->result, (Constraint) { .kind = gives, .dst = call->result, .at = call->at });
}

/* dict(a=…), SimpleNamespace(a=…): what is given by keyword is found under that name. */
static void make_record(Model *model, const CallSite *call, Str name)
{
    ValueId made = value_of(model, ROLE_OBJECT, call->at.module, call->at.node, name);

    slot_add(model, call->result, made, 0, call->at);
    vec_each(argument, &call->arguments)
        if (argument->name.len) {
            slot_copy(model, argument->slot, slot_of_attribute(model, made, argument->name), call->at);
            slot_copy(model, argument->slot, slot_of_attribute(model, made, EACH_ITEM), call->at);
        }
}

/* The place of the iterable is the site of what it gives. */
static void flow_argument(Model *model, const CallSite *call, const Argument *argument, ConstraintKind kind)
{
    if (argument)
        slot_flow(model, argument->slot,
                  (Constraint) { .kind = kind,
                                 .dst  = call->result,
                                 .at   = { call->at.module, argument->node } });
}

static bool call_known_function(Model *model, const CallSite *call, Str name)
{
    const struct Known *known = NULL;

    for (size_t i = 0; i < sizeof known_functions / sizeof *known_functions; i++)
        if (str_is(name, known_functions[i].name))
            known = &known_functions[i];
    if (!known)
        return false;
    const Argument *first = call_argument(call, 0, (Str) { 0 }), *second = call_argument(call, 1, (Str) { 0 });
    switch (known->effect) {
    case ARGUMENT:
        if (first)
            slot_copy(model, first->slot, call->result, call->at);
        break;
    case CAST:
        if (second)
            slot_copy(model, second->slot, call->result, call->at);
        break;
    case LIST:
        flow_argument(model, call, first, FLOW_LIST);
        break;
    case ELEMENT:
        flow_argument(model, call, first, FLOW_ELEMENT);
        break;
    case CALLS:
        if (first)
            call_through(model, call, first, FLOW_COPY);
        break;
    case PROVIDES:
        if (first)
            call_through(model, call, first, FLOW_PROVIDE);
        break;
    case RECORD:
        make_record(model, call, str_starts_with(name, STR("builtins.")) ? (Str) { 0 } : name);
        break;
    case ENGINE:
        give(model, call, ROLE_ENGINE);
        break;
    case TEXT:
        give(model, call, ROLE_TEXT);
        break;
    }
    return true;
}

static void call_external(Model *model, const CallSite *call, Str name)
{
    if (str_is(name, "builtins.getattr")) {
        call_builtin_getattr(model, call);
        return;
    }
    if (str_is(name, "builtins.setattr")) {
        call_builtin_setattr(model, call);
        return;
    }
    if (str_is(name, "builtins.__import__") || str_is(name, "importlib.import_module")) {
        const Module *module = model->project->modules.items[call->at.module];
        Str           dotted = literal_argument(model, call, 0);
        if (dotted.len)
            slot_add(model, call->result, module_value(model, module, 0, dotted), 0, call->at);
        return;
    }
    if (call_known_function(model, call, name))
        return;
    size_t dot = str_rfind_char(name, '.');
    if (dot != STR_NOT_FOUND && is_taking(str_slice(name, dot + 1, name.len))) /* flask.g.pop("db") */
        take_item(model, call, value_of(model, ROLE_EXTERNAL, 0, 0, str_slice(name, 0, dot)),
                  str_slice(name, dot + 1, name.len));
    if (!str_starts_with(name, STR("builtins.")))
        give_object(model, call, name);
}

void known_call(Model *model, const CallSite *call, ValueId callee)
{
    Value value = model->values.items[callee];

    switch (value.role) {
    case ROLE_SQLITE_NAME:
        call_sqlite_name(model, call, value.name);
        break;
    case ROLE_EXTERNAL:
        call_external(model, call, value.name);
        break;
    case ROLE_METHOD: {
        Role owner = model->values.items[value.a].role;
        if (owner == ROLE_CONNECTION || owner == ROLE_CURSOR || owner == ROLE_DB_ROWS)
            call_sqlite_method(model, call, value.a, value.name);
        else if (owner == ROLE_ENGINE || owner == ROLE_SA_CONNECTION || owner == ROLE_SA_RESULT)
            call_sqlalchemy_method(model, call, value.a, value.name);
        else if (owner == ROLE_OBJECT)
            call_object_method(model, call, value.a, value.name);
        break;
    }
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
        slot_add(model, dst, value_of(model, ROLE_EXTERNAL, 0, 0, dotted(model, value.name, name)), 0, at);
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
    case ROLE_OBJECT:
        if (str_starts_with(value.name, STR("argparse.")))
            slot_copy(model, slot_of_attribute(model, parsed_arguments(model), name), dst, at);
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
    }
    if (role && (role != ROLE_OBJECT || which == KNOWN_ANY))
        slot_add(model, dst,
                 value_of(model, role, at.module, at.node, role == ROLE_OBJECT ? value.name : (Str) { 0 }), 0,
                 at);
}
