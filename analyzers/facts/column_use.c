#include "analyzers/facts/column_use_pieces.h"

#include <stdlib.h>

#include "analyzers/facts/unit.h" /* IndexVec */
#include "analyzers/facts/variants.h"
#include "analyzers/intake/test_file.h"

enum { TEXT_LIMIT = 1 << 20 }; /* longer ones are dumps */

/* -- what is found --------------------------------------------------------------------------- */

void column_uses_add(ColumnUses *uses, const Resolved *column, SignalSet set, SchemaPlace place, Str detail)
{
    if (column->status != RESOLVED_COLUMN || !column->column)
        return;
    for (SignalKind kind = 0; kind < SIGNAL_COUNT; kind++)
        if (set & (SignalSet)1 << kind)
            vec_push(uses->arena, &uses->found, ((FoundUse) { column->table, column->column, kind, place, detail }));
}

SchemaPlace place_in_module(const Module *module, NodeId node)
{
    const PyNode *at = tree_node(&module->tree, node);

    return (SchemaPlace) { .path = module->source.path, .line = source_position(&module->source, at->lo).line,
                           .lo = at->lo, .hi = at->hi };
}

Str called_name(const Model *model, const Module *module, NodeId call)
{
    NodeId      function = tree_field(&module->tree, call, F_FUNCTION);
    const Held *held     = function ? model_has(model, module, function, ROLE_EXTERNAL) : NULL;

    return held ? model_value(model, held->value)->name : (Str) { 0 };
}

static int by_place(const void *a, const void *b)
{
    const FoundUse *left = a, *right = b;
    int             order = str_compare(left->place.path, right->place.path);

    if (order)
        return order;
    if (left->place.lo != right->place.lo)
        return left->place.lo < right->place.lo ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    order = str_compare(left->table->name, right->table->name);
    return order ? order : str_compare(left->column->name, right->column->name);
}

static bool same_use(const FoundUse *a, const FoundUse *b)
{
    return a->column == b->column && a->kind == b->kind && a->place.lo == b->place.lo
        && str_eq(a->place.path, b->place.path);
}

/* A text that several calls execute is one place, and counts once. */
static void give(ColumnUses *uses, Arena *arena, Catalog *catalog)
{
    enum { DETAIL = 60 };
    FoundUseVec *found = &uses->found;

    if (found->count)
        qsort(found->items, found->count, sizeof *found->items, by_place);
    for (size_t i = 0; i < found->count; i++) {
        const FoundUse *use = &found->items[i];
        if (i && same_use(use, use - 1))
            continue;
        Signal signal     = { .kind = use->kind, .place = use->place, .count = 1 };
        Str    detail     = use->detail;
        signal.place.path = str_copy(arena, use->place.path);
        signal.place.text = (Str) { 0 };
        if (detail.len && detail.len <= DETAIL)
            signal.detail = str_copy(arena, detail);
        catalog_signal(arena, catalog, use->table, use->column, signal);
    }
}

/* -- forms of texts -------------------------------------------------------------------------- */

static bool digits(Str text, size_t at, size_t count)
{
    for (size_t i = at; i < at + count; i++)
        if (i >= text.len || text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

static bool has_at(Str text, size_t at, const char *any)
{
    return at < text.len && strchr(any, text.ptr[at]);
}

static bool begins_with_date(Str text)
{
    return digits(text, 0, 4) && has_at(text, 4, "-") && digits(text, 5, 2) && has_at(text, 7, "-") && digits(text, 8, 2);
}

/* "T12:30", " 12:30:00.5", … "Z", … "+00:00" behind a date */
static bool ends_with_time(Str text)
{
    size_t at = 16;

    if (!has_at(text, 10, "T ") || !digits(text, 11, 2) || !has_at(text, 13, ":") || !digits(text, 14, 2))
        return false;
    if (has_at(text, at, ":")) {
        if (!digits(text, at + 1, 2))
            return false;
        at += 3;
        if (has_at(text, at, "."))
            for (at++; digits(text, at, 1);)
                at++;
    }
    if (has_at(text, at, "Z"))
        at++;
    else if (has_at(text, at, "+-") && digits(text, at + 1, 2))
        at += has_at(text, at + 3, ":") && digits(text, at + 4, 2) ? 6 : digits(text, at + 3, 2) ? 5 : 3;
    return at == text.len;
}

TextForm text_form(Str text)
{
    if (str_is(text, "0") || str_is(text, "1"))
        return TEXT_ZERO_ONE;
    if (begins_with_date(text))
        return text.len == 10 ? TEXT_DATE : ends_with_time(text) ? TEXT_TIME : TEXT_OTHER;
    text = str_trim(text);
    if (text.len >= 2 && ((text.ptr[0] == '{' && text.ptr[text.len - 1] == '}')
                          || (text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')))
        return TEXT_JSON;
    return TEXT_OTHER;
}

static bool take(Str *text, const char *piece)
{
    if (!str_starts_with(*text, str_of(piece)))
        return false;
    *text = str_slice(*text, strlen(piece), text->len);
    return true;
}

TextForm format_form(Str format)
{
    static const char *const tails[] = { ":%S", ":%f", ".%f", ",%f", "Z", "%z", "+00:00", NULL };

    if (!take(&format, "%Y-%m-%d") && !take(&format, "%F"))
        return TEXT_OTHER;
    if (!format.len)
        return TEXT_DATE;
    if (!take(&format, "T") && !take(&format, " "))
        return TEXT_OTHER;
    if (!take(&format, "%H:%M") && !take(&format, "%T") && !take(&format, "%R"))
        return TEXT_OTHER;
    for (size_t i = 0; format.len && tails[i];)
        i = take(&format, tails[i]) ? 0 : i + 1;
    return format.len ? TEXT_OTHER : TEXT_TIME;
}

/* -- statements of calls --------------------------------------------------------------------- */

/* A statement that a call may run, with its results where they are read by name. */
typedef struct Run {
    const Callsite *call;
    SqlText         text;
    StatementVec    statements;
} Run;

typedef Vec(Run) RunVec;

typedef struct Finding {
    ColumnUses         uses;
    const CallsiteVec *calls;
    RunVec             runs;
    IndexVec          *runs_of;    /* for each call: of `runs` */
    bool              *is_unknown; /* for each call: it may run what is not read */
    Map                parsed;     /* text → StatementVec */
    Map                computed;   /* lower case names of results that are no plain columns */
    IndexVec          *on_cursor;  /* for each value that is a cursor: the calls that execute on it */
} Finding;

static const StatementVec *parsed(Finding *it, Str text)
{
    StatementVec *known = map_find(&it->parsed, text);

    if (!known) {
        Sql *sql = arena_new(it->uses.arena, Sql);
        known    = arena_new(it->uses.arena, StatementVec);
        *sql     = sql_parse(it->uses.arena, text);
        *known   = statements_of(it->uses.arena, sql);
        map_set(it->uses.arena, &it->parsed, text, known);
    }
    return known;
}

static void add_run(Finding *it, const Callsite *call, SqlText text)
{
    Run run = { .call = call, .text = text, .statements = *parsed(it, text.text) };

    vec_push(it->uses.arena, &it->runs_of[call->index], (uint32_t)it->runs.count);
    vec_push(it->uses.arena, &it->runs, run);
}

static void read_call(Finding *it, const Callsite *call)
{
    Variants variants = { 0 };

    if (!call->sql.complete && call->sql_node)
        variants = sqltext_variants(it->uses.arena, it->uses.model, call->module, call->sql_node);
    vec_each(text, &variants.texts)
        if (text->text.len > 1 && text->text.len < TEXT_LIMIT)
            add_run(it, call, *text);
    if (variants.texts.count == 0 && call->sql.text.len > 1 && call->sql.text.len < TEXT_LIMIT)
        add_run(it, call, call->sql);
    it->is_unknown[call->index] = it->runs_of[call->index].count == 0 || variants.capped;
}

static void note_computed(Finding *it, const Statement *statement)
{
    vec_each(item, &statement->results)
        if (!item->column && item->key.len)
            map_set(it->uses.arena, &it->computed, str_lower(it->uses.arena, item->key), it);
}

static void note_cursor(Finding *it, const Callsite *call)
{
    if (call->receiver)
        vec_each(held, model_values(it->uses.model, call->module, call->receiver))
            if (model_value(it->uses.model, held->value)->role == ROLE_CURSOR)
                vec_push(it->uses.arena, &it->on_cursor[held->value], call->index);
}

/* -- parameters ------------------------------------------------------------------------------ */

/* The value for a bind among those that are written in a display; 0 if it is not there. */
static NodeId value_among(Arena *arena, const Tree *tree, const NodeIdVec *items, const Bind *bind)
{
    Literal key;

    if (bind->form != BIND_NAMED) {
        NodeId item = bind->number && bind->number <= items->count ? items->items[bind->number - 1] : 0;
        return item && tree_kind(tree, item) != PY_PAIR ? item : 0;
    }
    vec_each(item, items)
        if (tree_kind(tree, *item) == PY_PAIR && tree_kind(tree, tree_field(tree, *item, F_KEY)) == PY_STRING
            && literal_read(arena, tree, tree_field(tree, *item, F_KEY), &key) && str_eq(key.text, bind->name))
            return tree_field(tree, *item, F_VALUE);
    return 0;
}

static NodeIdVec items_of(Arena *arena, const Tree *tree, NodeId display)
{
    NodeIdVec out = { 0 };

    tree_each_child(item, tree, display) {
        Kind kind = tree_kind(tree, item);
        if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT)
            return (NodeIdVec) { 0 };
        if (kind != PY_COMMENT && kind != PY_TOKEN)
            vec_push(arena, &out, item);
    }
    return out;
}

static bool is_row(Kind kind)
{
    return kind == PY_TUPLE || kind == PY_LIST || kind == PY_DICTIONARY;
}

typedef Vec(NodeIdVec) RowVec;

/* The rows of values a call gives, as far as they are written: one for execute(), any number for executemany(). */
static RowVec rows_given(Arena *arena, const Callsite *call)
{
    const Tree   *tree   = &call->module->tree;
    const Params *params = &call->params;
    RowVec        out    = { 0 };

    if (call->method != METHOD_EXECUTEMANY) {
        if (params->is_exact && params->display)
            vec_push(arena, &out, params->items);
        return out;
    }
    NodeId written = params->display ? params->display : params->node ? tree_strip(tree, params->node) : 0;
    if (!written)
        return out;
    if (tree_kind(tree, written) == PY_LIST_COMPREHENSION || tree_kind(tree, written) == PY_GENERATOR) {
        NodeId body = tree_strip(tree, tree_field(tree, written, F_BODY));
        if (is_row(tree_kind(tree, body)))
            vec_push(arena, &out, items_of(arena, tree, body));
        return out;
    }
    if (is_row(tree_kind(tree, written)))
        tree_each_child(row, tree, written)
            if (is_row(tree_kind(tree, tree_strip(tree, row))))
                vec_push(arena, &out, items_of(arena, tree, tree_strip(tree, row)));
    return out;
}

static bool writes(const Bind *bind)
{
    return bind->context == BIND_INSERT || bind->context == BIND_SET;
}

static void add_given(Finding *it, const Callsite *call, const Bind *bind, const Resolved *column, NodeId value)
{
    SignalSet said = value ? column_given(it->uses.arena, it->uses.model, call->module, value) : SAYS(GIVEN_UNSEEN);

    if (!writes(bind))
        said &= ~SAYS(GIVEN_UNSEEN);
    if (said)
        column_uses_add(&it->uses, column, said, place_in_module(call->module, value ? value : call->call),
                        value ? tree_text(&call->module->tree, value) : (Str) { 0 });
}

static void read_binds(Finding *it, const Callsite *call, const Statement *statement)
{
    Arena *arena = it->uses.arena;
    RowVec rows  = statement->binds.count ? rows_given(arena, call) : (RowVec) { 0 };

    vec_each(bind, &statement->binds) {
        if (!bind->direct || bind->has_hole)
            continue;
        Resolved column = resolve_bind(arena, it->uses.catalog, statement, bind);
        if (column.status != RESOLVED_COLUMN)
            continue;
        vec_each(row, &rows)
            add_given(it, call, bind, &column, value_among(arena, &call->module->tree, row, bind));
        if (rows.count == 0)
            add_given(it, call, bind, &column, 0);
    }
}

/* -- rows ------------------------------------------------------------------------------------ */

static void add_executes(Finding *it, const Value *cursor, ValueId id, IndexVec *out)
{
    const Callsite *made = callsite_at(it->calls, model_module(it->uses.model, cursor->a), cursor->b);

    if (made && method_is_sql(made->method)) {
        vec_push(it->uses.arena, out, made->index);
        return;
    }
    vec_each(call, &it->on_cursor[id])
        vec_push(it->uses.arena, out, *call);
}

static bool add_cursors(Finding *it, const Module *module, NodeId expression, IndexVec *out)
{
    bool any = false;

    vec_each(held, expression ? model_values(it->uses.model, module, expression) : &(HeldVec) { 0 }) {
        const Value *value = model_value(it->uses.model, held->value);
        if (value->role != ROLE_CURSOR)
            continue;
        add_executes(it, value, held->value, out);
        any = true;
    }
    return any;
}

/* The calls whose rows are read by a fetch, or by iterating over something. */
static bool add_source(Finding *it, Place site, IndexVec *out)
{
    const Module   *home   = model_module(it->uses.model, site.module);
    const Callsite *fetch  = callsite_at(it->calls, home, site.node);
    NodeId          source = site.node;
    Kind            kind   = tree_kind(&home->tree, source);

    if (fetch && !method_is_sql(fetch->method))
        source = fetch->receiver;
    else if (kind == PY_FOR || kind == PY_FOR_IN)
        source = tree_field(&home->tree, source, F_RIGHT);
    return add_cursors(it, home, source, out);
}

/* The calls whose rows an expression holds, or gives one after the other; false if there may be others. */
static bool executes_behind(Finding *it, const Module *module, NodeId expression, IndexVec *out)
{
    bool any = false;

    vec_each(held, model_values(it->uses.model, module, expression)) {
        const Value *value = model_value(it->uses.model, held->value);
        if (value->role == ROLE_DB_ROW || value->role == ROLE_DB_ROWS) {
            if (!add_source(it, (Place) { value->a, value->b }, out))
                return false;
            any = true;
        } else if (value->role == ROLE_CURSOR) {
            add_executes(it, value, held->value, out);
            any = true;
        }
    }
    return any;
}

/* What a name or a place in the rows of one call is. */
typedef enum CellStatus { CELL_ABSENT, CELL_UNKNOWN, CELL_FOUND } CellStatus;

static CellStatus cell_of_statement(Finding *it, const Statement *statement, Str name, uint32_t index, Resolved *out)
{
    ResolvedResultVec results  = { 0 };
    bool              complete = resolve_results(it->uses.arena, it->uses.catalog, statement, &results);
    uint32_t          at       = 0;

    vec_each(result, &results) {
        bool same = name.len ? str_eq_nocase(result->key, name) : complete && at == index;
        at++;
        if (!same)
            continue;
        if (result->column.status != RESOLVED_COLUMN)
            return CELL_UNKNOWN;
        *out = result->column;
        return CELL_FOUND;
    }
    return complete ? CELL_ABSENT : CELL_UNKNOWN;
}

static CellStatus cell_of_call(Finding *it, uint32_t call, Str name, uint32_t index, Resolved *out)
{
    CellStatus status = CELL_ABSENT;

    if (it->is_unknown[call])
        return CELL_UNKNOWN;
    vec_each(run, &it->runs_of[call]) {
        vec_each(statement, &it->runs.items[*run].statements) {
            Resolved   found;
            CellStatus next = statement->returns_rows ? cell_of_statement(it, statement, name, index, &found) : CELL_ABSENT;
            if (next == CELL_UNKNOWN || (next == CELL_FOUND && status == CELL_FOUND && out->column != found.column))
                return CELL_UNKNOWN;
            if (next != CELL_FOUND)
                continue;
            *out   = found;
            status = CELL_FOUND;
        }
    }
    return status;
}

/* A name that one table alone has, and nothing else is called by. */
static bool only_column(Finding *it, Str name, Resolved *out)
{
    size_t count = 0;

    if (!name.len || map_find(&it->computed, str_lower(it->uses.arena, name)))
        return false;
    vec_each(table, &it->uses.catalog->tables) {
        const CatalogColumn *column = catalog_column(*table, name);
        if (!(*table)->columns_known && (*table)->kind == TABLE_PLAIN)
            return false;
        if (!column)
            continue;
        count++;
        *out = (Resolved) { .status = RESOLVED_COLUMN, .table = *table, .column = column };
    }
    return count == 1;
}

/* "#3": the fourth value of a row; UINT32_MAX for a name. */
static uint32_t index_of(Str name)
{
    if (name.len < 2 || name.len > 4 || name.ptr[0] != '#')
        return UINT32_MAX;
    uint32_t out = 0;
    for (size_t i = 1; i < name.len; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return UINT32_MAX;
        out = out * 10 + (uint32_t)(name.ptr[i] - '0');
    }
    return out;
}

/* The expression a value was taken out of: `row` in row["c"], `rows` in `for a, b in rows`. */
static NodeId taken_from(const Tree *tree, NodeId site)
{
    switch (tree_kind(tree, site)) {
    case PY_SUBSCRIPT: return tree_field(tree, site, F_VALUE);
    case PY_ASSIGNMENT:
    case PY_FOR:
    case PY_FOR_IN: return tree_field(tree, site, F_RIGHT);
    default: return site;
    }
}

/* By all the statements that a row may be of: each has the same column by this name, or none. */
static bool column_of_cell(Finding *it, const Module *module, NodeId site, Str name, Resolved *out)
{
    uint32_t index    = index_of(name);
    NodeId   row      = taken_from(&module->tree, site);
    IndexVec executes = { 0 };
    bool     is_found = false;

    if (index != UINT32_MAX)
        name = (Str) { 0 };
    else if (!name.len)
        return false;
    if (!row || !executes_behind(it, module, row, &executes) || executes.count == 0)
        return only_column(it, name, out);
    vec_each(call, &executes) {
        Resolved   found = { 0 };
        CellStatus next  = cell_of_call(it, *call, name, index, &found);
        if (next == CELL_UNKNOWN)
            return it->is_unknown[*call] && only_column(it, name, out);
        if (next == CELL_ABSENT && !name.len)
            return false;
        if (next != CELL_FOUND)
            continue;
        if (is_found && out->column != found.column)
            return false;
        is_found = true;
        *out     = found;
    }
    return is_found;
}

/* Several cells in one variable: what is done with it is said of none of them alone. */
static bool holds_one_cell(const Model *model, const Module *module, NodeId expression)
{
    size_t count = 0;

    vec_each(held, model_values(model, module, expression))
        count += model_value(model, held->value)->role == ROLE_CELL;
    return count == 1;
}

static SignalSet vetoes_of(SignalSet set)
{
    SignalSet out = 0;

    for (SignalKind kind = 0; kind < SIGNAL_COUNT; kind++)
        if (set & (SignalSet)1 << kind && signal_speaks(kind) == SIGNAL_AGAINST)
            out |= (SignalSet)1 << kind;
    return out;
}

static void read_cell(Finding *it, ValueId cell)
{
    const Model  *model  = it->uses.model;
    const Value  *value  = model_value(model, cell);
    const Module *module = model_module(model, value->a);
    Resolved      column = { 0 };

    if (is_test_file(module->source.path) || !column_of_cell(it, module, value->b, value->name, &column))
        return;
    vec_each(place, model_holders(model, cell)) {
        const Module *home = model_module(model, place->module);
        NodeId        use;
        SignalSet     said = column_read(it->uses.arena, model, home, place->node, &use);
        if (said && !holds_one_cell(model, home, place->node))
            said = vetoes_of(said);
        if (said)
            column_uses_add(&it->uses, &column, said, place_in_module(home, use), tree_text(&home->tree, use));
    }
}

/* -- all of it ------------------------------------------------------------------------------- */

static void read_calls(Finding *it)
{
    vec_each(call, it->calls) {
        if (!method_is_sql(call->method))
            continue;
        note_cursor(it, call);
        read_call(it, call);
    }
}

static void read_runs(Finding *it)
{
    vec_each(run, &it->runs) {
        const Callsite *call = run->call;
        UsedText text = { .path = call->module->source.path, .sql = &run->text, .module = call->module, .call = call->call };
        vec_each(statement, &run->statements) {
            note_computed(it, statement);
            if (is_test_file(text.path))
                continue;
            column_uses_of_statement(&it->uses, statement, &text);
            read_binds(it, call, statement);
        }
    }
}

/* `INSERT INTO {table} …`: any column may be given anything. */
static void doubt_everything(ColumnUses *uses)
{
    if (uses->writes_any.line)
        vec_each(table, &uses->catalog->tables)
            vec_each(column, &(*table)->columns) {
                Resolved found = { .status = RESOLVED_COLUMN, .table = *table, .column = column };
                column_uses_add(uses, &found, SAYS(GIVEN_UNSEEN), uses->writes_any, (Str) { 0 });
            }
}

void column_use_find(Arena *arena, const Model *model, const CallsiteVec *calls, Catalog *catalog)
{
    if (catalog->tables.count == 0 || calls->count == 0)
        return;
    Arena  *scratch = arena_open();
    Finding it      = { .uses = { .arena = scratch, .model = model, .catalog = catalog }, .calls = calls };

    it.runs_of    = arena_array(scratch, IndexVec, calls->count);
    it.is_unknown = arena_array(scratch, bool, calls->count);
    it.on_cursor  = arena_array(scratch, IndexVec, model_value_count(model) + 1);
    read_calls(&it);
    read_runs(&it);
    for (ValueId value = 1; value < model_value_count(model); value++)
        if (model_value(model, value)->role == ROLE_CELL)
            read_cell(&it, value);
    doubt_everything(&it.uses);
    give(&it.uses, arena, catalog);
    arena_close(scratch);
}

/* Each text once, however often it is asked for. */
static void read_text(ColumnUses *uses, Arena *arena, Catalog *catalog, SchemaPlace place)
{
    if (!place.text.len || place.text.len > TEXT_LIMIT || str_ends_with(place.path, STR(".py"))
        || is_test_file(place.path))
        return;
    void **seen = map_place(arena, &catalog->used,
                            str_format(arena, "%p " STR_FORMAT, (const void *)place.text.ptr, STR_ARG(place.path)));
    if (*seen)
        return;
    *seen = catalog;
    UsedText     used       = { .path = place.path, .whole = place.text };
    Sql          sql        = sql_parse(uses->arena, place.text);
    StatementVec statements = statements_of(uses->arena, &sql);
    vec_each(statement, &statements)
        column_uses_of_statement(uses, statement, &used);
}

void column_use_in_sql(Arena *arena, Catalog *catalog)
{
    Arena     *scratch = arena_open();
    ColumnUses uses    = { .arena = scratch, .catalog = catalog };

    vec_each(table, &catalog->tables) {
        read_text(&uses, arena, catalog, (*table)->place);
        vec_each(index, &(*table)->indexes)
            read_text(&uses, arena, catalog, index->place);
    }
    vec_each(trigger, &catalog->triggers)
        read_text(&uses, arena, catalog, trigger->place);
    give(&uses, arena, catalog);
    arena_close(scratch);
}
