/*
 * What reads a statement's result, and how its rows are used.
 */
#include "rewriters/port/work.h"

static bool is_select(const Execute *execute)
{
    return execute->sql.statement.returns_rows;
}

static void check_key(Work *work, const Execute *execute, const RowUse *use)
{
    bool found = false, folded = false, star = false;
    int  times = 0;

    vec_each(result, &execute->sql.results) {
        star |= result->is_star;
        if (str_eq(result->lite_key, use->key) && str_eq(result->pg_key, use->key)) {
            found = true;
            times++;
        } else if (str_eq_nocase(result->key, use->key)) {
            folded = true;
        }
    }
    if (times > 1)
        work_reason(work, VERDICT_UNSAFE, "PY-23", use->module, use->node,
                    "the statement gives `" STR_FORMAT "` twice: sqlite3.Row reads the first, a mapping the last; alias one",
                    STR_ARG(use->key));
    else if (found)
        return;
    else if (folded)
        work_reason(work, VERDICT_MANUAL, "PY-21", use->module, use->node,
                    "the column comes back under another spelling than `" STR_FORMAT "`; alias it in the statement",
                    STR_ARG(use->key));
    else
        work_reason(work, VERDICT_UNSAFE, "PY-21", use->module, use->node,
                    star ? "which columns `*` gives is not known; see that there is one spelled `" STR_FORMAT "`"
                         : "the statement gives no column spelled `" STR_FORMAT "`",
                    STR_ARG(use->key));
}

static const SqlResult *result_of_key(const Execute *execute, Str key)
{
    vec_each(result, &execute->sql.results)
        if (str_eq(result->key, key) || str_eq(result->pg_key, key))
            return result;
    return NULL;
}

/* Whether only the truth of an expression counts where it stands. */
static bool is_truth_only(const Tree *tree, NodeId id)
{
    for (;;) {
        NodeId parent = tree_parent(tree, id);
        switch (tree_kind(tree, parent)) {
        case PY_PARENTHESIZED:
        case PY_BOOLEAN:
            id = parent;
            continue;
        case PY_IF:
        case PY_ELIF:
        case PY_WHILE:
            return tree_node(tree, id)->field == F_CONDITION;
        case PY_NOT:
        case PY_IF_CLAUSE:
        case PY_ASSERT:
            return true;
        case PY_CONDITIONAL:
            return tree_nth(tree, parent, 1) == id;
        case PY_ARGUMENT_LIST: {
            NodeId function = tree_field(tree, tree_parent(tree, parent), F_FUNCTION);
            return function && str_is(tree_text(tree, function), "bool");
        }
        default:
            return false;
        }
    }
}

/*
 * `row["flag"] == 1` becomes the flag's truth (BO-03): bare where only truth
 * counts, bool() where the value goes on. NULL is neither 0 nor 1 but false, so
 * a comparison with 0 is rewritten only where the column cannot be NULL. False
 * if the use is no such comparison.
 */
static bool port_comparison(Work *work, const RowUse *use, bool nullable)
{
    const Tree *tree       = &use->module->tree;
    NodeId      comparison = tree_parent(tree, use->node);

    if (tree_kind(tree, comparison) != PY_COMPARISON || tree_arity(tree, comparison) != 2)
        return false;
    NodeId left     = tree_nth(tree, comparison, 0), right = tree_nth(tree, comparison, 1);
    NodeId operator = tree_field(tree, comparison, F_OPERATORS);
    NodeId number   = tree_is_inside(tree, use->node, left) ? right : left;
    Str    sign     = operator ? tree_text(tree, operator) : (Str) { 0 };
    bool   equal = str_is(sign, "=="), unequal = str_is(sign, "!=");
    bool   one = str_is(tree_text(tree, number), "1"), zero = str_is(tree_text(tree, number), "0");
    if ((!equal && !unequal) || tree_kind(tree, number) != PY_INTEGER || (!one && !zero))
        return false;
    if (zero && nullable)
        return true; /* it means the same on both as it stands */

    bool          positive = one == equal, bare = is_truth_only(tree, comparison);
    const PyNode *node = tree_node(tree, comparison), *row = tree_node(tree, use->node);
    /* Only what stands around the row is edited: the row itself may need edits, too. */
    work_edit(work, use->module, node->lo, row->lo, positive ? bare ? (Str) { 0 } : STR("bool(") : STR("not "));
    work_edit(work, use->module, row->hi, node->hi, positive && !bare ? STR(")") : (Str) { 0 });
    return true;
}

static void use_boolean(Work *work, const RowUse *use, bool nullable)
{
    if (port_comparison(work, use, nullable) || is_truth_only(&use->module->tree, use->node))
        return;
    work_reason(work, VERDICT_UNSAFE, "BO-03", use->module, use->node,
                "a BOOLEAN is read here: True on Postgres, 1 on SQLite; put bool() around it where that shows");
}

static void use_typed(Work *work, const Execute *execute, const RowUse *use)
{
    const SqlResult *result = use->kind == ROW_BY_NAME ? result_of_key(execute, use->key) : NULL;

    if (!result)
        return;
    if (result->is_foreign)
        work_reason(work, VERDICT_UNSAFE, "TX-21", use->module, use->node,
                    "`" STR_FORMAT "` has a type of its own on Postgres; see what Python reads there", STR_ARG(use->key));
    switch (result->type) {
    case PG_BOOLEAN:
        use_boolean(work, use, result->nullable);
        break;
    case PG_TIMESTAMPTZ:
    case PG_DATE:
        work_reason(work, VERDICT_UNSAFE, "DT-01", use->module, use->node,
                    "`" STR_FORMAT "` is a datetime on Postgres and text on SQLite; make it one of them where it is read",
                    STR_ARG(use->key));
        break;
    case PG_JSONB:
        work_reason(work, VERDICT_UNSAFE, "JS-02", use->module, use->node,
                    "`" STR_FORMAT "` is decoded on Postgres and text on SQLite; decode it only if it is a str",
                    STR_ARG(use->key));
        break;
    case PG_BYTEA:
        work_reason(work, VERDICT_UNSAFE, "BL-01", use->module, use->node,
                    "`" STR_FORMAT "` is a memoryview on Postgres; put bytes() around it", STR_ARG(use->key));
        break;
    case PG_NUMERIC:
        work_reason(work, VERDICT_UNSAFE, "TX-21", use->module, use->node,
                    "`" STR_FORMAT "` is a Decimal on Postgres", STR_ARG(use->key));
        break;
    default:
        break;
    }
}

/* Values whose type differs, read by position or handed on: told once for the statement. */
static void check_types_unnamed(Work *work, const Execute *execute, NodeId at)
{
    vec_each(result, &execute->sql.results)
        if (result->is_foreign || result->type == PG_BOOLEAN || result->type == PG_TIMESTAMPTZ || result->type == PG_DATE
            || result->type == PG_JSONB || result->type == PG_BYTEA || result->type == PG_NUMERIC)
            work_reason(work, VERDICT_UNSAFE,
                        result->type == PG_BOOLEAN ? "BO-03" : result->type == PG_JSONB ? "JS-02"
                        : result->type == PG_BYTEA ? "BL-01" : result->type == PG_NUMERIC || result->is_foreign ? "TX-21" : "DT-01",
                        work->module, at,
                        "`" STR_FORMAT "` has another Python type on Postgres than on SQLite; see how it is used",
                        STR_ARG(result->key));
}

static RowForm form_for(Work *work, const RowUseVec *uses)
{
    bool by_value = false, by_name = false, computed = false;

    vec_each(use, uses) {
        by_value |= row_use_is_by_value(use->kind);
        by_name |= row_use_is_by_name(use->kind);
        computed |= use->kind == ROW_COMPUTED;
    }
    if (computed) /* row[x]: a name or a position, nobody knows */
        by_name = true;
    if (by_name && by_value)
        return FORM_ROW_WITH_MAPPING;
    if (by_name)
        return FORM_MAPPINGS;
    if (by_value)
        return FORM_ROW;
    /* No use is seen: what sqlite3.Row allows most often is access by name. */
    return work->factory == FACTORY_ROW ? FORM_MAPPINGS : FORM_ROW;
}

static bool only_tested(const RowUseVec *uses)
{
    vec_each(use, uses)
        if (use->kind != ROW_TESTED)
            return false;
    return true;
}

/* What a tuple can do and an SQLAlchemy row cannot (PY-24). */
static void judge_other(Work *work, const RowUse *use)
{
    const Tree   *tree = &use->module->tree;
    const PyNode *row  = tree_node(tree, use->row);

    if (tree_kind(tree, use->node) == PY_CALL) {
        work_reason(work, VERDICT_MANUAL, "PY-24", use->module, use->node,
                    "the kind of the row is asked for, and an SQLAlchemy row is neither a tuple nor a sqlite3.Row; "
                    "ask for what is needed of it");
        return;
    }
    if (tree_kind(tree, use->node) == PY_BINARY && tree_kind(tree, use->row) == PY_IDENTIFIER
        && work->factory == FACTORY_TUPLE) { /* `"%s: %s" % row`, `row + (1,)` */
        work_insert(work, use->module, row->lo, STR("tuple("));
        work_insert(work, use->module, row->hi, STR(")"));
        work_reason(work, VERDICT_UNSAFE, "PY-24", use->module, use->node,
                    "an SQLAlchemy row is no tuple: it is made one here; see that there always is a row");
        return;
    }
    work_reason(work, VERDICT_UNSAFE, "PY-24", use->module, use->node,
                "the row is compared, printed or joined here; an SQLAlchemy row is no tuple: use tuple(row)");
}

/* json writes a tuple as a list, and knows no Row. */
static bool is_written_as_json(const RowUse *use)
{
    const Tree *tree     = &use->module->tree;
    NodeId      function = tree_kind(tree, use->node) == PY_CALL ? tree_field(tree, use->node, F_FUNCTION) : 0;
    Str         name     = function ? tree_text(tree, function) : (Str) { 0 };

    return str_is(name, "json.dumps") || str_is(name, "json.dump");
}

static void judge_use(Work *work, const Execute *execute, const RowUse *use, RowForm form)
{
    switch (use->kind) {
    case ROW_BY_NAME:
        if (!execute->call->is_passed_on) { /* else it is judged where the statement is known */
            check_key(work, execute, use);
            use_typed(work, execute, use);
        }
        if (form == FORM_ROW_WITH_MAPPING)
            work_insert(work, use->module, tree_node(&use->module->tree, use->row)->hi, STR("._mapping"));
        break;
    case ROW_TO_DICT:
        if (form == FORM_ROW_WITH_MAPPING)
            work_insert(work, use->module, tree_node(&use->module->tree, use->row)->hi, STR("._mapping"));
        check_types_unnamed(work, execute, execute->call->call);
        vec_each(result, &execute->sql.results)
            if (!result->is_star && !str_eq(result->key, result->pg_key))
                work_reason(work, VERDICT_UNSAFE, "PY-21", use->module, use->node,
                            "the dict gets the key `" STR_FORMAT "`, which Postgres spells otherwise; alias the column",
                            STR_ARG(result->key));
        break;
    case ROW_BY_INDEX:
    case ROW_UNPACKED:
        check_types_unnamed(work, execute, execute->call->call);
        break;
    case ROW_KEYS:
        work_reason(work, VERDICT_UNSAFE, "PY-25", use->module, use->node,
                    "keys() gives a view, not a list, and its spelling follows the database");
        if (form == FORM_ROW_WITH_MAPPING)
            work_insert(work, use->module, tree_node(&use->module->tree, use->row)->hi, STR("._mapping"));
        break;
    case ROW_COMPUTED:
        work_reason(work, VERDICT_UNSAFE, "PY-20", use->module, use->node,
                    "the row is read by a computed key; see that it is a column's name");
        break;
    case ROW_ESCAPES:
        if (is_written_as_json(use)) {
            work_reason(work, VERDICT_MANUAL, "PY-24", use->module, use->node,
                        "json writes no SQLAlchemy row; make tuples or dicts of the rows first");
            break;
        }
        work_reason(work, VERDICT_UNSAFE, "PY-20", use->module, use->node,
                    form == FORM_MAPPINGS
                        ? "the row leaves for code that is not seen; it becomes a mapping: read it by name there"
                        : "the row leaves for code that is not seen; it becomes a Row: read it by position there");
        check_types_unnamed(work, execute, execute->call->call);
        break;
    case ROW_OTHER:
        judge_other(work, use);
        break;
    case ROW_TESTED:
        break;
    }
}

void judge_rows_elsewhere(Work *work, Execute *execute, const RowUseVec *uses)
{
    bool silent = work->is_silent, by_name = false, unnamed = false;

    work->is_silent = true; /* the rows belong to the wrapper, whose unit edits what reads them */
    vec_each(use, uses) {
        const SqlResult *result = use->kind == ROW_BY_NAME ? result_of_key(execute, use->key) : NULL;
        by_name |= row_use_is_by_name(use->kind);
        unnamed |= use->kind != ROW_BY_NAME && use->kind != ROW_TESTED && use->kind != ROW_KEYS;
        if (result && str_eq(result->key, use->key))
            use_typed(work, execute, use);
        vec_each(other, &execute->sql.results)
            if (use->kind == ROW_BY_NAME && !str_eq(other->key, use->key) && str_eq_nocase(other->key, use->key) && !result)
                work_reason(work, VERDICT_UNSAFE, "PY-21", work->module, execute->call->call,
                            "rows are read by the name `" STR_FORMAT "` somewhere, and this statement spells it otherwise",
                            STR_ARG(use->key));
    }
    if (unnamed)
        check_types_unnamed(work, execute, execute->call->call);
    for (size_t i = 0; by_name && i < execute->sql.results.count; i++) {
        const SqlResult *result = &execute->sql.results.items[i];
        if (result->is_star)
            work_reason(work, VERDICT_UNSAFE, "PY-21", work->module, execute->call->call,
                        "which columns `*` gives is not known; see that they are spelled as they are read");
        for (size_t j = 0; j < i; j++)
            if (!result->is_star && str_eq_nocase(result->key, execute->sql.results.items[j].key))
                work_reason(work, VERDICT_UNSAFE, "PY-23", work->module, execute->call->call,
                            "the statement gives `" STR_FORMAT "` twice: which one is read by name differs; alias one",
                            STR_ARG(result->key));
    }
    work->is_silent = silent;
}

bool keys_are_read(Work *work, const Execute *execute)
{
    if (execute->call->method == METHOD_WRAPPER || work->factory == FACTORY_DICT)
        return true; /* its rows are read with those of other statements; they are dicts */
    vec_each(read, &execute->reads) {
        uint32_t  module = read->module->id;
        RowUseVec uses   = row_uses_of(work->arena, work->model, model_find(work->model, ROLE_DB_ROW, module, read->use),
                                       model_find(work->model, ROLE_DB_ROWS, module, read->use));
        vec_each(use, &uses)
            if (row_use_is_by_name(use->kind) || use->kind == ROW_ESCAPES)
                return true;
    }
    return false;
}

/* Inserts `.mappings()` where the result is read. */
static void ask_for_mappings(Work *work, const Read *read)
{
    const Tree *tree = work->tree;

    if (read->by_cursor)
        return; /* done with the renaming of the variable */
    uint32_t at   = tree_node(tree, read->holder)->hi, dot = at;
    Str      text = work->module->source.text;
    while (dot < text.len && strchr(" \t\r\n", text.ptr[dot]))
        dot++;
    if (dot > at && dot < text.len && text.ptr[dot] == '.') { /* a chain with a line for each link */
        Str between = str_slice(text, at, dot);
        work_insert(work, work->module, dot, str_format(work->arena, ".mappings()" STR_FORMAT, STR_ARG(between)));
        return;
    }
    work_insert(work, work->module, at, STR(".mappings()"));
}

/* Whether a call of SQL may change something. */
static bool may_write(Work *work, const Callsite *site)
{
    Statement statement;

    return method_is_sql(site->method) && (!call_statement(work, site, &statement) || statement.is_write);
}

/*
 * A call below `body` that writes, in this function or in one of the project that
 * is called there; the node of the call there, or 0.
 */
static NodeId writing_call(Work *work, const Module *module, NodeId body, PlaceVec *seen)
{
    enum { SEEN_MAX = 256 };
    const Tree *tree = &module->tree;

    vec_each(site, work->in->units->calls)
        if (site->module == module && tree_is_inside(tree, site->call, body) && may_write(work, site))
            return site->call;
    for (NodeId id = body; id < tree_node(tree, body)->end; id++) {
        if (tree_kind(tree, id) != PY_CALL)
            continue;
        Place callee = model_callee(work->model, module, id);
        bool  known  = !callee.node || seen->count >= SEEN_MAX;
        vec_each(other, seen)
            known |= other->module == callee.module && other->node == callee.node;
        if (known)
            continue;
        vec_push(work->arena, seen, callee);
        if (writing_call(work, model_module(work->model, callee.module), callee.node, seen))
            return id;
    }
    return 0;
}

/* The body of the loop that reads a result row by row; 0 if none does. */
static NodeId reading_loop(const Work *work, const Read *read)
{
    const Tree *tree = work->tree;

    if (read->what.len == 0) {
        NodeId loop = tree_parent(tree, read->use);
        return tree_kind(tree, loop) == PY_FOR ? tree_field(tree, loop, F_BODY) : 0;
    }
    if (str_is(read->what, "fetchall"))
        return 0;
    for (NodeId up = tree_parent(tree, read->use); up && tree_kind(tree, up) != PY_FUNCTION; up = tree_parent(tree, up))
        if ((tree_kind(tree, up) == PY_WHILE || tree_kind(tree, up) == PY_FOR)
            && !tree_is_inside(tree, read->of->call->call, up))
            return tree_field(tree, up, F_BODY);
    return 0;
}

/* A loop that reads row by row and writes, or hands rows out, meanwhile (PY-09, PY-10b). */
static void judge_iteration(Work *work, const Read *read)
{
    const Tree *tree = work->tree;
    NodeId      body = reading_loop(work, read);
    PlaceVec    seen = { 0 };

    if (!body)
        return;
    NodeId writing = writing_call(work, work->module, body, &seen);
    if (writing)
        work_reason(work, VERDICT_UNSAFE, "PY-09", work->module, writing,
                    "rows are written while others are read: SQLite may show the new ones to the loop, "
                    "Postgres does not; fetchall() first");
    for (NodeId id = body; id < tree_node(tree, body)->end; id++)
        if (tree_kind(tree, id) == PY_YIELD)
            work_reason(work, VERDICT_UNSAFE, "PY-10b", work->module, id,
                        "rows are handed out one by one: SQLite needs the connection open until the last is taken");
}

/* Whether an expression may be followed by `if … else …` as it stands. */
static bool stands_free(const Tree *tree, NodeId id)
{
    Kind kind = tree_kind(tree, tree_parent(tree, id));

    return (kind == PY_ASSIGNMENT && tree_node(tree, id)->field == F_RIGHT) || kind == PY_RETURN || kind == PY_ARGUMENT_LIST;
}

/*
 * sqlite3 gives no rows where a statement has none, SQLAlchemy an error (PY-08): a wrapper asks first, unless
 * all that goes through it are queries.
 */
static void guard_read(Work *work, const Read *read)
{
    Rowfulness rows   = rows_read_at(work, read);
    Str        holder = read->by_cursor ? read->of->result_name : tree_text(work->tree, read->holder);
    const PyNode *use = tree_node(work->tree, read->use);
    bool       free   = stands_free(work->tree, read->use);

    if (rows == ALL_GIVE_ROWS)
        return;
    if (tree_kind(work->tree, read->holder) != PY_IDENTIFIER) {
        work_reason(work, rows == SOME_UNKNOWN ? VERDICT_UNSAFE : VERDICT_MANUAL, "PY-08", work->module, read->use,
                    "a statement that gives no rows fails here; keep the result in a variable, and ask its returns_rows");
        return;
    }
    if (!free)
        work_insert_before(work, work->module, use->lo, STR("("));
    work_insert(work, work->module, use->hi,
                str_format(work->arena, " if " STR_FORMAT ".returns_rows else %s%s", STR_ARG(holder),
                           str_is(read->what, "fetchone") ? "None" : "[]", free ? "" : ")"));
}

static bool has_builtins(Work *work)
{
    static const char *const names[] = { "dict", "list", "map", "next" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (scopes_name_taken(&work->module->scopes, str_of(names[i])))
            return false;
    return true;
}

/* A read whose rows a factory made dicts of: now they are made where they are read (PY-26). */
static void read_dicts(Work *work, const Read *read)
{
    const PyNode *holder = tree_node(work->tree, read->holder), *use = tree_node(work->tree, read->use);
    bool          all = str_is(read->what, "fetchall"), one = str_is(read->what, "fetchone"), none = read->what.len == 0;

    if (!has_builtins(work)) {
        work_reason(work, VERDICT_MANUAL, "PY-26", work->module, read->use,
                    "the rows are dicts, and a name of the file hides dict(), list(), map() or next(); make them by hand");
        return;
    }
    if (read->by_cursor)
        work_edit(work, work->module, holder->lo, holder->hi, read->of->result_name);
    work_insert_before(work, work->module, holder->lo, none ? STR("map(dict, ") : one ? STR("next(map(dict, ") : STR("list(map(dict, "));
    if (none) {
        work_insert(work, work->module, holder->hi, STR(".mappings())"));
    } else if (all || one) {
        work_edit(work, work->module, holder->hi, use->hi, all ? STR(".mappings()))") : STR(".mappings()), None)"));
    } else {
        work_insert(work, work->module, holder->hi, STR(".mappings()"));
        work_insert_before(work, work->module, use->hi, STR("))"));
    }
}

/* Rows that are dicts stay dicts: what matters are their keys and the types of their values. */
static void port_dicts(Work *work, Execute *execute, const Read *read, const RowUseVec *uses)
{
    bool unnamed = false;

    vec_each(use, uses) {
        bool named = use->kind == ROW_BY_NAME;
        unnamed |= !named && use->kind != ROW_TESTED;
        if (named && execute->translated && result_of_key(execute, use->key))
            use_typed(work, execute, use);
    }
    if (unnamed && execute->translated)
        check_types_unnamed(work, execute, execute->call->call);
    vec_each(result, &execute->sql.results)
        if (execute->translated && !result->is_star && !str_eq(result->key, result->pg_key))
            work_reason(work, VERDICT_UNSAFE, "PY-21", work->module, read->use,
                        "the dict gets the key `" STR_FORMAT "`, which Postgres spells otherwise; alias the column",
                        STR_ARG(result->key));
    read_dicts(work, read);
    if (execute->call->is_passed_on)
        guard_read(work, read);
}

void port_rows(Work *work, Execute *execute, const Read *read)
{
    bool      passed = execute->call->is_passed_on;
    uint32_t  module = work->module->id;
    ValueId   row    = model_find(work->model, ROLE_DB_ROW, module, read->use);
    ValueId   rows   = model_find(work->model, ROLE_DB_ROWS, module, read->use);
    RowUseVec uses   = row_uses_of(work->arena, work->model, row, rows);
    NodeId    loop   = tree_parent(work->tree, read->use);

    if (!passed && !is_select(execute)) {
        work_reason(work, VERDICT_MANUAL, "PY-08", work->module, read->use,
                    "a statement that gives no rows is fetched from; drop the fetch");
        return;
    }
    if (read->what.len == 0 && (tree_kind(work->tree, loop) == PY_FOR || tree_kind(work->tree, loop) == PY_FOR_IN)) {
        NodeId target = tree_field(work->tree, loop, F_LEFT);
        if (target && tree_kind(work->tree, target) != PY_IDENTIFIER)
            vec_push(work->arena, &uses,
                     (RowUse) { .kind = ROW_UNPACKED, .module = work->module, .row = target, .node = loop });
    }
    if (work->factory == FACTORY_UNKNOWN || work->factory == FACTORY_MIXED) {
        bool named = false, positional = false;
        vec_each(use, &uses) {
            named |= row_use_is_by_name(use->kind);
            positional |= row_use_is_by_value(use->kind);
        }
        if (!only_tested(&uses) && !(positional && !named)) {
            /* An annotated connection says nothing of its rows: their use does. */
            if (named && !positional && work->factory == FACTORY_UNKNOWN && !work->factory_at.node)
                work_reason(work, VERDICT_UNSAFE, "PY-20", work->module, read->use,
                            "the rows are read by name, but where row_factory is set is not seen");
            else
                work_reason(work, VERDICT_MANUAL, "PY-26", work->module, read->use,
                            "which form rows have is not certain (row_factory); decide between rows, mappings and dicts");
        }
    }
    work->is_silent = read->is_again;
    judge_iteration(work, read);
    if (work->factory == FACTORY_DICT) {
        if (read->may_be_other && read->what.len == 0)
            work_reason(work, VERDICT_MANUAL, "PY-02", work->module, read->use,
                        "what is read here may be no result at all; give the result a name of its own");
        port_dicts(work, execute, read, &uses);
        work->is_silent = false;
        return;
    }
    RowForm form = form_for(work, &uses);
    if (work->factory == FACTORY_TUPLE && form != FORM_ROW) {
        bool named = false;
        vec_each(use, &uses)
            named |= use->kind == ROW_BY_NAME;
        if (named)
            work_reason(work, VERDICT_MANUAL, "PY-20", work->module, read->use,
                        "the rows are tuples here, yet read by name; set row_factory or read by position");
        form = FORM_ROW;
    }
    if (only_tested(&uses))
        form = FORM_ROW;
    if (form == FORM_MAPPINGS && read->may_be_other && read->what.len == 0)
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, read->use,
                    "what is read by name here may be no result at all; give the result a name of its own");
    if (form == FORM_MAPPINGS)
        ask_for_mappings(work, read);
    vec_each(use, &uses)
        judge_use(work, execute, use, form);
    if (read->by_cursor)
        work_edit(work, work->module, tree_node(work->tree, read->holder)->lo, tree_node(work->tree, read->holder)->hi,
                  form == FORM_MAPPINGS ? str_format(work->arena, STR_FORMAT ".mappings()", STR_ARG(execute->result_name))
                                        : execute->result_name);
    if (passed)
        guard_read(work, read);
    work->is_silent = false;
}
