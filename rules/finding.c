#include "rules/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/runner.h"

const char *severity_name(Severity severity)
{
    static const char *const names[] = { "error", "warning", "info" };
    return names[severity];
}

const char *fix_safety_name(FixSafety safety)
{
    static const char *const names[] = { "safe", "unsafe", "manual" };
    return names[safety];
}

static Str format_list(Arena *arena, const char *format, va_list args)
{
    char *text = NULL;
    int   len  = vasprintf(&text, format, args);

    if (len < 0)
        out_of_memory();
    Str out = str_copy(arena, (Str) { text, (size_t)len });
    free(text);
    return out;
}

static Finding *add(RuleRun *run, uint32_t lo, uint32_t hi, Str message)
{
    Finding *finding = arena_new(run->arena, Finding);

    *finding = (Finding) { .rule      = run->rule,
                           .severity  = run->rule->severity,
                           .certainty = run->call ? run->call->certainty : CERTAINTY_YES,
                           .source    = run->source,
                           .lo        = lo,
                           .hi        = hi,
                           .message   = message };
    finding_place(run, finding);
    vec_push(run->arena, run->out, finding);
    return finding;
}

Finding *report_range(RuleRun *run, uint32_t lo, uint32_t hi, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    Str message = format_list(run->arena, format, args);
    va_end(args);
    return add(run, lo, hi, message);
}

Finding *report(RuleRun *run, NodeId at, const char *format, ...)
{
    const PyNode *node = tree_node(&run->module->tree, at);
    va_list       args;

    va_start(args, format);
    Str message = format_list(run->arena, format, args);
    va_end(args);
    return add(run, node->lo, node->hi, message);
}

void note(Finding *finding, RuleRun *run, Place place, const char *format, ...)
{
    va_list args;

    if (!finding || !place.node)
        return;
    const Module *module = model_module(run->in->model, place.module);
    va_start(args, format);
    Str message = format_list(run->arena, format, args);
    va_end(args);
    vec_push(run->arena, &finding->notes,
             (FindingNote) { &module->source, tree_node(&module->tree, place.node)->lo, message });
}

void note_receiver(Finding *finding, RuleRun *run, const Callsite *call, const char *what)
{
    NodeId   from  = call->receiver ? call->receiver : call->name;
    PlaceVec chain = model_evidence(run->arena, run->in->model, call->module, from, call->value);
    uint32_t told  = 0;
    Place    last  = { call->module->id, call->function };

    if (call->certainty == CERTAINTY_MAYBE && !call->is_mixed) {
        note(finding, run, call->because, "what is done here speaks for sqlite3; nobody is seen to pass it");
        return;
    }
    note(finding, run, call->because, "%s", what);
    vec_each(place, &chain) {
        const Module *module   = model_module(run->in->model, place->module);
        Place         function = { place->module, scope_function(&module->scopes, place->node) };
        bool          origin   = place->module == call->because.module && place->node == call->because.node;
        if (origin || (function.module == last.module && function.node == last.node))
            continue;
        last = function;
        if (told++ < WAY_LIMIT)
            note(finding, run, *place, "it is handed on here");
    }
}

void finding_is_maybe(Finding *finding)
{
    finding->certainty = CERTAINTY_MAYBE;
}

void finding_is(Finding *finding, Severity severity)
{
    finding->severity = severity;
}

/* -- order and names ------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const Finding *x = *(Finding *const *)a, *y = *(Finding *const *)b;
    int            order = str_compare(x->source->path, y->source->path);

    if (order)
        return order;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    order = strcmp(x->rule->id, y->rule->id);
    return order ? order : str_compare(x->message, y->message);
}

static bool is_double(const Finding *a, const Finding *b)
{
    return a->rule == b->rule && a->lo == b->lo && a->hi == b->hi
        && str_eq(a->source->path, b->source->path);
}

static void add_normal(Buf *out, Str text)
{
    bool blank = false;

    for (size_t i = 0; i < text.len; i++) {
        if (strchr(" \t\r\n\f", text.ptr[i]) && text.ptr[i]) {
            blank = true;
            continue;
        }
        if (blank && out->len)
            buf_add_char(out, ' ');
        blank = false;
        buf_add_char(out, text.ptr[i]);
    }
}

/* What a finding is, wherever it stands in its scope. */
static Str identity_of(Arena *arena, const Finding *finding)
{
    Buf out = buf_new(arena), text = buf_new(arena);

    add_normal(&text,
               secrets_mask(arena, str_slice(finding->source->text, finding->lo, finding->hi)));
    buf_format(&out, "%s\n" STR_FORMAT "\n" STR_FORMAT "\n", finding->rule->id,
               STR_ARG(finding->source->path), STR_ARG(finding->scope));
    buf_add(&out, buf_str(&text));
    return buf_str(&out);
}

static void name_findings(Arena *arena, FindingVec *findings)
{
    Map seen = { 0 }, used = { 0 };

    vec_each(at, findings) {
        Finding *finding  = *at;
        Str      identity = identity_of(arena, finding);
        void   **count    = map_place(arena, &seen, identity);
        size_t   ordinal  = (size_t)(uintptr_t)*count;
        *count            = (void *)(uintptr_t)(ordinal + 1);
        do {
            Str spelled = str_format(arena, STR_FORMAT "\n%zu", STR_ARG(identity), ordinal++);
            finding->fingerprint =
                str_format(arena, "%016llx", (unsigned long long)str_hash(spelled));
        } while (map_find(&used, finding->fingerprint));
        map_set(arena, &used, finding->fingerprint, finding);
    }
}

void findings_finish(Arena *arena, FindingVec *findings)
{
    size_t kept = 0;

    vec_sort(findings, by_place);
    for (size_t i = 0; i < findings->count; i++)
        if (kept == 0 || !is_double(findings->items[kept - 1], findings->items[i]))
            findings->items[kept++] = findings->items[i];
    findings->count = kept;
    name_findings(arena, findings);
}
