#include "cli/checking.h"

static bool wrong_setting(const Config *config, uint32_t line, const Error *cause, Error *why)
{
    return error_set(why, STR_FORMAT ":%u: %s", STR_ARG(config->file), line, cause->message);
}

/* Every rule that the settings name must exist. */
static bool settings_are_known(Arena *arena, const Config *config, Error *why)
{
    const StrVec none = { 0 };
    RuleVec      unused;
    Error        cause;

    if (!rules_choose(arena, &config->select, &none, &unused, &cause))
        return wrong_setting(config, config_line(config, STR("select")), &cause, why);
    if (!rules_choose(arena, &config->ignore, &none, &unused, &cause))
        return wrong_setting(config, config_line(config, STR("ignore")), &cause, why);
    vec_each(entry, &config->per_file_ignores)
        if (!rules_choose(arena, &entry->rules, &none, &unused, &cause))
            return wrong_setting(config, entry->line, &cause, why);
    vec_each(entry, &config->severity) {
        StrVec word = { 0 };
        vec_push(arena, &word, entry->rule);
        if (!rules_choose(arena, &word, &none, &unused, &cause))
            return wrong_setting(config, entry->line, &cause, why);
    }
    return true;
}

bool rules_wanted(Arena *arena, const Options *options, const Config *config, RuleVec *out,
                  Error *why)
{
    StrVec ignore = { 0 };

    if (!settings_are_known(arena, config, why))
        return false;
    if (!options->select.count) /* who names rules on the command line means those */
        vec_each(word, &config->ignore)
            vec_push(arena, &ignore, *word);
    vec_each(word, &options->ignore)
        vec_push(arena, &ignore, *word);
    return rules_choose(arena, options->select.count ? &options->select : &config->select, &ignore,
                        out, why);
}

static bool asks_for_schema(const RuleVec *rules)
{
    vec_each(rule, rules)
        if ((*rule)->on.schema)
            return true;
    return false;
}

FindingVec findings_of(Arena *arena, Session *session, const RuleVec *rules)
{
    RuleTextVec texts = { 0 };
    FindingVec  out   = { 0 };

    vec_each(text, &session->texts)
        vec_push(arena, &texts, (RuleText) { text->path, text->raw });
    RuleInputs in = { .model  = session->model,
                      .calls  = &session->calls,
                      .units  = &session->units,
                      .config = &session->config,
                      .cards  = &session->cards,
                      .texts  = &texts };
    in.ports   = &session->ports;
    in.catalog = &session->catalog;
    SchemaFindingVec schema = { 0 };
    if (asks_for_schema(rules)) /* the schema for Postgres is worked out for it */
        schema = schema_findings(arena, &session->catalog, session->model, &session->calls);
    in.schema = &schema;
    FindingVec all = rules_run(&session->workers, &in, rules);
    vec_each(finding, &all)
        if (session_selects(session, (*finding)->source->path))
            vec_push(arena, &out, *finding);
    return out;
}
