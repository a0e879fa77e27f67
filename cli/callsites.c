/* `callsites`: every call on a database object, with what is known of it. */
#include "analyzers/facts/variants.h"
#include "reports/json.h"
#include "cli/output.h"
#include "cli/statement.h"
#include "reports/printable.h"

typedef struct Listing {
    Arena         *arena;
    const Session *session;
    const Options *options;
} Listing;

static Position position_of(const Module *module, uint32_t at)
{
    return source_position(&module->source, at);
}

static Str because_path(const Listing *list, Place place)
{
    return model_module(list->session->model, place.module)->source.path;
}

static uint32_t because_line(const Listing *list, Place place)
{
    const Module *module = model_module(list->session->model, place.module);

    return source_line_of(&module->source, tree_node(&module->tree, place.node)->lo);
}

static Str unit_of(const Listing *list, const Callsite *call)
{
    uint32_t unit = list->session->units.unit_of[call->index];
    return unit == NO_UNIT ? STR("") : list->session->units.units.items[unit].id;
}

static Str verdict_of(const Listing *list, const Callsite *call)
{
    return str_of(verdict_name(call_verdict(&list->session->ports, call)));
}

static Str reason_of(const Listing *list, const Callsite *call)
{
    const Reason *reason = call_reason(&list->session->ports, call);
    if (reason)
        return str_format(list->arena, STR_FORMAT ": " STR_FORMAT, STR_ARG(reason->code),
                          STR_ARG(reason->message));
    return STR("");
}

static json_t *receiver_json(const Listing *list, const Callsite *call)
{
    json_t *out = json_object(), *because = json_object();

    json_put(because, "path", json_text(list->arena, because_path(list, call->because)));
    json_put(because, "line", json_count(because_line(list, call->because)));
    json_put(out, "role", json_string(role_name(call->role)));
    json_put(out, "certainty", json_string(certainty_name(call->certainty)));
    json_put(out, "because", because);
    return out;
}

/* The texts it may be, as far as they are known; of one that grows, the longest. */
static void put_variants(const Listing *list, const Callsite *call, json_t *sql)
{
    Variants variants = sqltext_variants(list->arena, list->session->model, call->module, call->sql_node);
    json_t  *texts    = json_array();

    vec_each(text, &variants.texts)
        json_add(texts, json_text(list->arena, statement_facts(list->arena, text).text));
    if (variants.texts.count)
        json_put(sql, "variants", texts);
    else
        json_decref(texts);
}

static json_t *sql_json(const Listing *list, const Callsite *call)
{
    StatementFacts facts = statement_facts(list->arena, &call->sql);
    json_t        *out   = json_object();

    json_put(out, "text", json_text(list->arena, facts.text));
    json_put(out, "complete", json_boolean(call->sql.complete));
    json_put(out, "shape", json_string(shape_name(call->sql.shape)));
    json_put(out, "placeholders", json_count(facts.placeholders));
    json_put(out, "kind", json_text(list->arena, facts.kind));
    if (!call->sql.complete && call->sql_node)
        put_variants(list, call, out);
    return out;
}

static json_t *params_json(const Callsite *call)
{
    json_t *out = json_object();

    json_put(out, "shape", json_string(param_shape_name(call->params.shape)));
    json_put(out, "count", json_count(call->params.items.count));
    return out;
}

static json_t *call_json(const Listing *list, const Callsite *call)
{
    const Tree *tree  = &call->module->tree;
    Str         path  = call->module->source.path;
    Position    start = position_of(call->module, tree_node(tree, call->call)->lo);
    Position    end   = position_of(call->module, tree_node(tree, call->call)->hi);
    json_t     *out   = json_object();

    json_put(out, "path", json_text(list->arena, path));
    json_put(out, "line", json_count(start.line));
    json_put(out, "column", json_count(start.column));
    json_put(out, "end_line", json_count(end.line));
    json_put(out, "end_column", json_count(end.column));
    json_put(out, "function",
             json_text(list->arena, module_qualname(list->arena, call->module, call->call)));
    json_put(out, "method", json_string(method_name(call->method)));
    if (call->method == METHOD_WRAPPER)
        json_put(out, "callee", json_text(list->arena, call->callee));
    json_put(out, "receiver", receiver_json(list, call));
    json_put(out, "sql", method_is_sql(call->method) ? sql_json(list, call) : json_null());
    json_put(out, "params", method_is_sql(call->method) ? params_json(call) : json_null());
    json_put(out, "unit", json_text_or_null(list->arena, unit_of(list, call)));
    json_put(out, "verdict", json_text(list->arena, verdict_of(list, call)));
    json_put(out, "reason", json_text(list->arena, reason_of(list, call)));
    json_put(out, "card", json_text_or_null(list->arena, session_card(list->session, path)));
    return out;
}

static bool is_listed(const Listing *list, const Callsite *call)
{
    return session_selects(list->session, call->module->source.path);
}

static Str listing_json(const Listing *list)
{
    IndexVec order        = session_calls(list->arena, list->session);
    OWN(json_t) document  = json_document();
    json_t     *calls     = json_array();

    vec_each(index, &order) {
        const Callsite *call = &list->session->calls.items[*index];
        if (is_listed(list, call))
            json_add(calls, call_json(list, call));
    }
    json_put(document, "callsites", calls);
    return json_written(list->arena, document);
}

static void print_call(const Listing *list, Buf *out, const Callsite *call)
{
    enum { WIDTH = 90 };
    const Tree *tree  = &call->module->tree;
    Position    start = position_of(call->module, tree_node(tree, call->call)->lo);

    buf_format(out, STR_FORMAT ":%u:%u: %s on %s (%s), ",
               STR_ARG(printable(list->arena, call->module->source.path)), start.line, start.column,
               method_name(call->method), role_name(call->role), certainty_name(call->certainty));
    buf_add(out, verdict_of(list, call));
    Str reason = reason_of(list, call);
    if (reason.len)
        buf_format(out, ", " STR_FORMAT, STR_ARG(printable(list->arena, reason)));
    buf_add_char(out, '\n');
    if (!method_is_sql(call->method))
        return;
    StatementFacts facts = statement_facts(list->arena, &call->sql);
    buf_format(out, "    %s: " STR_FORMAT "\n", shape_name(call->sql.shape),
               STR_ARG(shortened(list->arena, str_trim(facts.text), WIDTH)));
    if (call->params.shape != PARAMS_NONE)
        buf_format(out, "    parameters: %s, %zu\n", param_shape_name(call->params.shape),
                   call->params.items.count);
}

static Str listing_text(const Listing *list)
{
    IndexVec order = session_calls(list->arena, list->session);
    Buf      out   = buf_new(list->arena);
    size_t   count = 0, sql = 0;

    vec_each(index, &order) {
        const Callsite *call = &list->session->calls.items[*index];
        if (!is_listed(list, call))
            continue;
        print_call(list, &out, call);
        count++;
        sql += method_is_sql(call->method);
    }
    buf_format(&out, "%zu calls, %zu of them SQL calls\n", count, sql);
    return buf_str(&out);
}

int run_callsites(const Options *options)
{
    Session session;
    Error   why;

    if (!session_for(options->arena, options, SESSION_PORTS, PARSE_DATABASE, TEXTS_NONE, &session,
                     &why))
        return failed(&why);
    Listing list   = { .arena = options->arena, .session = &session, .options = options };
    Str     text   = str_is(options->format, "json") ? listing_json(&list) : listing_text(&list);
    int     status = result_write(options, text, STATUS_CLEAN);
    status         = session_report(options, &session, status);
    session_close(&session);
    return status;
}
