/*
 * The SQL of one call: translated, and written back into the Python it came from.
 */
#include "rewriters/port/statement.h"

#include "analyzers/facts/variants.h"
#include "analyzers/sql/lexer.h"

static Verdict verdict_of(SqlVerdict verdict)
{
    return verdict == SQL_SAME ? VERDICT_SAFE : verdict == SQL_DIFFERS ? VERDICT_UNSAFE : VERDICT_MANUAL;
}

/*
 * What a remark alone allows for a unit. Readers of the rows are judged elsewhere. To a statement rows that are
 * alike to ORDER BY may come in any order; a program that shows them shows that.
 */
Verdict verdict_of_remark(const SqlRemark *remark)
{
    if (strcmp(remark->feature, "result-type") == 0)
        return VERDICT_SAFE;
    return strcmp(remark->feature, "order-ties") == 0 && remark->verdict == SQL_SAME ? VERDICT_UNSAFE
                                                                                     : verdict_of(remark->verdict);
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

/* Whether SQLite can be asked: the catalog is all that is known, and seldom all there is. */
static bool tables_are_known(const Catalog *catalog, const Statement *statement)
{
    vec_each(use, &statement->tables) {
        const CatalogTable *table = use->has_hole ? NULL : catalog_table(catalog, use->name);
        if (!table || table->kind != TABLE_PLAIN || !table->columns_known)
            return false;
    }
    return statement->tables.count > 0;
}

static Prover *prover_for(Work *work, const Catalog *catalog, const Translation *translation)
{
    if (!catalog || catalog != work->in->catalog || !tables_are_known(work->in->catalog, &translation->statement))
        return NULL;
    if (!*work->prover)
        *work->prover = prover_open();
    return *work->prover;
}

Translation port_translate(Work *work, const Execute *execute, Str text, Wording wording)
{
    const Params *params = &execute->call->params;
    BindNames     own    = { .values = params->items.items,
                             .count  = params->shape != PARAMS_DICT ? params->items.count : 0 };
    Str          *fallback;

    const BindNames *names = wording.names ? wording.names : &own;
    fallback               = arena_array(work->arena, Str, names->count + 1);
    for (size_t i = 0; i < names->count; i++)
        fallback[i] = names->values[i] ? name_of_value(work, names->values[i]) : (Str) { 0 };
    TranslateOptions options = { .catalog        = wording.catalog,
                                 .foreign_times  = work->in->foreign_times,
                                 .fallback_names = fallback,
                                 .fallback_count = (uint32_t)names->count,
                                 .given_names    = names->given,
                                 .given_count    = names->given ? (uint32_t)names->count : 0,
                                 .taken_names    = names->taken,
                                 .bind_clock     = wording.bind_clock,
                                 .any_limit      = wording.any_limit,
                                 .postgres_alone = wording.postgres_alone,
                                 .plain_colons   = execute->call->method == METHOD_WRAPPER, /* bound() escapes them */
                                 .keep_keys      = keys_are_read(work, execute) };
    Translation out = sql_translate(work->arena, text, &options);

    translation_prove(work->arena, prover_for(work, wording.catalog, &out), &options, &out);
    return out;
}

/* The current time is bound only where SQL has no word for it that both databases know. */
Translation statement_translate(Work *work, const Execute *execute, Str text, const BindNames *names)
{
    Wording     wording = { .catalog = work->in->catalog, .names = names };
    Translation plain   = port_translate(work, execute, text, wording);
    size_t      place   = 0;

    wording.any_limit = limit_may_be_negative(work, execute, &plain);
    vec_each(bind, &plain.binds) {
        if (bind->clock)
            continue;
        wording.any_limit |= bind->limits && place < names->count && names->values[place]
                          && value_may_be_negative(execute->call->module, names->values[place]);
        place++;
    }
    if (wording.any_limit)
        plain = port_translate(work, execute, text, wording);
    if (plain.verdict != SQL_DECIDE)
        return plain;
    wording.bind_clock  = true;
    Translation clocked = port_translate(work, execute, text, wording);
    return clocked.verdict != SQL_DECIDE ? clocked : plain;
}

Str statement_place_name(const Work *work, const SqlText *text, const SqlBind *bind)
{
    uint32_t    lo, hi;
    const Part *part;

    if (!bind->clock && sqltext_map(text, bind->lo, bind->hi, &lo, &hi, &part))
        vec_each(place, &work->places)
            if (place->home == text->home && place->lo == lo)
                return place->name;
    return (Str) { 0 };
}

void statement_note_places(Work *work, const SqlText *text, const Translation *sql)
{
    vec_each(bind, &sql->binds) {
        uint32_t    lo, hi;
        const Part *part;
        if (bind->clock || statement_place_name(work, text, bind).len || !sqltext_map(text, bind->lo, bind->hi, &lo, &hi, &part))
            continue;
        vec_push(work->arena, &work->places, (PlacedName) { text->home, lo, bind->name });
    }
}

/* Whether the names of a translation are those that other statements gave to the same text. */
static bool keeps_places(const Work *work, const SqlText *text, const Translation *sql)
{
    vec_each(bind, &sql->binds) {
        Str name = statement_place_name(work, text, bind);
        if (name.len && !str_eq(name, bind->name))
            return false;
    }
    return true;
}

static Translation translate(Work *work, const Execute *execute, const SqlText *text)
{
    const Params *params = &execute->call->params;
    BindNames     names  = { .values = params->items.items,
                             .count  = params->shape != PARAMS_DICT ? params->items.count : 0 };
    Translation   out    = statement_translate(work, execute, text->text, &names);

    if (!keeps_places(work, text, &out)) {
        Str    *given  = arena_array(work->arena, Str, out.binds.count + 1);
        NodeId *values = arena_array(work->arena, NodeId, out.binds.count + 1);
        size_t  count  = 0;
        vec_each(bind, &out.binds) {
            if (bind->clock)
                continue;
            given[count]  = statement_place_name(work, text, bind);
            values[count] = count < names.count ? names.values[count] : 0;
            count++;
        }
        names = (BindNames) { values, given, count, NULL };
        out   = statement_translate(work, execute, text->text, &names);
        if (!keeps_places(work, text, &out))
            work_reason(work, VERDICT_MANUAL, "PY-36", execute->call->module, execute->call->sql_node,
                        "statements that share this text would give its placeholders different names; name them by hand");
    }
    for (size_t i = 0; i < out.binds.count; i++)
        for (size_t j = 0; j < i; j++)
            if (out.binds.items[i].number != out.binds.items[j].number && str_eq(out.binds.items[i].name, out.binds.items[j].name))
                work_reason(work, VERDICT_MANUAL, "PY-36", execute->call->module, execute->call->sql_node,
                            "a text with placeholders stands in this statement twice; name them by hand");
    statement_note_places(work, text, &out);
    return out;
}

/* Whether the clause a place of a statement is in is one that tests. */
static bool is_tested(Arena *arena, Str text, uint32_t at)
{
    TokenVec tokens = tokens_of(arena, text);
    bool     tested = false;

    vec_each(token, &tokens) {
        if (token->lo >= at)
            break;
        switch (token->kind == TOKEN_KEYWORD ? token->keyword : KEYWORD_NONE) {
        case KEYWORD_WHERE:
        case KEYWORD_HAVING:
        case KEYWORD_ON:
            tested = true;
            break;
        case KEYWORD_SELECT:
        case KEYWORD_SET:
        case KEYWORD_VALUES:
        case KEYWORD_RETURNING:
        case KEYWORD_ORDER:
        case KEYWORD_GROUP:
            tested = false;
            break;
        default:
            break;
        }
    }
    return tested;
}

static bool has_place(const Execute *execute, const SqlRemark *remark)
{
    uint32_t    lo, hi;
    const Part *part;

    return execute->text.home && sqltext_map(&execute->text, remark->lo, remark->hi, &lo, &hi, &part);
}

/* Where a remark stands in the source: its own bytes if they map, else the whole argument. */
void statement_keep_remark(Work *work, const Execute *execute, const SqlRemark *remark)
{
    const Callsite *call = execute->call;
    StatementRemark kept = { .call    = call,
                             .code    = remark->code,
                             .feature = remark->feature,
                             .verdict = remark->verdict,
                             .changed = remark->changed,
                             .module  = execute->text.home,
                             .sql     = str_slice(execute->text.text, remark->lo, remark->hi),
                             .in_condition = strcmp(remark->feature, "datetime-now") == 0
                                          && is_tested(work->arena, execute->text.text, remark->lo),
                             .message = remark->message };
    const Part     *part;

    if (!execute->text.home || !sqltext_map(&execute->text, remark->lo, remark->hi, &kept.lo, &kept.hi, &part)) {
        kept.module = call->module;
        kept.lo     = tree_node(&call->module->tree, call->sql_node)->lo;
        kept.hi     = tree_node(&call->module->tree, call->sql_node)->hi;
    }
    vec_push(work->arena, &work->out->remarks, kept);
}

void statement_keep_remarks(Work *work, Execute *execute)
{
    vec_each(remark, &execute->sql.remarks)
        if (execute->call->sql.complete || has_place(execute, remark))
            statement_keep_remark(work, execute, remark);
        else
            vec_push(work->arena, &execute->unplaced, *remark);
}

void statement_reasons(Work *work, const Execute *execute, const Translation *sql)
{
    const Callsite *call = execute->call;

    vec_each(remark, &sql->remarks)
        if (verdict_of_remark(remark) != VERDICT_SAFE)
            work_reason(work, verdict_of_remark(remark), remark->code, call->module, call->sql_node, STR_FORMAT,
                        STR_ARG(remark->message));
}

bool port_text_edit(Work *work, const SqlText *text, const Edit *edit)
{
    uint32_t    lo, hi;
    const Part *part;
    Str         spelled;

    if (!sqltext_map(text, edit->lo, edit->hi, &lo, &hi, &part) || !part_spell(work->arena, part, edit->text, &spelled))
        return false;
    work_edit(work, text->home, lo, hi, spelled);
    return true;
}

void statement_refuse_mapping(Work *work, const Execute *execute)
{
    work_reason(work, VERDICT_MANUAL, "TX-10", execute->call->module, execute->call->sql_node,
                "the statement is put together in a way that a change of it cannot be traced to one place; "
                "write it as one literal");
}

void statement_write_lists(Work *work, const Execute *execute)
{
    vec_each(list, &execute->lists) {
        Str text  = work->module->source.text;
        Str blank = list->lo && text.ptr[list->lo - 1] != ' ' && text.ptr[list->lo - 1] != '\n' ? STR(" ") : STR("");
        work_edit(work, execute->text.home, list->lo, list->hi,
                  str_format(work->arena, STR_FORMAT ":" STR_FORMAT, STR_ARG(blank), STR_ARG(list->name)));
        if (list->drop_hi > list->drop_lo)
            work_edit(work, execute->text.home, list->drop_lo, list->drop_hi, (Str) { 0 });
    }
}

static void write_back(Work *work, const Execute *execute)
{
    vec_each(edit, &execute->sql.edits)
        if (!port_text_edit(work, &execute->text, edit)) {
            statement_refuse_mapping(work, execute);
            return;
        }
    statement_write_lists(work, execute);
}

/* Whether another text the statement may have asks for the very same edits of the source. */
static bool same_edits(const SqlText *a, const Translation *x, const SqlText *b, const Translation *y)
{
    if (x->edits.count != y->edits.count)
        return false;
    for (size_t i = 0; i < x->edits.count; i++) {
        uint32_t    a_lo, a_hi, b_lo, b_hi;
        const Part *part;
        if (!sqltext_map(a, x->edits.items[i].lo, x->edits.items[i].hi, &a_lo, &a_hi, &part)
            || !sqltext_map(b, y->edits.items[i].lo, y->edits.items[i].hi, &b_lo, &b_hi, &part) || a_lo != b_lo
            || a_hi != b_hi || !str_eq(x->edits.items[i].text, y->edits.items[i].text))
            return false;
    }
    return true;
}

/* Every text that the statement may have is translated; they must agree on what changes. */
static void translate_all(Work *work, Execute *execute)
{
    Filled filled;

    holes_fill(work->arena, execute->call, &filled);
    execute->text       = filled.texts.items[0];
    execute->lists      = filled.lists;
    execute->sql        = translate(work, execute, &execute->text);
    execute->translated = true;
    if (filled.texts.count == 1) {
        port_definition(work, execute);
        port_schema_query(work, execute);
        port_alone(work, execute);
    }
    statement_keep_remarks(work, execute);
    statement_reasons(work, execute, &execute->sql);
    for (size_t i = 1; i < filled.texts.count; i++) {
        Translation other = translate(work, execute, &filled.texts.items[i]);
        statement_reasons(work, execute, &other);
        if (!same_edits(&execute->text, &execute->sql, &filled.texts.items[i], &other))
            work_reason(work, VERDICT_MANUAL, "TX-10", execute->call->module, execute->call->sql_node,
                        "what Python puts into the statement decides what must change in it; write it as two statements");
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
                    "the SQL is assembled from parts that cannot be traced to one file; bring it into one");
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

/* What can be said of a text by itself; of one that is put into a statement, what was said there without a place. */
static void remark_text(Work *work, const Callsite *call, const SqlText *text, SqlRemarkVec *unplaced)
{
    TranslateOptions options = { .catalog = work->in->catalog };
    Execute          execute = { .call = call, .text = *text };
    Translation      sql     = sql_translate(work->arena, text->text, &options);

    vec_each(remark, &sql.remarks) {
        bool is_wanted = unplaced == NULL;
        for (size_t i = 0; unplaced && i < unplaced->count && has_place(&execute, remark); i++)
            if (unplaced->items[i].feature && strcmp(unplaced->items[i].feature, remark->feature) == 0) {
                is_wanted                  = true;
                unplaced->items[i].feature = NULL;
            }
        if (is_wanted)
            statement_keep_remark(work, &execute, remark);
    }
}

static Execute *translated_execute(Work *work, const Callsite *call)
{
    for (size_t i = 0; i < work->executes.count; i++)
        if (work->executes.items[i]->call == call && work->executes.items[i]->translated)
            return work->executes.items[i];
    return NULL;
}

void port_remarks(Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *call = &work->in->units->calls->items[*index];
        Execute        *done = translated_execute(work, call);
        if (!method_is_sql(call->method) || call->is_ported || !call->sql_node || call->method == METHOD_EXECUTESCRIPT
            || (done && !done->unplaced.count))
            continue;
        SqlRemarkVec *unplaced = done ? &done->unplaced : NULL;
        Variants      variants = sqltext_variants(work->arena, work->model, call->module, call->sql_node);
        vec_each(text, &variants.texts)
            remark_text(work, call, text, unplaced);
        if (!variants.texts.count && call->sql.text.len > 1 && !done)
            remark_text(work, call, &call->sql, NULL);
        for (size_t i = 0; done && i < unplaced->count; i++)
            if (unplaced->items[i].feature)
                statement_keep_remark(work, done, &unplaced->items[i]);
    }
}

/* Whether more is known of the statement than that there is one. */
static bool says_something(const Growth *growth)
{
    vec_each(shape, &growth->shapes)
        if (shape->text.text.len > 1)
            return true;
    return false;
}

void port_statement_sql(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    execute->growth = work->in->units->growths[call->index];
    if (execute->growth && execute->growth->certain && says_something(execute->growth)) {
        port_grown_sql(work, execute);
        return;
    }
    execute->growth = NULL;
    if (!text_is_known(work, call))
        return;
    translate_all(work, execute);
    if (work->out->verdict == VERDICT_MANUAL)
        return;
    write_back(work, execute);
    check_constant(work, call);
    bool holes = false;
    vec_each(piece, &execute->text.pieces)
        holes |= piece->kind == PIECE_HOLE && execute->text.text.ptr[piece->lo] == HOLE_BYTE;
    if (holes)
        work_reason(work, VERDICT_UNSAFE, "TX-10", call->module, call->sql_node,
                    "a part of the statement is known only when it runs; a `:` in it would become a bind");
}
