#include "rules/run.h"

#include "analyzers/intake/glob.h"
#include "rules/runner.h"

static bool is_switched_off(const Config *config, const Rule *rule, Str path)
{
    vec_each(entry, &config->per_file_ignores) {
        if (!glob_match(entry->glob, path))
            continue;
        vec_each(word, &entry->rules)
            if (rule_is_called(rule, *word))
                return true;
    }
    return !rule->on.secret && glob_match_any(&config->bridges, path);
}

/* The last line that speaks of the rule wins, a rule's own before its family's. */
static void set_severity(const Config *config, Finding *finding)
{
    bool own = false;

    vec_each(entry, &config->severity) {
        bool is_own = str_is(entry->rule, finding->rule->id);
        if (!rule_is_called(finding->rule, entry->rule) || (own && !is_own))
            continue;
        own               = is_own;
        finding->severity = entry->level == LEVEL_ERROR   ? SEVERITY_ERROR
                          : entry->level == LEVEL_WARNING ? SEVERITY_WARNING
                                                          : SEVERITY_INFO;
    }
}

/* Turns to a module; false if the rule has no say there. */
static bool enter(RuleRun *run, const Module *module)
{
    run->module = module;
    run->source = &module->source;
    run->call   = NULL;
    run->around = 0;
    return !is_switched_off(run->in->config, run->rule, module->source.path);
}

static void run_calls(RuleRun *run)
{
    vec_each(call, run->in->calls) {
        if (call->is_ported || !enter(run, call->module))
            continue;
        run->call = call;
        run->rule->on.callsite(run, call);
    }
}

static void run_remarks(RuleRun *run)
{
    vec_each(port, &run->in->ports->ports) {
        vec_each(remark, &port->remarks) {
            if (!rule_has_feature(run->rule, remark->feature) || remark->call->is_ported
                || !enter(run, remark->module))
                continue;
            run->call = remark->call;
            run->rule->on.remark(run, remark);
        }
    }
}

/* The call that fetched the row. */
/* The call that made what is iterated or fetched from at a place. */
static const Callsite *call_behind(const RuleRun *run, const Module *module, NodeId source)
{
    const Callsite *call = callsite_at(run->in->calls, module, source);

    if (call)
        return call;
    vec_each(held, model_values(run->in->model, module, source)) {
        const Value *value = model_value(run->in->model, held->value);
        if (value->role == ROLE_CURSOR && value->a < model_project(run->in->model)->modules.count
            && (call = callsite_at(run->in->calls, model_module(run->in->model, value->a), value->b)))
            return call;
    }
    return NULL;
}

/* A row may come from several statements: the one that is hardest to port says what becomes of it. */
static const Callsite *call_of_row(const RuleRun *run, NodeId row)
{
    const Callsite *worst = NULL;

    vec_each(held, model_values(run->in->model, run->module, row)) {
        const Value *value = model_value(run->in->model, held->value);
        if (value->role != ROLE_DB_ROW)
            continue;
        const Callsite *call = call_behind(run, model_module(run->in->model, value->a), value->b);
        if (call && (!worst || call_verdict(run->in->ports, call) > call_verdict(run->in->ports, worst)))
            worst = call;
    }
    return worst;
}

static void run_row_uses(RuleRun *run)
{
    RowUseVec uses = row_uses_find(run->arena, run->in->model);

    vec_each(use, &uses) {
        if (!enter(run, use->module))
            continue;
        run->call   = call_of_row(run, use->row);
        run->around = use->node;
        run->rule->on.row_use(run, use);
    }
}

static void run_imports(RuleRun *run, const Module *module)
{
    vec_each(import, &module->imports) {
        run->around = 1;
        run->rule->on.import(run, import);
    }
}

/* A statement that the handler guards: any call in the `try` says which unit it belongs to. */
static const Callsite *guarded_call(const RuleRun *run, NodeId handler)
{
    const Tree *tree = &run->module->tree;
    NodeId      try_ = tree_parent(tree, handler), body = tree_field(tree, try_, F_BODY);

    vec_each(call, run->in->calls)
        if (call->module == run->module && body && method_is_sql(call->method)
            && tree_is_inside(tree, call->call, body))
            return call;
    return NULL;
}

static void run_handler(RuleRun *run, NodeId handler)
{
    const Tree *tree      = &run->module->tree;
    NodeId      exception = tree_nth(tree, handler, 0);

    if (!exception || tree_kind(tree, exception) == PY_BLOCK)
        return;
    run->call   = guarded_call(run, handler);
    run->around = handler;
    if (tree_kind(tree, exception) == PY_AS_PATTERN)
        exception = tree_nth(tree, exception, 0);
    exception = tree_strip(tree, exception);
    if (tree_kind(tree, exception) != PY_TUPLE) {
        run->rule->on.handler(run, exception);
        return;
    }
    tree_each_child(member, tree, exception)
        if (tree_kind(tree, member) != PY_COMMENT && tree_kind(tree, member) != PY_TOKEN)
            run->rule->on.handler(run, member);
}

static void run_annotation(RuleRun *run, NodeId type)
{
    const Tree *tree = &run->module->tree;

    run->around = type;
    for (NodeId id = type + 1; id < tree_node(tree, type)->end;) {
        Kind kind    = tree_kind(tree, id);
        bool is_name = kind == PY_ATTRIBUTE || kind == PY_IDENTIFIER || kind == PY_STRING
                    || kind == PY_MEMBER_TYPE;
        if (is_name)
            run->rule->on.annotation(run, id);
        id = is_name ? tree_node(tree, id)->end : id + 1;
    }
}

static void run_comparison(RuleRun *run, NodeId whole)
{
    const Tree *tree = &run->module->tree;
    Comparison  at   = { .whole = whole };
    uint32_t    lo   = tree_node(tree, whole)->lo;

    run->around = whole;
    tree_each_child(child, tree, whole) {
        Kind kind = tree_kind(tree, child);
        if (kind == PY_COMMENT)
            continue;
        if (kind == PY_TOKEN || tree_node(tree, child)->field == F_OPERATORS) {
            at.operator_ = tree_text(tree, child);
            continue;
        }
        at.left  = at.right;
        at.right = child;
        if (at.left) {
            if (!at.operator_.len) /* the grammar shows none: what stands between */
                at.operator_ =
                    str_trim(str_slice(tree->source->text, lo, tree_node(tree, child)->lo));
            run->rule->on.comparison(run, &at);
            at.operator_ = (Str) { 0 };
        }
        lo = tree_node(tree, child)->hi;
    }
}

static void run_nodes(RuleRun *run, const Module *module)
{
    const Rule *rule = run->rule;

    for (NodeId id = 1; id < module->tree.count; id++) {
        Kind kind = tree_kind(&module->tree, id);
        if (kind == PY_EXCEPT && rule->on.handler)
            run_handler(run, id);
        else if (kind == PY_TYPE && rule->on.annotation
                 && !tree_enclosing(&module->tree, id, PY_TYPE))
            run_annotation(run, id);
        else if (kind == PY_COMPARISON && rule->on.comparison)
            run_comparison(run, id);
        run->call = NULL;
    }
}

static void run_stores(RuleRun *run)
{
    vec_each(store, model_stores(run->in->model, str_of(run->rule->attribute))) {
        if (!enter(run, model_module(run->in->model, store->at.module)))
            continue;
        run->around = store->at.node;
        run->rule->on.store(run, store);
    }
}

/* A file with its lines; bytes that are no UTF-8 are passed over, so that places stay right. */
static const Source *text_source(Arena *arena, const RuleText *text)
{
    Source *out = arena_new(arena, Source);
    Error   why;

    if (source_from_bytes(arena, text->path, text->raw, out, &why))
        return out;
    char *bytes = str_cstr(arena, text->raw);
    for (size_t i = 0; i < text->raw.len; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            bytes[i] = '?';
    return source_from_bytes(arena, text->path, (Str) { bytes, text->raw.len }, out, &why) ? out
                                                                                          : NULL;
}

static void run_texts(RuleRun *run)
{
    vec_each(text, run->in->texts) {
        const Source *source = text_source(run->arena, text);
        if (!source || is_switched_off(run->in->config, run->rule, text->path))
            continue;
        *run = (RuleRun) { run->arena, run->in, run->rule, NULL, source, NULL, 0, run->out };
        SecretVec secrets = secrets_scan(run->arena, source->text);
        vec_each(secret, &secrets)
            run->rule->on.secret(run, secret);
    }
}

/* Whether a code is one of those in a list, or of their sections. */
static bool is_coded(const char *codes, const char *code)
{
    Str rest = str_of(codes), word;

    while (str_cut(&rest, ' ', &word))
        if (str_starts_with(str_of(code), word) && (code[word.len] == 0 || code[word.len] == '-'))
            return true;
    return false;
}

static void run_schema(RuleRun *run)
{
    vec_each(finding, run->in->schema) {
        if (!is_coded(run->rule->codes, finding->code)
            || is_switched_off(run->in->config, run->rule, finding->source->path))
            continue;
        run->module = finding->module;
        run->source = finding->source;
        run->call   = finding->call;
        run->around = 0;
        run->rule->on.schema(run, finding);
    }
}

static void run_rule(RuleRun *run)
{
    const Rule *rule = run->rule;

    if (rule->on.callsite)
        run_calls(run);
    if (rule->on.remark)
        run_remarks(run);
    if (rule->on.row_use)
        run_row_uses(run);
    if (rule->on.store)
        run_stores(run);
    if (rule->on.secret && run->in->texts)
        run_texts(run);
    if (rule->on.schema && run->in->schema)
        run_schema(run);
    if (!rule->on.import && !rule->on.handler && !rule->on.annotation && !rule->on.comparison)
        return;
    vec_each(module, &model_project(run->in->model)->modules) {
        if (!enter(run, *module))
            continue;
        if (rule->on.import)
            run_imports(run, *module);
        run_nodes(run, *module);
    }
}

typedef struct AllRules {
    Workers          *workers;
    const RuleInputs *in;
    const RuleVec    *rules;
    FindingVec       *found; /* by rule */
} AllRules;

static void run_one(void *data, unsigned worker, size_t index)
{
    const AllRules *all = data;
    RuleRun         run = { .arena = workers_arena(all->workers, worker),
                            .in    = all->in,
                            .rule  = all->rules->items[index],
                            .out   = &all->found[index] };

    run_rule(&run);
}

FindingVec rules_run(Workers *workers, const RuleInputs *in, const RuleVec *rules)
{
    Arena     *arena = workers_arena(workers, 0);
    FindingVec out   = { 0 };
    AllRules   all   = { workers, in, rules, arena_array(arena, FindingVec, rules->count + 1) };

    pool_run(workers->jobs, rules->count, 1, run_one, &all);
    for (size_t i = 0; i < rules->count; i++)
        vec_each(finding, &all.found[i])
            vec_push(arena, &out, *finding);
    vec_each(finding, &out)
        set_severity(in->config, *finding);
    findings_finish(arena, &out);
    return out;
}
