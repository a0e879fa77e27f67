/*
 * Values as the columns want them: a truth for a BOOLEAN, UTC for a TIMESTAMPTZ, digits for a text.
 */
#include "rewriters/port/binds.h"

#include "analyzers/facts/clock.h"

/* A value for a BOOLEAN column (TX-16, BO-04): what is 0 or 1 becomes False or True. */
static void port_boolean(Work *work, NodeId item, const SqlBind *bind)
{
    const Tree   *tree = work->tree;
    const PyNode *node = tree_node(tree, item);
    Str           text = tree_text(tree, item);

    switch (tree_kind(tree, tree_strip(tree, item))) {
    case PY_TRUE:
    case PY_FALSE:
    case PY_NONE_LITERAL:
    case PY_NOT:
    case PY_COMPARISON:
        return;
    case PY_INTEGER:
        if (str_is(text, "0") || str_is(text, "1")) {
            work_edit(work, work->module, node->lo, node->hi, str_is(text, "1") ? STR("True") : STR("False"));
            return;
        }
        work_reason(work, VERDICT_MANUAL, "TX-16", work->module, item,
                    STR_FORMAT "." STR_FORMAT " is a BOOLEAN and gets " STR_FORMAT "; decide what that means",
                    STR_ARG(bind->table), STR_ARG(bind->column), STR_ARG(text));
        return;
    case PY_CONDITIONAL: { /* 1 if x else 0 */
        NodeId then = tree_nth(tree, item, 0), condition = tree_nth(tree, item, 1), otherwise = tree_nth(tree, item, 2);
        if (then && otherwise && str_is(tree_text(tree, then), "1") && str_is(tree_text(tree, otherwise), "0")) {
            work_edit(work, work->module, node->lo, tree_node(tree, condition)->lo, STR("bool("));
            work_edit(work, work->module, tree_node(tree, condition)->hi, node->hi, STR(")"));
            return;
        }
        break;
    }
    case PY_CALL:
        if (is_call_to(tree, item, "bool"))
            return;
        if (is_call_to(tree, item, "int") && first_argument(tree, item)) {
            NodeId callee = tree_field(tree, item, F_FUNCTION);
            work_edit(work, work->module, tree_node(tree, callee)->lo, tree_node(tree, callee)->hi, STR("bool"));
            return;
        }
        break;
    default:
        break;
    }
    work_insert(work, work->module, node->lo, STR("bool("));
    work_insert(work, work->module, node->hi, STR(")"));
    work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, item,
                STR_FORMAT "." STR_FORMAT " is a BOOLEAN: bool() is put around the value; None would become False",
                STR_ARG(bind->table), STR_ARG(bind->column));
}

/* `event["started_at"]`, `args.get("until")`: a text that somebody else wrote. */
static bool is_foreign(const Work *work, NodeId item)
{
    const Tree *tree     = work->tree;
    NodeId      node     = tree_strip(tree, item);
    NodeId      function = tree_kind(tree, node) == PY_CALL ? tree_field(tree, node, F_FUNCTION) : 0;
    NodeId      object   = 0, key = 0;

    if (tree_kind(tree, node) == PY_SUBSCRIPT) {
        object = tree_field(tree, node, F_VALUE);
        key    = tree_field(tree, node, F_SUBSCRIPT);
    } else if (function && tree_kind(tree, function) == PY_ATTRIBUTE
               && str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "get")) {
        object = tree_field(tree, function, F_OBJECT);
        key    = tree_nth(tree, tree_field(tree, node, F_ARGUMENTS), 0);
    }
    return object && key && tree_kind(tree, key) == PY_STRING && !model_has(work->model, work->module, object, ROLE_DB_ROW)
        && !model_has(work->model, work->module, node, ROLE_CELL);
}

/* A naive time for a TIMESTAMPTZ column (DT-05): in this file it is asked for in UTC, elsewhere it is told. */
static void port_timestamp(Work *work, NodeId item, const SqlBind *bind)
{
    const Tree *tree = work->tree;
    Place       now;

    if (is_foreign(work, item) && bind->table.len)
        vec_push(work->arena, &work->foreign_times,
                 str_lower(work->arena, str_format(work->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(bind->table),
                                                   STR_ARG(bind->column))));
    if (!is_naive_clock(work->model, work->module, item, &now))
        return;
    NodeId function = now.module == work->module->id ? tree_field(tree, now.node, F_FUNCTION) : 0;
    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE) {
        work_reason(work, VERDICT_UNSAFE, "DT-05", model_module(work->model, now.module), now.node,
                    "this naive time goes to a TIMESTAMPTZ column; ask for datetime.now(timezone.utc)");
        return;
    }
    Str owner = tree_text(tree, tree_field(tree, function, F_OBJECT));
    Str zone  = str_is(owner, "datetime.datetime") ? STR("datetime.timezone")
                                                   : work_import(work, work->module, "datetime", "timezone");
    work_edit(work, work->module, tree_node(tree, now.node)->lo, tree_node(tree, now.node)->hi,
              str_format(work->arena, STR_FORMAT ".now(" STR_FORMAT ".utc)", STR_ARG(owner), STR_ARG(zone)));
    work_reason(work, VERDICT_UNSAFE, "DT-05", work->module, now.node,
                "a naive time is given to a TIMESTAMPTZ column; it becomes UTC with an offset: see that readers expect it");
}

/* A truth for a number's column: sqlite3 stores 1 or 0, Postgres refuses (TX-16). */
static void port_number(Work *work, NodeId item)
{
    const PyNode *node = tree_node(work->tree, item);

    switch (tree_kind(work->tree, tree_strip(work->tree, item))) {
    case PY_TRUE:
    case PY_FALSE:
        work_edit(work, work->module, node->lo, node->hi, str_is(tree_text(work->tree, item), "True") ? STR("1") : STR("0"));
        return;
    case PY_COMPARISON:
    case PY_NOT:
        work_insert(work, work->module, node->lo, STR("int("));
        work_insert(work, work->module, node->hi, STR(")"));
        return;
    case PY_CALL:
        if (is_call_to(work->tree, item, "bool")) {
            work_insert(work, work->module, node->lo, STR("int("));
            work_insert(work, work->module, node->hi, STR(")"));
        }
        return;
    default:
        return;
    }
}

/* A number for a text: SQLite takes its digits, Postgres has no such comparison (TX-15). */
static void port_text(Work *work, NodeId item)
{
    const PyNode *node = tree_node(work->tree, item);
    Kind          kind = tree_kind(work->tree, tree_strip(work->tree, item));
    Str           text = tree_text(work->tree, item);
    bool          digits = kind == PY_INTEGER && text.len && (text.ptr[0] != '0' || text.len == 1);

    for (size_t i = 0; i < text.len; i++)
        digits &= text.ptr[i] >= '0' && text.ptr[i] <= '9';
    if (digits) {
        work_insert(work, work->module, node->lo, STR("\""));
        work_insert(work, work->module, node->hi, STR("\""));
    } else if (kind == PY_INTEGER || kind == PY_FLOAT || kind == PY_TRUE || kind == PY_FALSE) {
        work_reason(work, VERDICT_MANUAL, "TX-15", work->module, item,
                    "a number is given where the column is text; write it as a text");
    }
}

/* A value that sqlite3 takes only through an adapter of the program, which SQLAlchemy's drivers do not share (PY-27, TX-17). */
static void judge_type(Work *work, NodeId item)
{
    static const char *const types[] = { "decimal.Decimal", "uuid.UUID", "fractions.Fraction", "pathlib.Path", "enum.Enum" };

    vec_each(held, model_values(work->model, work->module, item)) {
        const Value *value = model_value(work->model, held->value);
        for (size_t i = 0; value->role == ROLE_OBJECT && i < sizeof types / sizeof *types; i++)
            if (str_is(value->name, types[i]))
                work_reason(work, VERDICT_UNSAFE, "TX-17", work->module, item,
                            "sqlite3 takes a %s only through an adapter, and each driver of Postgres in its own way; "
                            "convert it here", types[i]);
    }
}

void port_item(Work *work, NodeId item, const SqlBind *bind)
{
    judge_type(work, item);
    if (bind->type == PG_BIGINT || bind->type == PG_DOUBLE)
        port_number(work, item);
    else if (bind->type == PG_TEXT)
        port_text(work, item);
    else if (bind->type == PG_BOOLEAN)
        port_boolean(work, item, bind);
    else if (bind->type == PG_TIMESTAMPTZ)
        port_timestamp(work, item, bind);
}
