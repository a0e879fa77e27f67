#include "cli/wanted.h"

typedef struct Search {
    Arena       *arena;
    const Model *model;
    Wanted      *out;
} Search;

static Str last_part(Str text, char separator)
{
    size_t at = str_rfind_char(text, separator);
    return at == STR_NOT_FOUND ? text : str_slice(text, at + 1, text.len);
}

static void want_module(const Search *search, Str dotted)
{
    Str    stem  = last_part(dotted, '.');
    void **place = map_place(search->arena, &search->out->by_stem, stem);

    if (!*place)
        *place = arena_new(search->arena, WantedNames);
    WantedNames *names = *place;
    vec_each(name, names)
        if (str_eq(*name, dotted))
            return;
    vec_push(search->arena, names, dotted);
}

/* `package.module.function` may be a name of package.module, or of package; or a module itself. */
static void want(const Search *search, Str dotted)
{
    while (dotted.len && dotted.ptr[0] == '.')
        dotted = str_slice(dotted, 1, dotted.len);
    if (str_starts_with(dotted, STR("builtins.")))
        return;
    for (int i = 0; i < 3 && dotted.len; i++) {
        want_module(search, dotted);
        size_t dot = str_rfind_char(dotted, '.');
        dotted     = dot == STR_NOT_FOUND ? (Str) { 0 } : str_slice(dotted, 0, dot);
    }
}

static void want_external(const Search *search, const Module *module, NodeId expression)
{
    vec_each(held, model_values(search->model, module, expression)) {
        const Value *value = model_value(search->model, held->value);
        if (value->role == ROLE_EXTERNAL)
            want(search, value->name);
    }
}

static bool holds_database(const Search *search, const Module *module, NodeId expression)
{
    vec_each(held, model_values(search->model, module, expression)) {
        Role role = model_value(search->model, held->value)->role;
        if (role == ROLE_CONNECTION || role == ROLE_CURSOR || role == ROLE_DB_ROW || role == ROLE_DB_ROWS
            || role == ROLE_SA_CONNECTION || role == ROLE_SA_ROW)
            return true;
    }
    return false;
}

/* What an argument is: of `name=value`, the value. */
static NodeId argument_value(const Tree *tree, NodeId argument)
{
    return tree_kind(tree, argument) == PY_KEYWORD_ARGUMENT ? tree_field(tree, argument, F_VALUE) : argument;
}

/* `consume(conn, code)`: who gets one of our values, and what is handed over with it: `upgrade(conn, migrations.First)`. */
static void look_at_call(const Search *search, const Module *module, NodeId call)
{
    const Tree *tree      = &module->tree;
    NodeId      function  = tree_field(tree, call, F_FUNCTION), arguments = tree_field(tree, call, F_ARGUMENTS);

    if (!function || !arguments)
        return;
    bool hands_over = false;
    tree_each_child(argument, tree, arguments) {
        NodeId value = argument_value(tree, argument);
        hands_over |= value && holds_database(search, module, value);
    }
    if (!hands_over)
        return;
    want_external(search, module, function);
    tree_each_child(argument, tree, arguments)
        if (argument_value(tree, argument))
            want_external(search, module, argument_value(tree, argument));
}

/* A class that works with a database, and its bases. */
static void look_at_class(const Search *search, const Module *module, NodeId class)
{
    const Tree *tree  = &module->tree;
    NodeId      bases = tree_field(tree, class, F_SUPERCLASSES);

    if (!bases)
        return;
    for (NodeId id = class + 1; id < tree_node(tree, class)->end; id++)
        if ((tree_kind(tree, id) == PY_ATTRIBUTE || tree_kind(tree, id) == PY_CALL) && holds_database(search, module, id)) {
            tree_each_child(base, tree, bases)
                want_external(search, module, base);
            return;
        }
}

void wanted_find(Arena *arena, const Model *model, const CallsiteVec *calls, Wanted *out)
{
    Search search = { .arena = arena, .model = model, .out = out };

    *out = (Wanted) { 0 };
    vec_each(at, &model_project(model)->modules) {
        const Module *module = *at;
        for (NodeId id = 1; id < module->tree.count; id++) {
            if (tree_kind(&module->tree, id) == PY_CALL)
                look_at_call(&search, module, id);
            else if (tree_kind(&module->tree, id) == PY_CLASS)
                look_at_class(&search, module, id);
        }
    }
    vec_each(site, calls) {
        const NodeId arguments[] = { site->sql_node, site->params.node };
        for (size_t i = 0; i < 2; i++)
            for (NodeId id = arguments[i]; id && id < tree_node(&site->module->tree, arguments[i])->end; id++)
                want_external(&search, site->module, id);
    }
}

bool wanted_has(const Wanted *wanted, Str path)
{
    Str module = path;

    if (str_ends_with(module, STR("/__init__.py")))
        module.len -= strlen("/__init__.py");
    else if (str_ends_with(module, STR(".py")))
        module.len -= strlen(".py");
    const WantedNames *names = map_find(&wanted->by_stem, last_part(module, '/'));
    if (!names)
        return false;
    vec_each(name, names) {
        if (name->len > module.len || (module.len > name->len && module.ptr[module.len - name->len - 1] != '/'))
            continue;
        bool   same = true;
        size_t from = module.len - name->len;
        for (size_t i = 0; i < name->len; i++)
            same &= name->ptr[i] == module.ptr[from + i] || (name->ptr[i] == '.' && module.ptr[from + i] == '/');
        if (same)
            return true;
    }
    return false;
}
