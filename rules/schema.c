#include "rules/schema.h"

#include "analyzers/intake/test_file.h"
#include "analyzers/python/literal.h"
#include "rewriters/schema/ddl.h"

typedef struct Gathering {
    Arena             *arena;
    const Model       *model;
    const CallsiteVec *calls;
    Map                sources; /* path of a file that is no module → Source */
    SchemaFindingVec   out;
} Gathering;

static const Module *module_at(const Model *model, Str path)
{
    vec_each(module, &model_project(model)->modules)
        if (str_eq((*module)->source.path, path))
            return *module;
    return NULL;
}

static const Source *source_of(Gathering *it, SchemaPlace place)
{
    void **known = map_place(it->arena, &it->sources, place.path);
    Error  why;

    if (!*known) {
        Source *made = arena_new(it->arena, Source);
        if (!source_from_bytes(it->arena, place.path, place.text, made, &why))
            return NULL;
        *known = made;
    }
    return *known;
}

/* The call that executes the text; NULL if it executes more than one, or none does. */
static const Callsite *call_of(const Gathering *it, const Module *module, Str text)
{
    vec_each(call, it->calls)
        if (call->module == module && call->sql_node && str_eq(call->sql.text, text))
            return call;
    return NULL;
}

/* The literal that is the text; 0 if it is put together. */
static NodeId literal_of(const Gathering *it, const Module *module, Str text)
{
    for (NodeId id = 1; id < module->tree.count; id++) {
        const PyNode *node = tree_node(&module->tree, id);
        Literal       literal;
        if (node->hi - node->lo < text.len) /* no way of writing it is shorter */
            continue;
        if ((node->kind == PY_STRING || node->kind == PY_CONCATENATED_STRING)
            && literal_read(it->arena, &module->tree, id, &literal) && str_eq(literal.text, text))
            return id;
    }
    return 0;
}

static void stand_at(SchemaFinding *finding, NodeId node)
{
    finding->lo = tree_node(&finding->module->tree, node)->lo;
    finding->hi = tree_node(&finding->module->tree, node)->hi;
}

/* A revision of Alembic, or SQL put together from a module: the place is one of the module itself. */
static bool is_in_module(const Module *module, SchemaPlace place)
{
    return module && str_eq(module->source.text, place.text);
}

static bool find_in_module(const Gathering *it, SchemaPlace place, SchemaFinding *finding)
{
    const Part *part;

    finding->source = &finding->module->source;
    if (is_in_module(finding->module, place))
        return true;
    finding->call   = call_of(it, finding->module, place.text);
    if (!finding->call) {
        NodeId literal = literal_of(it, finding->module, place.text);
        stand_at(finding, literal ? literal : 1);
        return true;
    }
    if (finding->call->is_ported)
        return false;
    if (finding->call->sql.home != finding->module
        || !sqltext_map(&finding->call->sql, place.lo, place.hi, &finding->lo, &finding->hi, &part))
        stand_at(finding, finding->call->sql_node);
    return true;
}

static void gather(Gathering *it, const char *code, SchemaPlace place, Str message)
{
    SchemaFinding finding = { .code = code, .message = message, .lo = place.lo, .hi = place.hi };

    if (!place.line || is_test_file(place.path)) /* tables of tests go nowhere */
        return;
    finding.module = module_at(it->model, place.path);
    if (finding.module) {
        if (!find_in_module(it, place, &finding))
            return;
    } else if (str_ends_with(place.path, STR(".sql")) || str_ends_with(place.path, STR(".py"))) { /* a revision */
        finding.source = source_of(it, place);
    }
    if (finding.source)
        vec_push(it->arena, &it->out, finding);
}

/* What migrations make on Postgres is made by them, not as we would make it. */
static bool is_of_migration(const Catalog *catalog, const DdlFinding *finding)
{
    const CatalogTable *table = catalog_table(catalog, finding->table);

    if (!table)
        return false;
    vec_each(column, &table->columns)
        if (column->postgres.len && str_eq(column->postgres_place.path, finding->place.path))
            return true;
    return false;
}

SchemaFindingVec schema_findings(Arena *arena, const Catalog *catalog, const Model *model, const CallsiteVec *calls)
{
    Gathering it  = { .arena = arena, .model = model, .calls = calls };
    Ddl       ddl = ddl_of(arena, catalog, NULL);

    vec_each(note, &catalog->notes)
        gather(&it, note->code, note->place, note->message);
    vec_each(statement, &ddl.statements)
        vec_each(finding, &statement->findings)
            if (!finding->is_needless && !is_of_migration(catalog, finding))
                gather(&it, finding->code, finding->place, finding->message);
    return it.out;
}
