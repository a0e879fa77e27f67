#include "analyzers/python/project.h"

#include <stdlib.h>

void project_init(Arena *arena, Project *project)
{
    *project = (Project) { .arena = arena };
}

/* "a/b/c.py" without its ending; "a/b" for "a/b/__init__.py". */
static Str module_path(Str path)
{
    if (str_ends_with(path, STR("/__init__.py")))
        return str_slice(path, 0, path.len - strlen("/__init__.py"));
    size_t dot   = str_rfind_char(path, '.');
    size_t slash = str_rfind_char(path, '/');
    if (dot != STR_NOT_FOUND && (slash == STR_NOT_FOUND || dot > slash))
        return str_slice(path, 0, dot);
    return path;
}

static Str last_part(Str text, char separator)
{
    size_t at = str_rfind_char(text, separator);
    return at == STR_NOT_FOUND ? text : str_slice(text, at + 1, text.len);
}

static void read_import(Arena *arena, Module *module, NodeId id)
{
    const Tree *tree = &module->tree;

    for (NodeId name = tree_field(tree, id, F_NAME); name; name = tree_next_field(tree, name, F_NAME)) {
        NodeId alias  = tree_field(tree, name, F_ALIAS);
        NodeId dotted = alias ? tree_field(tree, name, F_NAME) : name;
        NodeId bound  = alias ? alias : tree_nth(tree, name, 0);
        vec_push(arena, &module->imports,
                 (Import) { .symbol     = bound ? module->scopes.symbol_of[bound] : 0,
                            .at         = name,
                            .statement  = id,
                            .module     = tree_text(tree, dotted),
                            .is_aliased = alias != 0 });
    }
}

static void read_import_from(Arena *arena, Module *module, NodeId id)
{
    const Tree *tree = &module->tree;
    NodeId      from = tree_field(tree, id, F_MODULE_NAME);
    Import      base = { .statement = id };

    if (!from)
        return;
    base.module = tree_text(tree, from);
    while (base.module.len && base.module.ptr[0] == '.') {
        base.level++;
        base.module = str_trim(str_slice(base.module, 1, base.module.len));
    }
    tree_each_child(child, tree, id) {
        Import import = base;
        import.at     = child;
        if (tree_kind(tree, child) == PY_WILDCARD_IMPORT) {
            import.name = STR("*");
        } else if (tree_node(tree, child)->field == F_NAME) {
            NodeId alias  = tree_field(tree, child, F_ALIAS);
            NodeId dotted = alias ? tree_field(tree, child, F_NAME) : child;
            NodeId bound  = alias ? alias : tree_nth(tree, child, 0);
            import.name   = tree_text(tree, dotted);
            import.symbol = bound ? module->scopes.symbol_of[bound] : 0;
        } else {
            continue;
        }
        vec_push(arena, &module->imports, import);
    }
}

bool module_parse(Arena *arena, const Source *source, Module **out, Error *why)
{
    Module *module = arena_new(arena, Module);

    module->source = *source;
    if (!tree_parse(arena, &module->source, &module->tree, why))
        return false;
    scopes_build(arena, &module->tree, &module->scopes);
    for (NodeId id = 1; id < module->tree.count; id++) {
        if (tree_kind(&module->tree, id) == PY_IMPORT)
            read_import(arena, module, id);
        else if (tree_kind(&module->tree, id) == PY_IMPORT_FROM)
            read_import_from(arena, module, id);
    }
    *out = module;
    return true;
}

void project_take(Project *project, Module *module)
{
    Arena *arena = project->arena;

    module->id = (uint32_t)project->modules.count;
    vec_push(arena, &project->modules, module);

    void **same_stem = map_place(arena, &project->by_stem,
                                 last_part(module_path(module->source.path), '/'));
    if (!*same_stem)
        *same_stem = arena_new(arena, ModuleVec);
    ModuleVec *stems = *same_stem;
    vec_push(arena, stems, module);
}

bool project_add(Project *project, const Source *source, Error *why)
{
    Module *module;

    if (!module_parse(project->arena, source, &module, why))
        return false;
    project_take(project, module);
    return true;
}

static size_t shared_prefix(Str a, Str b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

/* Whether path "x/y/a/b" ends in the parts of "a.b". */
static bool ends_in(Str path, Str dotted)
{
    if (path.len < dotted.len)
        return false;
    size_t shift = path.len - dotted.len;
    if (shift && path.ptr[shift - 1] != '/')
        return false;
    for (size_t i = 0; i < dotted.len; i++)
        if (path.ptr[shift + i] != (dotted.ptr[i] == '.' ? '/' : dotted.ptr[i]))
            return false;
    return true;
}

static const Module *find_relative(const Project *project, const Module *from, uint32_t level, Str dotted)
{
    Str folder = from->source.path;

    while (level--) {
        size_t slash = str_rfind_char(folder, '/');
        if (slash == STR_NOT_FOUND) {
            if (level)
                return NULL;
            folder = (Str) { 0 };
        } else {
            folder = str_slice(folder, 0, slash);
        }
    }
    const ModuleVec *stems = map_find(&project->by_stem,
                                      last_part(dotted.len ? last_part(dotted, '.') : folder, '/'));
    for (size_t i = 0; stems && i < stems->count; i++) {
        Str path = module_path(stems->items[i]->source.path);
        if (path.len == folder.len + (folder.len && dotted.len) + dotted.len
            && str_starts_with(path, folder) && (dotted.len == 0 || ends_in(path, dotted)))
            return stems->items[i];
    }
    return NULL;
}

static Str folder_of(Str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NOT_FOUND ? (Str) { 0 } : str_slice(path, 0, slash);
}

static int by_name(const void *name, const void *entry)
{
    return str_compare(*(const Str *)name, str_of(*(const char *const *)entry));
}

static bool is_stdlib(Str dotted)
{
    static const char *const names[] = {
#define STDLIB(name) name,
#include "analyzers/python/stdlib.def"
#undef STDLIB
    };
    Str top = dotted;

    str_cut(&dotted, '.', &top);
    return bsearch(&top, names, sizeof names / sizeof *names, sizeof *names, by_name) != NULL;
}

static bool is_package(const Project *project, Str folder)
{
    const ModuleVec *stems = map_find(&project->by_stem, last_part(folder, '/'));

    for (size_t i = 0; stems && i < stems->count; i++)
        if (str_ends_with(stems->items[i]->source.path, STR("/__init__.py"))
            && str_eq(module_path(stems->items[i]->source.path), folder))
            return true;
    return false;
}

/*
 * `import queue` means the standard library unless a queue.py lies at a root (the top, or src/),
 * or beside the importer or in a folder above it that is no package: absolute imports do not see
 * what lies inside a package. Names the standard library does not have may lie anywhere near.
 */
static bool may_mean(const Project *project, const Module *from, const Module *candidate, Str dotted)
{
    Str path = module_path(candidate->source.path);
    Str root = path.len > dotted.len ? str_slice(path, 0, path.len - dotted.len - 1) : (Str) { 0 };
    Str home = folder_of(from->source.path);

    if (root.len == 0 || str_is(root, "src"))
        return true;
    bool above = str_starts_with(home, root) && (home.len == root.len || home.ptr[root.len] == '/');
    if (is_stdlib(dotted))
        return above && !is_package(project, root);
    return above || str_contains(dotted, STR(".")) || str_find_char(root, '/') == STR_NOT_FOUND;
}

const Module *project_find(const Project *project, const Module *from, uint32_t level, Str dotted)
{
    if (level)
        return find_relative(project, from, level, dotted);
    if (dotted.len == 0)
        return NULL;

    const ModuleVec *stems = map_find(&project->by_stem, last_part(dotted, '.'));
    const Module    *best  = NULL;
    size_t           near  = 0;
    for (size_t i = 0; stems && i < stems->count; i++) {
        Module *module = stems->items[i];
        if (module == from || !ends_in(module_path(module->source.path), dotted)
            || !may_mean(project, from, module, dotted))
            continue;
        size_t shared = shared_prefix(module->source.path, from->source.path) + 1;
        if (!best || shared > near
            || (shared == near && module->source.path.len < best->source.path.len)) {
            best = module;
            near = shared;
        }
    }
    return best;
}

Str module_qualname(Arena *arena, const Module *module, NodeId node)
{
    Str  path   = module_path(module->source.path);
    char *dotted = str_cstr(arena, path);
    for (size_t i = 0; i < path.len; i++)
        if (dotted[i] == '/')
            dotted[i] = '.';

    ScopeId scope = module->scopes.opens[node] ? module->scopes.opens[node] : module->scopes.scope_of[node];
    Str     inner = module->scopes.scopes.items[scope].qualname;
    if (inner.len == 0)
        return (Str) { dotted, path.len };
    return str_format(arena, "%s." STR_FORMAT, dotted, STR_ARG(inner));
}
