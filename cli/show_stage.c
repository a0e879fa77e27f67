#include "cli/show_stage.h"

#include "cli/statement.h"
#include "reports/printable.h"

enum { WIDTH = 70 };

static void put_place(Buf *out, const Module *module, NodeId node)
{
    Position at = source_position(&module->source, tree_node(&module->tree, node)->lo);

    buf_format(out, "%u:%u", at.line, at.column);
}

static void put_far_place(const Stages *in, Buf *out, Place place)
{
    const Module *module = model_module(in->session->model, place.module);

    if (module != in->module)
        buf_format(out, STR_FORMAT ":", STR_ARG(printable(in->arena, module->source.path)));
    put_place(out, module, place.node);
}

static void put_source(const Stages *in, Buf *out, NodeId node)
{
    buf_add(out, shortened(in->arena, tree_text(&in->module->tree, node), WIDTH));
}

void show_tree(const Stages *in, Buf *out)
{
    const Tree *tree = &in->module->tree;

    for (NodeId id = 1; id < tree->count; id++) {
        const PyNode *node = tree_node(tree, id);
        for (uint32_t i = 0; i < node->depth && i < TREE_DEPTH; i++)
            buf_add(out, STR("  "));
        buf_format(out, "%s %u..%u", kind_name((Kind)node->kind), node->lo, node->hi);
        if (node->end == id + 1) {
            buf_add_char(out, ' ');
            put_source(in, out, id);
        }
        buf_add_char(out, '\n');
    }
    if (tree->errors || tree->cut)
        buf_format(out, "%u syntax errors, %u nodes nested too deep\n", tree->errors, tree->cut);
}

void show_scopes(const Stages *in, Buf *out)
{
    static const char *const kinds[] = { "module", "class", "function", "lambda", "comprehension" };
    const Scopes            *scopes  = &in->module->scopes;

    for (size_t i = 1; i < scopes->scopes.count; i++) {
        const Scope *scope = &scopes->scopes.items[i];
        put_place(out, in->module, scope->node);
        buf_format(out, " %s " STR_FORMAT "\n", kinds[scope->kind], STR_ARG(scope->qualname));
        for (size_t k = 1; k < scopes->symbols.count; k++) {
            const Symbol *symbol = &scopes->symbols.items[k];
            if (symbol->scope != i)
                continue;
            buf_format(out, "    " STR_FORMAT "%s:", STR_ARG(symbol->name),
                       symbol->is_parameter ? " (parameter)" : "");
            vec_each(name, &symbol->bindings) {
                buf_add_char(out, ' ');
                put_place(out, in->module, *name);
            }
            buf_add_char(out, '\n');
        }
    }
}

static bool is_of_interest(Role role)
{
    return role >= ROLE_CONNECTION && role <= ROLE_TEXT;
}

static void put_value(const Stages *in, Buf *out, ValueId id)
{
    const Value *value = model_value(in->session->model, id);

    buf_format(out, "%s", role_name(value->role));
    if (value->name.len)
        buf_format(out, " " STR_FORMAT, STR_ARG(printable(in->arena, value->name)));
    if (value->a < model_project(in->session->model)->modules.count && value->b) {
        buf_add_char(out, '@');
        put_far_place(in, out, (Place) { value->a, value->b });
    }
}

/* Every expression that holds a database value, with all that it may hold. */
/* The places that led to a value, nearest first: `by 9:5, 7:3`. */
static void put_chain(const Stages *in, Buf *out, NodeId expression, ValueId value)
{
    PlaceVec    chain = model_evidence(in->arena, in->session->model, in->module, expression, value);
    const char *begin = " by ";

    vec_each(place, &chain) {
        buf_add(out, str_of(begin));
        put_far_place(in, out, *place);
        begin = ", ";
    }
}

/* Expressions with what they may be; `?` where that is only likely. */
void show_roles(const Stages *in, Buf *out)
{
    for (NodeId id = 1; id < in->module->tree.count; id++) {
        const HeldVec *values = model_values(in->session->model, in->module, id);
        bool           any    = false;
        vec_each(held, values)
            any |= is_of_interest(model_value(in->session->model, held->value)->role);
        if (!any)
            continue;
        put_place(out, in->module, id);
        buf_format(out, " %s ", kind_name(tree_kind(&in->module->tree, id)));
        put_source(in, out, id);
        buf_add(out, STR(":"));
        vec_each(held, values) {
            buf_add_char(out, ' ');
            put_value(in, out, held->value);
            if (held->is_presumed)
                buf_add_char(out, '?');
            if (is_of_interest(model_value(in->session->model, held->value)->role))
                put_chain(in, out, id, held->value);
        }
        buf_add_char(out, '\n');
    }
}

void show_sqltext(const Stages *in, Buf *out)
{
    static const char *const pieces[] = { "plain", "escape", "hole" };

    vec_each(call, &in->session->calls) {
        if (call->module != in->module || !method_is_sql(call->method))
            continue;
        StatementFacts facts = statement_facts(in->arena, &call->sql);
        put_place(out, in->module, call->call);
        buf_format(out, " %s, %s: " STR_FORMAT "\n", shape_name(call->sql.shape),
                   call->sql.complete ? "complete" : "incomplete",
                   STR_ARG(printable(in->arena, facts.text)));
        vec_each(piece, &call->sql.pieces)
            buf_format(out, "    %s %u..%u from %u..%u\n", pieces[piece->kind], piece->lo,
                       piece->hi, piece->src_lo, piece->src_hi);
    }
}

void show_callsites(const Stages *in, Buf *out)
{
    vec_each(call, &in->session->calls) {
        if (call->module != in->module)
            continue;
        put_place(out, in->module, call->call);
        buf_format(out, " %s on %s, %s%s%s, because of ", method_name(call->method),
                   role_name(call->role), certainty_name(call->certainty),
                   call->is_mixed ? ", mixed" : "", call->is_ported ? ", ported" : "");
        put_far_place(in, out, call->because);
        if (call->method == METHOD_WRAPPER) {
            buf_format(out, ", wrapper " STR_FORMAT " at ", STR_ARG(call->callee));
            put_far_place(in, out, call->wrapper);
        }
        if (method_is_sql(call->method))
            buf_format(out, ", sql %s, parameters %s %zu%s", shape_name(call->sql.shape),
                       param_shape_name(call->params.shape), call->params.items.count,
                       call->params.is_exact ? "" : " or more");
        buf_add(out, STR(": "));
        put_source(in, out, call->call);
        buf_add_char(out, '\n');
    }
}

void show_units(const Stages *in, Buf *out)
{
    vec_each(unit, &in->session->units.units) {
        if (unit->module != in->module)
            continue;
        buf_format(out, STR_FORMAT ": %s, %u SQL calls\n", STR_ARG(unit->id),
                   unit_kind_name(unit->kind), unit->sql_calls);
        vec_each(index, &unit->calls) {
            const Callsite *call = &in->session->calls.items[*index];
            buf_add(out, STR("    "));
            put_far_place(in, out, (Place) { call->module->id, call->call });
            buf_format(out, " %s\n", method_name(call->method));
        }
        vec_each(origin, &unit->origins) {
            buf_add(out, STR("    origin "));
            put_far_place(in, out, *origin);
            buf_add_char(out, '\n');
        }
    }
}
