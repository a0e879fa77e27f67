/*
 * The SQL of one call: translated, and written back into the Python it came from.
 */
#include "rewriters/port/work.h"

static Verdict verdict_of(SqlVerdict verdict)
{
    return verdict == SQL_SAME ? VERDICT_SAFE : verdict == SQL_DIFFERS ? VERDICT_UNSAFE : VERDICT_MANUAL;
}

/* Python's own words for the values, for placeholders that no column names. */
static Str name_of_value(Work *work, NodeId item)
{
    const Tree *tree = work->tree;

    item = tree_strip(tree, item);
    if (tree_kind(tree, item) == PY_ATTRIBUTE)
        item = tree_field(tree, item, F_ATTRIBUTE);
    return tree_kind(tree, item) == PY_IDENTIFIER ? tree_text(tree, item) : (Str) { 0 };
}

static Translation translate(Work *work, const Callsite *call, bool bind_clock, bool keep_keys)
{
    const Params *params = &call->params;
    Str          *names  = arena_array(work->arena, Str, params->items.count + 1);

    if (params->shape != PARAMS_DICT)
        for (size_t i = 0; i < params->items.count; i++)
            names[i] = name_of_value(work, params->items.items[i]);
    TranslateOptions options = { .catalog        = work->in->catalog,
                                 .fallback_names = names,
                                 .fallback_count = (uint32_t)params->items.count,
                                 .bind_clock     = bind_clock,
                                 .keep_keys      = keep_keys };
    return sql_translate(work->arena, call->sql.text, &options);
}

/* Where a remark stands in the source: its own bytes if they map, else the whole argument. */
static void keep_remark(Work *work, const Callsite *call, const SqlRemark *remark)
{
    StatementRemark kept = { .call    = call,
                             .code    = remark->code,
                             .feature = remark->feature,
                             .module  = call->sql.home,
                             .message = remark->message };
    const Part     *part;

    if (!sqltext_map(&call->sql, remark->lo, remark->hi, &kept.lo, &kept.hi, &part)) {
        kept.module = call->module;
        kept.lo     = tree_node(&call->module->tree, call->sql_node)->lo;
        kept.hi     = tree_node(&call->module->tree, call->sql_node)->hi;
    }
    vec_push(work->arena, &work->out->remarks, kept);
}

static void reasons_of_remarks(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    vec_each(remark, &execute->sql.remarks) {
        keep_remark(work, call, remark);
        if (remark->verdict != SQL_SAME && strcmp(remark->feature, "result-type") != 0)
            work_reason(work, verdict_of(remark->verdict), remark->code, call->module, call->sql_node, STR_FORMAT,
                        STR_ARG(remark->message));
    }
}

static void write_back(Work *work, Execute *execute)
{
    const SqlText *text = &execute->call->sql;

    vec_each(edit, &execute->sql.edits) {
        uint32_t    lo, hi;
        const Part *part;
        Str         spelled;
        if (!sqltext_map(text, edit->lo, edit->hi, &lo, &hi, &part)
            || !part_spell(work->arena, part, edit->text, &spelled)) {
            work_reason(work, VERDICT_MANUAL, "TX-10", execute->call->module, execute->call->sql_node,
                        "the statement is put together in a way that a change of it cannot be traced to one place; "
                        "write it as one literal");
            return;
        }
        work_edit(work, text->home, lo, hi, spelled);
    }
}

/* Whether the statement's text reaches execute() as it was written. */
static bool text_is_known(Work *work, const Callsite *call)
{
    switch (call->sql.shape) {
    case SHAPE_UNKNOWN:
        work_reason(work, VERDICT_MANUAL, "PY-35", call->module, call->sql_node ? call->sql_node : call->call,
                    "the SQL comes from elsewhere and is not known here; port the function with its callers by hand");
        return false;
    case SHAPE_AUGMENTED:
    case SHAPE_VARIABLE:
        if (call->sql.constant)
            break;
        work_reason(work, VERDICT_MANUAL, "TX-09", call->module, call->sql_node,
                    "the SQL is assembled along several branches; pair placeholders and values by hand");
        return false;
    default:
        break;
    }
    if (!call->sql.home) {
        work_reason(work, VERDICT_MANUAL, "PY-36", call->module, call->sql_node,
                    "the SQL is assembled from parts in several files; bring it into one");
        return false;
    }
    return true;
}

/* A variable that holds SQL must be read by execute() calls alone, or the reader sees other text (PY-36). */
static void check_constant(Work *work, const Callsite *call)
{
    const SqlText *sql = &call->sql;

    if (!sql->constant)
        return;
    vec_each(at, &model_project(work->model)->modules) {
        const Module *module = *at;
        for (NodeId id = 1; id < module->tree.count; id++) {
            Kind kind = tree_kind(&module->tree, id);
            if (kind != PY_IDENTIFIER && kind != PY_ATTRIBUTE)
                continue;
            SymbolId symbol;
            Str word = kind == PY_ATTRIBUTE ? tree_text(&module->tree, tree_field(&module->tree, id, F_ATTRIBUTE))
                                            : tree_text(&module->tree, id);
            if (!str_eq(word, sql->home->scopes.symbols.items[sql->constant].name))
                continue;
            Place value = constant_of(work->model, module, id, &symbol);
            if (!value.node || value.module != sql->home->id || symbol != sql->constant)
                continue;
            const PyNode *node = tree_node(&module->tree, id);
            if (node->field == F_LEFT || tree_kind(&module->tree, node->parent) == PY_ALIASED_IMPORT
                || tree_kind(&module->tree, node->parent) == PY_DOTTED_NAME)
                continue;
            bool is_argument = false;
            vec_each(index, &work->unit->calls) {
                const Callsite *other = &work->in->units->calls->items[*index];
                if (other->module == module && other->sql_node
                    && tree_strip(&module->tree, other->sql_node) == id)
                    is_argument = true;
            }
            if (!is_argument)
                work_reason(work, VERDICT_UNSAFE, "PY-36", module, id,
                            "the statement is used here as a text too; it will read differently");
        }
    }
}

void port_statement_sql(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    if (!text_is_known(work, call))
        return;
    Translation plain = translate(work, call, false, true);
    if (plain.verdict == SQL_DECIDE) {
        Translation clocked = translate(work, call, true, true);
        if (clocked.verdict != SQL_DECIDE)
            plain = clocked;
    }
    execute->sql        = plain;
    execute->translated = true;
    reasons_of_remarks(work, execute);
    if (work->out->verdict == VERDICT_MANUAL)
        return;
    write_back(work, execute);
    check_constant(work, call);
    if (call->sql.shape == SHAPE_FSTRING || call->sql.shape == SHAPE_FORMAT || !call->sql.complete)
        work_reason(work, VERDICT_UNSAFE, "TX-10", call->module, call->sql_node,
                    "a part of the statement is known only when it runs; a `:` in it would become a bind");
}
