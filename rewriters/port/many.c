/*
 * executemany(sql, rows): a list of dicts (PY-14). An empty list must run nothing
 * (PY-15), so the list gets a name of its own and the call a guard.
 */
#include "rewriters/port/binds.h"

void port_many(Work *work, Execute *execute)
{
    const Callsite *call      = execute->call;
    const Params   *params    = &call->params;
    const Tree     *tree      = work->tree;
    NodeId          statement = tree_statement(tree, call->call);
    size_t          binds     = bind_count(execute);

    if (execute->growth && !port_unpaired(work, execute))
        return;
    if (!params->node || has_named(execute) || is_numbered(execute) || binds != execute->sql.binds.count
        || binds == 0) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "executemany() wants a list of dicts, one for each row; build it by hand");
        return;
    }
    if (execute->reads.count || tree_kind(tree, statement) != PY_EXPRESSION_STATEMENT
        || tree_nth(tree, statement, 0) != call->call) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the result of executemany() is used; take it apart by hand");
        return;
    }
    vec_each(bind, &execute->sql.binds)
        if (bind->type == PG_BOOLEAN || bind->type == PG_TIMESTAMPTZ) {
            work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, call->call,
                        "a row's value goes to a BOOLEAN or TIMESTAMPTZ column; see that it has that type");
            break;
        }

    NodeId given = tree_strip(tree, params->node);
    NodeId body  = tree_kind(tree, given) == PY_LIST_COMPREHENSION || tree_kind(tree, given) == PY_GENERATOR
                     ? tree_field(tree, given, F_BODY) : 0;
    Str    rows  = work_fresh_name(work, "parameters");
    Buf    header = buf_new(work->arena);
    Str    indent;
    if (!statement_indent(work->module, statement, &indent)) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the statement shares its line with another; put it on a line of its own");
        return;
    }
    buf_format(&header, STR_FORMAT " = [{", STR_ARG(rows));
    if (body && tree_kind(tree, tree_strip(tree, body)) == PY_TUPLE
        && tree_arity(tree, tree_strip(tree, body)) == binds) {
        NodeId tuple = tree_strip(tree, body);
        for (uint32_t i = 0; i < binds; i++)
            buf_format(&header, "%s\"" STR_FORMAT "\": " STR_FORMAT, i ? ", " : "",
                       STR_ARG(bind_at(execute, i)->name), STR_ARG(tree_text(tree, tree_nth(tree, tuple, i))));
        buf_add(&header, STR("}"));
        Str rest = str_slice(work->module->source.text, tree_node(tree, body)->hi, tree_node(tree, given)->hi - 1);
        buf_format(&header, STR_FORMAT "]", STR_ARG(rest));
    } else if (body) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the rows are made by an expression whose shape is not certain; build a list of dicts by hand");
        return;
    } else {
        for (uint32_t i = 0; i < binds; i++)
            buf_format(&header, "%s\"" STR_FORMAT "\": row[%u]", i ? ", " : "",
                       STR_ARG(bind_at(execute, i)->name), i);
        buf_format(&header, "} for row in " STR_FORMAT "]", STR_ARG(tree_text(tree, params->node)));
        if (params->display && params->shape != PARAMS_LIST)
            work_reason(work, VERDICT_UNSAFE, "PY-14", work->module, call->call,
                        "the rows are read by position; see that each has %zu values", binds);
        else if (!params->display)
            work_reason(work, VERDICT_UNSAFE, "PY-14", work->module, call->call,
                        "the rows are read by position; see that each has %zu values", binds);
    }
    buf_format(&header, STR_FORMAT STR_FORMAT "if " STR_FORMAT ":", STR_ARG(work->module->source.newline),
               STR_ARG(indent), STR_ARG(rows));
    work_wrap_statement(work, work->module, statement, buf_str(&header));
    /* The call is written anew below the guard. */
    work_edit(work, work->module, tree_node(tree, params->node)->lo, tree_node(tree, params->node)->hi, rows);
}
