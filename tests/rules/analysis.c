#include "tests/rules/analysis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "rewriters/port/choose.h"
#include "tests/given_file.h"

bool file_exists(const char *name)
{
    return access(name, R_OK) == 0;
}

const Analysis *analysis_of(Arena *arena, Str path, Str text, const Rule *rule)
{
    Analysis    *out   = arena_new(arena, Analysis);
    const StrVec none  = { 0 };
    RuleVec      rules = { 0 };
    Workers      alone = { 1, { arena } };
    Source       source;
    Error        why = { "" };

    out->arena  = arena;
    out->config = config_default();
    project_init(arena, &out->project);
    if (!source_from_bytes(arena, path, text, &source, &why)
        || !project_add(&out->project, &source, &why))
        fail_msg("%s", why.message);
    out->model = model_build(arena, &out->project);
    out->calls = callsites_find(&alone, out->model);
    units_build(arena, out->model, &out->calls, &out->units);
    vec_push(arena, &out->texts, (RuleText) { path, text });
    RuleInputs in = { .model  = out->model,
                      .calls  = &out->calls,
                      .units  = &out->units,
                      .config = &out->config,
                      .texts  = &out->texts };
    Str schema = file_given(arena, "fixtures/rules/schema.sql");
    catalog_add_sql(arena, &out->catalog, STR("schema"), schema, NULL); /* no file of the project: nothing is said of it */
    vec_each(call, &out->calls)
        if (method_is_sql(call->method) && str_starts_with(call->sql.text, STR("CREATE ")))
            catalog_add_sql(arena, &out->catalog, path, call->sql.text, NULL);
    SchemaFindingVec defined = schema_findings(arena, &out->catalog, out->model, &out->calls);
    in.schema = &defined;
    PortInputs ported = { .model = out->model, .units = &out->units, .config = &out->config, .catalog = &out->catalog };
    ports_judge(&alone, &ported, &out->ports);
    in.ports   = &out->ports;
    in.catalog = &out->catalog;
    if (rule)
        vec_push(arena, &rules, rule);
    else if (!rules_choose(arena, &none, &none, &rules, &why))
        fail_msg("%s", why.message);
    out->findings = rules_run(&alone, &in, &rules);
    return out;
}

Str analysis_port(const Analysis *analysis)
{
    const Module *module = analysis->project.modules.items[0];
    StrVec        files  = { 0 };
    Choice        choice = { 0 };

    vec_push(analysis->arena, &files, module->source.path);
    ChooseOptions options = { .allow_unsafe = true, .assume_connections = true, .files = &files };
    port_choose(analysis->arena, &analysis->ports, &options, &choice);
    vec_each(file, &choice.files)
        if (str_eq(file->path, module->source.path))
            return file->after;
    return module->source.text;
}
