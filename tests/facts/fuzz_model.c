/*
 * Whatever the program: linking it ends, and its facts hold together. Lines that begin with `#file `
 * cut the input into the files of a project.
 */
#include <stdlib.h>

#include "analyzers/facts/reach.h"
#include "analyzers/facts/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void add_file(Project *project, Str path, Str text)
{
    Source source;
    Error  why = { "" };

    if (project->modules.count < 8 && source_from_bytes(project->arena, path, text, &source, &why))
        hold(project_add(project, &source, &why));
}

static void add_files(Project *project, Str rest)
{
    Str path = STR("app.py");

    for (;;) {
        size_t cut  = str_find(rest, STR("#file "));
        Str    text = str_slice(rest, 0, cut == STR_NOT_FOUND ? rest.len : cut);
        add_file(project, path, text);
        if (cut == STR_NOT_FOUND)
            return;
        rest = str_slice(rest, cut + strlen("#file "), rest.len);
        if (!str_cut(&rest, '\n', &path))
            return;
    }
}

static void hold_sql(const SqlText *sql)
{
    uint32_t at = 0;

    vec_each(piece, &sql->pieces) {
        hold(piece->lo == at && piece->hi >= at && piece->part < sql->parts.count);
        at = piece->hi;
    }
    hold(at == sql->text.len);
    hold(sql->home ? sql->node < sql->home->tree.count : sql->node == 0);
    for (uint32_t i = 0; i + 1 < sql->text.len && i < 64; i++) {
        uint32_t    lo, hi;
        const Part *part;
        if (sqltext_map(sql, i, i + 2, &lo, &hi, &part))
            hold(lo < hi && hi <= sql->home->source.text.len);
    }
}

static void hold_reach(Arena *arena, const Callsite *site)
{
    const Tree *tree     = &site->module->tree;
    SymbolId    symbol   = site->receiver && tree_kind(tree, site->receiver) == PY_IDENTIFIER
                             ? site->module->scopes.symbol_of[site->receiver] : 0;
    NodeIdVec   executes = { 0 };

    vec_push(arena, &executes, site->call);
    ReachVec reaches = reach_of(arena, site->module, site->function, symbol, &executes);
    vec_each(reach, &reaches)
        hold(reach->count <= REACH_LIMIT + 1 && site->module->scopes.symbol_of[reach->use] == symbol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena = arena_open();
    Project project;

    project_init(arena, &project);
    add_files(&project, (Str) { (const char *)data, size });
    const Model *model = model_build(arena, &project);
    CallsiteVec  calls = callsites_find(&(Workers) { 1, { arena } }, model);
    Units        units;
    units_build(arena, model, &calls, &units);

    size_t in_units = 0;
    vec_each(unit, &units.units)
        in_units += unit->calls.count;
    vec_each(site, &calls) {
        hold(callsite_at(&calls, site->module, site->call) == site);
        hold_sql(&site->sql);
        hold_reach(arena, site);
        in_units -= units.unit_of[site->index] != NO_UNIT;
    }
    hold(in_units == 0);
    arena_close(arena);
    return 0;
}
