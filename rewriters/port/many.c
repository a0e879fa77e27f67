/*
 * executemany(sql, rows): a list of dicts (PY-14). An empty list must run nothing
 * (PY-15), so the list gets a name of its own and the call a guard.
 */
#include "rewriters/port/binds.h"

/* Whether a display of a dict has every name of the statement. */
static bool has_all_names(Work *work, const Execute *execute, NodeId dictionary)
{
    if (tree_kind(work->tree, dictionary) != PY_DICTIONARY)
        return false;
    vec_each(bind, &execute->sql.binds) {
        bool found = false;
        tree_each_child(pair, work->tree, dictionary) {
            NodeId  key = tree_kind(work->tree, pair) == PY_PAIR ? tree_field(work->tree, pair, F_KEY) : 0;
            Literal name;
            if (key && tree_kind(work->tree, key) == PY_STRING && literal_read(work->arena, work->tree, key, &name))
                found |= str_eq(name.text, bind->name);
        }
        if (!found)
            return false;
    }
    return true;
}

static bool is_loop_display(const Tree *tree, NodeId node)
{
    return tree_kind(tree, node) == PY_LIST_COMPREHENSION || tree_kind(tree, node) == PY_GENERATOR;
}

/* `:name` and rows that are dicts: they stay, in a list. Gives the header that makes it; empty if they stand there. */
static Str named_rows(Work *work, const Execute *execute, Str rows)
{
    const Tree *tree  = work->tree;
    NodeId      given = tree_strip(tree, execute->call->params.node);
    Str         text  = tree_text(tree, given);
    bool        known = is_loop_display(tree, given) && has_all_names(work, execute, tree_strip(tree, tree_field(tree, given, F_BODY)));

    if (tree_kind(tree, given) == PY_LIST && tree_arity(tree, given)) {
        bool all = true;
        tree_each_child(row, tree, given)
            if (tree_kind(tree, row) != PY_COMMENT && tree_kind(tree, row) != PY_TOKEN)
                all &= has_all_names(work, execute, tree_strip(tree, row));
        if (all)
            return (Str) { 0 };
    }
    if (!known)
        work_reason(work, VERDICT_UNSAFE, "PY-14", work->module, execute->call->call,
                    "each row must be a dict with the names of the statement, and the first says which there are");
    if (tree_kind(tree, given) == PY_LIST_COMPREHENSION)
        return str_format(work->arena, STR_FORMAT " = " STR_FORMAT, STR_ARG(rows), STR_ARG(text));
    if (tree_kind(tree, given) == PY_GENERATOR)
        return str_format(work->arena, STR_FORMAT " = [" STR_FORMAT "]", STR_ARG(rows),
                          STR_ARG(str_slice(text, text.ptr[0] == '(', text.len - (text.ptr[0] == '('))));
    return str_format(work->arena, STR_FORMAT " = list(" STR_FORMAT ")", STR_ARG(rows), STR_ARG(text));
}

/* A truth for a number's column: sqlite3 stores 1 or 0, Postgres refuses (TX-16). */
static void judge_truths(Work *work, const Execute *execute, NodeId row)
{
    const Tree *tree = work->tree;

    row = tree_strip(tree, row);
    if (tree_kind(tree, row) != PY_TUPLE && tree_kind(tree, row) != PY_LIST)
        return;
    for (uint32_t i = 0; i < tree_arity(tree, row) && i < bind_count(execute); i++) {
        PgType type = bind_at(execute, i)->type;
        Kind   kind = tree_kind(tree, tree_strip(tree, tree_nth(tree, row, i)));
        if ((type == PG_BIGINT || type == PG_DOUBLE)
            && (kind == PY_TRUE || kind == PY_FALSE || kind == PY_COMPARISON || kind == PY_NOT
                || is_call_to(tree, tree_nth(tree, row, i), "bool")))
            work_reason(work, VERDICT_MANUAL, "TX-16", work->module, tree_nth(tree, row, i),
                        "a truth goes to a column of numbers, which Postgres refuses; put int() around it");
    }
}

static void wrap_in_guard(Work *work, const Execute *execute, NodeId statement, Buf *header, Str indent, Str rows)
{
    const PyNode *given = tree_node(work->tree, execute->call->params.node);

    buf_format(header, STR_FORMAT STR_FORMAT "if " STR_FORMAT ":", STR_ARG(work->module->source.newline), STR_ARG(indent),
               STR_ARG(rows));
    work_wrap_statement(work, work->module, statement, buf_str(header));
    /* What the rows are made of stands above the guard now; its lines are not moved. */
    size_t kept = 0;
    vec_each(edit, &work->out->edits)
        if (edit->module != work->module || edit->edit.lo <= given->lo || edit->edit.hi > given->hi)
            work->out->edits.items[kept++] = *edit;
    work->out->edits.count = kept;
    work_edit(work, work->module, given->lo, given->hi, rows);
}

void port_many(Work *work, Execute *execute)
{
    const Callsite *call      = execute->call;
    const Params   *params    = &call->params;
    const Tree     *tree      = work->tree;
    NodeId          statement = tree_statement(tree, call->call);
    size_t          binds     = bind_count(execute);

    if (execute->growth && !port_unpaired(work, execute))
        return;
    if (!params->node || has_clock(execute) || binds == 0 || execute->lists.count || (has_named(execute) && has_positional(execute))) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "executemany() wants a list of dicts, one for each row; build it by hand");
        return;
    }
    if (!has_named(execute) && !numbers_fit(work, execute))
        return;
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
    NodeId body  = is_loop_display(tree, given) ? tree_field(tree, given, F_BODY) : 0;
    Str    rows  = work_fresh_name(work, "parameters");
    Buf    header = buf_new(work->arena);
    Str    indent;
    if (!statement_indent(work->module, statement, &indent)) {
        work_reason(work, VERDICT_MANUAL, "PY-14", work->module, call->call,
                    "the statement shares its line with another; put it on a line of its own");
        return;
    }
    if (has_named(execute)) {
        Str made = named_rows(work, execute, rows);
        if (!made.len)
            return;
        buf_add(&header, made);
        wrap_in_guard(work, execute, statement, &header, indent, rows);
        return;
    }
    buf_format(&header, STR_FORMAT " = [{", STR_ARG(rows));
    if (body)
        judge_truths(work, execute, body);
    else if (tree_kind(tree, given) == PY_LIST)
        tree_each_child(row, tree, given)
            judge_truths(work, execute, row);
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
    wrap_in_guard(work, execute, statement, &header, indent, rows);
}
