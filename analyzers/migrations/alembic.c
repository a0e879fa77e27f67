#include "analyzers/migrations/alembic.h"

#include <stdlib.h>

#include "analyzers/migrations/run.h"
#include "analyzers/schema/made.h"

/*
 * Revisions and their order.
 */
typedef struct Revision Revision;
typedef Vec(Revision *) RevisionVec;

struct Revision {
    const Source *source;
    Tree          tree;
    Str           folder; /* of its history */
    Str           id;
    StrVec        down;
    RevisionVec   before; /* those it names in `down` that are there */
    StrVec        missing;
    NodeId        at;     /* where down_revision is said */
    bool          is_done, is_named; /* by another one's `down`: no head */
};

bool is_revision(Str raw)
{
    return str_contains(raw, STR("down_revision")) && str_contains(raw, STR("alembic"));
}

/* -- heads of modules ------------------------------------------------------------------------ */

/* "project/alembic/versions/2024/x.py" → "project/alembic" */
static Str folder_of(Str path)
{
    for (size_t at = path.len; at > 0; at--)
        if (path.ptr[at - 1] == '/' && str_starts_with(str_slice(path, at, path.len), STR("versions/")))
            return str_slice(path, 0, at - 1);
    size_t slash = str_rfind_char(path, '/');
    return str_starts_with(path, STR("versions/")) || slash == STR_NOT_FOUND ? STR("") : str_slice(path, 0, slash);
}

static void read_names(Arena *arena, const Term *term, StrVec *out)
{
    Str name;

    if (!term)
        return;
    if (term_string(term, &name))
        vec_push(arena, out, name);
    if (term->kind == TERM_LIST)
        vec_each(item, &term->args)
            if (term_string(item->term, &name))
                vec_push(arena, out, name);
}

static bool read_revision(Arena *arena, const RevisionFile *file, Revision **out)
{
    Source   *source   = arena_new(arena, Source);
    Revision *revision = arena_new(arena, Revision);
    Catalog   unused   = { 0 };
    Error     why;

    if (!is_revision(file->raw) || !source_from_bytes(arena, file->path, file->raw, source, &why)
        || !tree_parse(arena, source, &revision->tree, &why))
        return false;
    Run run = run_of(arena, &unused, &revision->tree, DIALECT_SQLITE);
    run_module(&run);
    const Term *id = run_name(&run, "revision"), *down = run_name(&run, "down_revision");
    if (!term_is(id, TERM_STRING) || !down || !term_is(run_name(&run, "upgrade"), TERM_FUNCTION))
        return false;
    revision->source = source;
    revision->folder = folder_of(file->path);
    revision->id     = id->text;
    revision->at     = down->node;
    read_names(arena, down, &revision->down);
    read_names(arena, run_name(&run, "depends_on"), &revision->down);
    *out = revision;
    return true;
}

/* -- order ----------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
    return str_compare((*(Revision *const *)a)->source->path, (*(Revision *const *)b)->source->path);
}

typedef struct History {
    Arena      *arena;
    RevisionVec all, order;
    Map         by_id;
    Catalog    *catalog; /* for notes */
} History;

static Str key_of(Arena *arena, Str folder, Str id)
{
    return str_format(arena, STR_FORMAT "\n" STR_FORMAT, STR_ARG(folder), STR_ARG(id));
}

/* As Alembic finds it: whole, or by how it begins. */
static Revision *find(const History *it, Str folder, Str id)
{
    Revision *found = map_find(&it->by_id, key_of(it->arena, folder, id));

    for (size_t i = 0; !found && id.len >= 4 && i < it->all.count; i++)
        if (str_eq(it->all.items[i]->folder, folder) && str_starts_with(it->all.items[i]->id, id))
            found = it->all.items[i];
    return found;
}

static void link_revisions(History *it)
{
    vec_each(at, &it->all)
        map_set(it->arena, &it->by_id, key_of(it->arena, (*at)->folder, (*at)->id), *at);
    vec_each(at, &it->all)
        vec_each(id, &(*at)->down) {
            Revision *before = find(it, (*at)->folder, *id);
            if (!before)
                vec_push(it->arena, &(*at)->missing, *id);
            else if (before != *at)
                vec_push(it->arena, &(*at)->before, before);
            if (before)
                before->is_named = true;
        }
}

static void tell(History *it, const Revision *revision, NodeId at, Str message)
{
    const PyNode *node  = tree_node(&revision->tree, at);
    SchemaPlace   place = { .path = revision->source->path, .text = revision->source->text,
                            .line = source_line_of(revision->source, node->lo), .lo = node->lo, .hi = node->hi };

    vec_push(it->arena, &it->catalog->notes, (CatalogNote) { "AL-17", place, message });
}

static bool is_ready(const Revision *revision)
{
    vec_each(before, &revision->before)
        if (!(*before)->is_done)
            return false;
    return true;
}

/* The first by path that has all before it: the same order each time. A circle is broken at its first file. */
static void put_in_order(History *it)
{
    while (it->order.count < it->all.count) {
        Revision *next = NULL, *first = NULL;
        vec_each(at, &it->all) {
            if ((*at)->is_done)
                continue;
            if (!first)
                first = *at;
            if (!next && is_ready(*at))
                next = *at;
        }
        if (!next) {
            tell(it, first, first->at, STR("the revisions before this one lead back to it: it is taken for the first"));
            next = first;
        }
        next->is_done = true;
        vec_push(it->arena, &it->order, next);
    }
}

static void tell_history(History *it)
{
    vec_each(at, &it->order) {
        const Revision *revision = *at, *other = NULL;
        vec_each(id, &revision->missing)
            tell(it, revision, revision->at,
                 str_format(it->arena, "revision " STR_FORMAT ", which comes before this one, is not there", STR_ARG(*id)));
        for (size_t i = 0; !revision->is_named && !other && i < it->order.count && it->order.items[i] != revision; i++)
            if (!it->order.items[i]->is_named && str_eq(it->order.items[i]->folder, revision->folder))
                other = it->order.items[i];
        if (other)
            tell(it, revision, revision->at,
                 str_format(it->arena, "revision " STR_FORMAT " is a head beside " STR_FORMAT ": what both make is taken together",
                            STR_ARG(revision->id), STR_ARG(other->id)));
    }
}

/* -- schemas --------------------------------------------------------------------------------- */

static void run_all(Arena *arena, Catalog *catalog, const RevisionVec *order, Str folder, Dialect dialect)
{
    vec_each(at, order) {
        if (!str_eq((*at)->folder, folder))
            continue;
        Run run = run_of(arena, catalog, &(*at)->tree, dialect);
        run_module(&run);
        run_upgrade(&run);
    }
}

static void add_history(Arena *arena, Catalog *catalog, const RevisionVec *order, Str folder)
{
    Catalog lite = { 0 }, postgres = { 0 };

    lite.overrides = catalog->overrides;
    run_all(arena, &lite, order, folder, DIALECT_SQLITE);
    run_all(arena, &postgres, order, folder, DIALECT_POSTGRES);
    catalog_marry(arena, &lite, &postgres);
    catalog_add_migrated(arena, catalog, &lite);
}

size_t catalog_add_alembic(Arena *arena, Catalog *catalog, const RevisionFileVec *files)
{
    History it = { .arena = arena, .catalog = catalog };

    vec_each(file, files) {
        Revision *revision;
        if (it.all.count < REVISION_LIMIT && read_revision(arena, file, &revision))
            vec_push(arena, &it.all, revision);
    }
    vec_sort(&it.all, by_path);
    link_revisions(&it);
    put_in_order(&it);
    tell_history(&it);
    for (size_t i = 0; i < it.order.count; i++) {
        bool is_first = true;
        for (size_t j = 0; j < i; j++)
            is_first = is_first && !str_eq(it.order.items[j]->folder, it.order.items[i]->folder);
        if (is_first)
            add_history(arena, catalog, &it.order, it.order.items[i]->folder);
    }
    return it.order.count;
}
