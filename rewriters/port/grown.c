/*
 * The SQL of a text that grows along branches (TX-09): every shape it may have is translated.
 *
 * The names of the binds follow the values: a value keeps its name in all shapes, and two that can meet have
 * two names. The shapes must agree on what changes in the literals they share; then each literal is changed
 * once, whatever path is taken.
 */
#include "rewriters/port/binds.h"
#include "rewriters/port/statement.h"

#include <stdlib.h>

static NamedValue *named_value(Work *work, NodeId node)
{
    vec_each(named, &work->named)
        if (named->node == node)
            return named;
    return NULL;
}

static bool has_value(const GrownShape *shape, NodeId node)
{
    vec_each(item, &shape->values)
        if (item->node == node && !item->is_spread)
            return true;
    return false;
}

/* Whether two places are in branches of one `if` that exclude each other. */
static bool are_alternatives(const Tree *tree, NodeId a, NodeId b)
{
    for (NodeId at = a, up = tree_parent(tree, a); up; at = up, up = tree_parent(tree, up)) {
        if (!tree_is_inside(tree, b, up))
            continue;
        if (tree_kind(tree, up) == PY_IF) {
            NodeId other = b;
            while (tree_parent(tree, other) != up)
                other = tree_parent(tree, other);
            return at != other && tree_node(tree, at)->field != F_CONDITION && tree_node(tree, other)->field != F_CONDITION;
        }
        return false;
    }
    return false;
}

/* `params = [a, b]`: whether a value is in a list that begins anew. */
static bool begins_list(const Tree *tree, NodeId value)
{
    NodeId display = tree_parent(tree, value), assignment = tree_parent(tree, display);

    return (tree_kind(tree, display) == PY_LIST || tree_kind(tree, display) == PY_TUPLE)
        && tree_kind(tree, assignment) == PY_ASSIGNMENT && tree_field(tree, assignment, F_RIGHT) == display;
}

/* Two values that no shape has together may still meet where a condition was taken for one that cannot change. */
static bool may_meet(const Execute *execute, NodeId a, NodeId b)
{
    const Tree *tree = &execute->call->module->tree;

    vec_each(shape, &execute->growth->shapes)
        if (has_value(shape, a) && has_value(shape, b))
            return true;
    return !are_alternatives(tree, a, b) && !(begins_list(tree, a) && begins_list(tree, b));
}

/* The names of values that can be given along with one of this shape that has no name yet. */
static StrVec names_beside(Work *work, const Execute *execute, const GrownShape *shape)
{
    StrVec out = { 0 };

    vec_each(other, &execute->shapes)
        vec_each(list, &other->lists)
            if (list->numbered.len)
                vec_push(work->arena, &out, list->numbered);

    vec_each(named, &work->named) {
        bool meets = false;
        if (named->of != execute->call->function)
            continue;
        vec_each(item, &shape->values) {
            if (!named_value(work, item->node))
                meets |= may_meet(execute, item->node, named->node);
        }
        if (meets)
            vec_push(work->arena, &out, named->name);
    }
    return out;
}

static bool same_lists(const InListVec *a, const InListVec *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq(a->items[i].name, b->items[i].name) || a->items[i].collection != b->items[i].collection)
            return false;
    return true;
}

/* An expanding bind must be in every text of a statement, once for each collection, and text() be called there. */
static bool wants_numbers(Work *work, const Callsite *call, const Growth *growth)
{
    InListVec first = { 0 };

    for (size_t i = 0; i < growth->shapes.count; i++) {
        SqlText   plain = growth->shapes.items[i].text, run = plain;
        InListVec lists = { 0 }, runs = { 0 };
        if (plain.home != call->module || plain.complete)
            runs = lists;
        else {
            holes_fill_lists(work->arena, call->module, &plain, false, &lists);
            holes_fill_lists(work->arena, call->module, &run, true, &runs);
        }
        if (i == 0)
            first = lists;
        if (runs.count != lists.count || !same_lists(&first, &lists) || (runs.count && call->method == METHOD_WRAPPER))
            return true;
        for (size_t a = 0; a < runs.count; a++)
            for (size_t b = 0; b < a; b++)
                if (str_eq(runs.items[a].numbered, runs.items[b].numbered))
                    return true;
    }
    return false;
}

/* One answer for all statements of the unit, for they may share what they are made of. */
static void ask_lists(Work *work)
{
    if (work->asked_lists)
        return;
    work->asked_lists = true;
    vec_each(index, &work->unit->calls) {
        const Growth *growth = work->in->units->growths[*index];
        if (growth && growth->certain)
            work->numbers_lists |= wants_numbers(work, &work->in->units->calls->items[*index], growth);
    }
}

static TextShape translate_once(Work *work, Execute *execute, const GrownShape *grown, const BindNames *names)
{
    TextShape out = { .text = grown->text, .grown = grown };

    if (out.text.home == execute->call->module)
        holes_fill_lists(work->arena, execute->call->module, &out.text, work->numbers_lists, &out.lists);
    out.sql        = statement_translate(work, execute, out.text.text, names);
    execute->text  = out.text;
    execute->lists = out.lists;
    execute->sql   = out.sql;
    return out;
}

/* Whether the k-th placeholder takes a value of its own, by position. */
static bool takes(const Execute *execute, const GrownShape *shape, size_t k)
{
    const SqlBind *bind = bind_at(execute, k);
    return !shape->values.items[k].is_spread && !list_of(execute, bind);
}

/* The loop whose turns add a value; 0 if it is added once. */
static NodeId loop_of_value(const Execute *execute, NodeId node)
{
    vec_each(loop, &execute->growth->loops)
        if (tree_is_inside(&execute->call->module->tree, node, *loop))
            return *loop;
    return 0;
}

/* The name of the k-th value of a shape: that of the turn, if a loop adds it. */
static Str name_in_shape(Work *work, const GrownShape *shape, size_t k, const NamedValue *known)
{
    unsigned turn = 0;

    if (!known->loop)
        return known->name;
    for (size_t i = 0; i < k; i++)
        turn += shape->values.items[i].node == known->node;
    return str_format(work->arena, STR_FORMAT "_%u", STR_ARG(known->name), turn);
}

/* Two values of a shape must not have one name. */
static bool names_differ(Work *work, const GrownShape *shape, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const NamedValue *a = named_value(work, shape->values.items[i].node), *b = named_value(work, shape->values.items[j].node);
            if (a && b && a != b && str_eq(name_in_shape(work, shape, i, a), name_in_shape(work, shape, j, b)))
                return false;
        }
    return true;
}

/* Translates with the names that values have; values without get one. False if that does not come to an end. */
static bool translate_shape(Work *work, Execute *execute, const GrownShape *grown)
{
    size_t    count  = execute->growth->knows_values ? grown->values.count : 0;
    NodeId   *values = arena_array(work->arena, NodeId, count + 1);
    Str      *given  = arena_array(work->arena, Str, count + 1);
    StrVec    taken  = names_beside(work, execute, grown);
    BindNames names  = { values, given, count, &taken };

    for (size_t i = 0; i < count; i++)
        if (!grown->values.items[i].is_spread)
            values[i] = grown->values.items[i].node;
    for (int round = 0; round < 3; round++) {
        bool settled = true;
        for (size_t i = 0; i < count; i++) {
            const NamedValue *known = values[i] ? named_value(work, values[i]) : NULL;
            given[i]                = known ? name_in_shape(work, grown, i, known) : (Str) { 0 };
        }
        TextShape shape = translate_once(work, execute, grown, &names);
        bool  pairs = count && !has_named(execute) && !is_numbered(execute) && bind_count(execute) == count;
        for (size_t i = 0; pairs && i < count; i++) {
            if (!takes(execute, grown, i))
                continue;
            const SqlBind *bind  = bind_at(execute, i);
            NamedValue    *known = named_value(work, values[i]);
            NodeId         loop  = known ? 0 : loop_of_value(execute, values[i]);
            if (!known) {
                Str placed = loop ? (Str) { 0 } : statement_place_name(work, &shape.text, bind);
                settled &= !loop && (!placed.len || str_eq(placed, bind->name));
                vec_push(work->arena, &work->named, 
                         (NamedValue) { .node = values[i], .of = execute->call->function, .loop = loop,
                                        .name = placed.len ? placed : bind->name, .bind = *bind });
            }
            else if (known->bind.type != bind->type)
                work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, values[i],
                            "which column this value meets depends on the path taken, and their types differ; "
                            "give each statement its own");
            if (known)
                settled &= str_eq(name_in_shape(work, grown, i, known), bind->name);
        }
        if (settled) {
            vec_push(work->arena, &execute->shapes, shape);
            if (!execute->growth->loops.count)
                statement_note_places(work, &shape.text, &shape.sql);
            return names_differ(work, grown, count);
        }
    }
    return false;
}

/* -- what changes ---------------------------------------------------------------------------- */

static bool is_same_edit(const SourceEdit *a, const SourceEdit *b)
{
    return a->home == b->home && a->lo == b->lo && a->hi == b->hi && a->loop == b->loop && str_eq(a->text, b->text);
}

/* `:title_1` of a loop's second turn is `:title_{i}` in Python. */
static Str numbered_by_turn(Work *work, const TextShape *shape, const Edit *edit, NodeId *loop)
{
    size_t k = 0;

    vec_each(bind, &shape->sql.binds) {
        const GrownItem  *item  = k < shape->grown->values.count ? &shape->grown->values.items[k++] : NULL;
        const NamedValue *known = item && !item->is_spread ? named_value(work, item->node) : NULL;
        if (!known || !known->loop || bind->lo < edit->lo || edit->hi < bind->hi)
            continue;
        Str    full = str_format(work->arena, ":" STR_FORMAT, STR_ARG(bind->name));
        size_t at   = str_find(edit->text, full);
        if (at == STR_NOT_FOUND)
            continue;
        *loop = known->loop;
        return str_format(work->arena, STR_FORMAT ":" STR_FORMAT "_{i}" STR_FORMAT, STR_ARG(str_slice(edit->text, 0, at)),
                          STR_ARG(known->name), STR_ARG(str_slice(edit->text, at + full.len, edit->text.len)));
    }
    return edit->text;
}

/* The change of Python's text that a change of the statement is. */
static bool source_edit(Work *work, const TextShape *shape, const Edit *edit, SourceEdit *out)
{
    *out      = (SourceEdit) { .home = shape->text.home };
    out->text = numbered_by_turn(work, shape, edit, &out->loop);
    return sqltext_map(&shape->text, edit->lo, edit->hi, &out->lo, &out->hi, &out->part)
        && (!out->loop || tree_is_inside(&out->home->tree, out->part->node, out->loop));
}

/* `" OR title = :title_{i}"` in a literal that becomes an f-string; false if it cannot. */
static bool spell_numbered(Work *work, const SourceEdit *edit, Str *out)
{
    const PyNode *node    = tree_node(&edit->home->tree, edit->part->node);
    Str           content = str_slice(edit->home->source.text, edit->part->content_lo, edit->part->content_hi);
    size_t        at      = str_find(edit->text, STR("_{i}"));
    char          first   = edit->home->source.text.ptr[node->lo];

    if (at == STR_NOT_FOUND || first == 'u' || first == 'U' || str_contains(edit->text, STR("\\"))
        || str_contains(edit->text, STR("\"")) || str_contains(edit->text, STR("'")))
        return false;
    if (!edit->part->is_format) {
        if (str_contains(content, STR("{")) || str_contains(content, STR("}")))
            return false;
        bool is_done = false;
        vec_each(other, &work->sql_edits)
            is_done |= other->is_written && other->loop && other != edit && other->part->node == edit->part->node;
        if (!is_done)
            work_insert(work, edit->home, node->lo, STR("f"));
    }
    *out = str_format(work->arena, STR_FORMAT "_{" STR_FORMAT "}" STR_FORMAT, STR_ARG(str_slice(edit->text, 0, at)),
                      STR_ARG(loop_index(work, edit->home, edit->loop)),
                      STR_ARG(str_slice(edit->text, at + strlen("_{i}"), edit->text.len)));
    return true;
}

/* Whether a shape makes this change at one of its places in the text. */
static bool makes_at(Work *work, const TextShape *shape, const SourceEdit *edit, const Piece *piece)
{
    vec_each(own, &shape->sql.edits) {
        SourceEdit mapped;
        if (own->lo <= piece->hi && piece->lo <= own->hi && source_edit(work, shape, own, &mapped) && is_same_edit(&mapped, edit))
            return true;
    }
    return false;
}

/* Whether a shape makes a change wherever it holds the bytes that are changed. */
static bool agrees(Work *work, const TextShape *shape, const SourceEdit *edit)
{
    if (shape->text.home != edit->home)
        return true;
    vec_each(piece, &shape->text.pieces) {
        bool holds = piece->kind != PIECE_HOLE
                  && (edit->lo == edit->hi ? piece->src_lo < edit->lo && edit->lo <= piece->src_hi
                                           : piece->src_lo < edit->hi && edit->lo < piece->src_hi);
        if (holds && !makes_at(work, shape, edit, piece))
            return false;
    }
    return true;
}

static void refuse_disagreement(Work *work, const Execute *execute)
{
    work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, execute->call->sql_node,
                "which path is taken decides what must change in the statement; write it as two statements");
}

/* Notes what the shapes change; false if they contradict each other, or those of another statement. */
static bool gather_edits(Work *work, const Execute *execute)
{
    vec_each(shape, &execute->shapes)
        vec_each(edit, &shape->sql.edits) {
            SourceEdit mapped;
            bool       known = false;
            if (!source_edit(work, shape, edit, &mapped)) {
                statement_refuse_mapping(work, execute);
                return false;
            }
            vec_each(other, &work->sql_edits)
                known |= is_same_edit(other, &mapped);
            if (!known)
                vec_push(work->arena, &work->sql_edits, mapped);
        }
    for (size_t i = 0; i < work->executes.count; i++)
        vec_each(shape, &work->executes.items[i]->shapes)
            vec_each(edit, &work->sql_edits)
                if (!agrees(work, shape, edit)) {
                    refuse_disagreement(work, execute);
                    return false;
                }
    return true;
}

static void write_edits(Work *work, const Execute *execute)
{
    const Callsite *call     = execute->call;
    NodeId          function = call->function;

    vec_each(edit, &work->sql_edits) {
        Str spelled;
        if (edit->is_written)
            continue;
        edit->is_written = true;
        if (edit->loop ? !spell_numbered(work, edit, &spelled) : !part_spell(work->arena, edit->part, edit->text, &spelled)) {
            statement_refuse_mapping(work, execute);
            return;
        }
        work_edit(work, edit->home, edit->lo, edit->hi, spelled);
        if (function && edit->home == call->module
            && (edit->lo < tree_node(work->tree, function)->lo || tree_node(work->tree, function)->hi < edit->hi))
            work_reason(work, VERDICT_UNSAFE, "PY-36", call->module, call->sql_node,
                        "a part of the statement is written outside of the function, and changes for all who read it");
    }
}

/* Whether a place is an argument of a statement of this unit: it is ported with the rest. */
static bool is_argument(const Work *work, const Module *module, NodeId id)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->module == module
            && ((site->sql_node && tree_is_inside(&module->tree, id, site->sql_node))
                || (site->params.node && tree_is_inside(&module->tree, id, site->params.node))))
            return true;
    }
    return false;
}

/* -- runs of placeholders ------------------------------------------------------------------------ */

/* Whether a name is read where the text of a statement of this unit is put together. */
static bool goes_into_text(const Work *work, const Module *module, NodeId id)
{
    NodeId statement = tree_statement(&module->tree, id);

    if (is_argument(work, module, id))
        return true;
    for (size_t i = 0; i < work->executes.count; i++)
        vec_each(shape, &work->executes.items[i]->shapes)
            vec_each(part, &shape->text.parts)
                if (shape->text.home == module && part->node && tree_is_inside(&module->tree, part->node, statement))
                    return true;
    return false;
}

/* `marks = ",".join("?" * len(ids))` changes for all who read it. */
static bool run_is_ours(const Work *work, const Module *module, NodeId run)
{
    const Tree *tree   = &module->tree;
    NodeId      parent = tree_parent(tree, run);
    NodeId      left   = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_field(tree, parent, F_LEFT) : 0;
    SymbolId    symbol = left && tree_kind(tree, left) == PY_IDENTIFIER ? module->scopes.symbol_of[left] : 0;

    if (!left)
        return true;
    for (NodeId id = 1; symbol && id < tree->count; id++)
        if (tree_kind(tree, id) == PY_IDENTIFIER && id != left && module->scopes.symbol_of[id] == symbol
            && !goes_into_text(work, module, id))
            return false;
    return symbol != 0;
}

/* `", ".join(f"{k} = ?" for k in d)` becomes `", ".join(f"{k} = :d_{i}" for i, k in enumerate(d))`. */
static void write_item_run(Work *work, const Module *module, const InList *list)
{
    const Tree *tree    = &module->tree;
    NodeId      left    = tree_field(tree, list->clause, F_LEFT), right = tree_field(tree, list->clause, F_RIGHT);
    Str         spelled = tree_text(tree, list->item);
    char        first   = spelled.ptr[0];
    bool        is_f    = first == 'f' || first == 'F' || (spelled.len > 1 && (spelled.ptr[1] == 'f' || spelled.ptr[1] == 'F'));
    bool        several = tree_kind(tree, left) == PY_PATTERN_LIST;

    if (!is_f && (first == 'u' || first == 'U' || str_contains(spelled, STR("{")) || str_contains(spelled, STR("}")))) {
        work_reason(work, VERDICT_MANUAL, "TX-11", module, list->item, "the names cannot be put into this text; write an f-string");
        return;
    }
    vec_each(known, &work->remade)
        if (*known == list->clause)
            return;
    vec_push(work->arena, &work->remade, list->clause);
    Str index = unused_name(work, module, list->clause);
    if (!is_f)
        work_insert(work, module, tree_node(tree, list->item)->lo, STR("f"));
    work_edit(work, module, list->mark, list->mark + 1,
              str_format(work->arena, ":" STR_FORMAT "_{" STR_FORMAT "}", STR_ARG(list->numbered), STR_ARG(index)));
    work_insert(work, module, tree_node(tree, left)->lo, str_format(work->arena, STR_FORMAT ", %s", STR_ARG(index), several ? "(" : ""));
    if (several)
        work_insert(work, module, tree_node(tree, left)->hi, STR(")"));
    work_insert(work, module, tree_node(tree, right)->lo, STR("enumerate("));
    work_insert(work, module, tree_node(tree, right)->hi, STR(")"));
}

/* `",".join("?" * len(ids))` becomes `", ".join(f":ids_{i}" for i in range(len(ids)))`. */
static void write_run(Work *work, const Module *module, const InList *list)
{
    const Tree *tree   = &module->tree;
    NodeId      inside = tree_enclosing(tree, list->run, PY_STRING);
    Str         quote  = STR("\"");

    if (list->item) {
        write_item_run(work, module, list);
        return;
    }
    if (inside && tree_text(tree, inside).ptr[tree_text(tree, inside).len - 1] == '"')
        quote = STR("'");
    work_edit(work, module, tree_node(tree, list->run)->lo, tree_node(tree, list->run)->hi,
              str_format(work->arena,
                         STR_FORMAT ", " STR_FORMAT ".join(f" STR_FORMAT ":" STR_FORMAT "_{i}" STR_FORMAT
                         " for i in range(len(" STR_FORMAT ")))",
                         STR_ARG(quote), STR_ARG(quote), STR_ARG(quote), STR_ARG(list->numbered), STR_ARG(quote),
                         STR_ARG(tree_text(tree, list->collection))));
}

static void write_runs(Work *work, const Execute *execute)
{
    const Module *module = execute->call->module;

    vec_each(shape, &execute->shapes)
        vec_each(list, &shape->lists) {
            if (!run_is_ours(work, module, list->run)) {
                work_reason(work, VERDICT_MANUAL, "TX-07b", module, list->run,
                            "these placeholders are used for something else, too; give the statement its own");
                return;
            }
            vec_each(named, &work->named)
                if (str_starts_with(named->name, str_format(work->arena, STR_FORMAT "_", STR_ARG(list->numbered)))) {
                    work_reason(work, VERDICT_MANUAL, "TX-07b", module, list->run,
                                "the names of the list and that of another value would meet; name them by hand");
                    return;
                }
            write_run(work, module, list);
            if (list->is_values)
                work_reason(work, VERDICT_UNSAFE, "TX-11", module, list->run,
                            "how many values there are is known only when it runs; see that there is one, and that each "
                            "meets the column that is meant");
            else
                work_reason(work, VERDICT_UNSAFE, "TX-08", module, list->run,
                            "an empty list is an error of syntax on Postgres; see that this one never is");
        }
}

/* -- judging --------------------------------------------------------------------------------- */

static bool same_results(const Translation *a, const Translation *b)
{
    if (a->results.count != b->results.count)
        return false;
    for (size_t i = 0; i < a->results.count; i++) {
        const SqlResult *x = &a->results.items[i], *y = &b->results.items[i];
        if (!str_eq(x->key, y->key) || !str_eq(x->lite_key, y->lite_key) || !str_eq(x->pg_key, y->pg_key)
            || x->type != y->type || x->is_star != y->is_star || x->nullable != y->nullable)
            return false;
    }
    return true;
}

/* Readers of the result see one of several statements. */
static void judge_shapes(Work *work, const Execute *execute)
{
    const Callsite *call  = execute->call;
    const TextShape    *first = &execute->shapes.items[0];

    vec_each(read, &execute->reads)
        if (execute->shapes.count > 1 && str_is(read->what, "lastrowid"))
            work_reason(work, VERDICT_MANUAL, "PY-11", call->module, call->sql_node,
                        "lastrowid is read of a statement that depends on the path taken; add RETURNING by hand");
    vec_each(shape, &execute->shapes) {
        if (shape->sql.statement.kind != first->sql.statement.kind || shape->sql.ordered != first->sql.ordered
            || (execute->reads.count && !same_results(&shape->sql, &first->sql)))
            work_reason(work, VERDICT_UNSAFE, "TX-09", call->module, call->sql_node,
                        "which statement runs depends on the path taken, and they do not give the same columns; "
                        "see that its readers take both");
    }
}

/* `title_2` of another value and that of a loop's third turn are one name. */
static void judge_numbers(Work *work, const Execute *execute)
{
    vec_each(looped, &work->named) {
        if (!looped->loop || looped->of != execute->call->function)
            continue;
        vec_each(shape, &execute->shapes)
            if (shape->text.home != execute->call->module)
                statement_refuse_mapping(work, execute);
        vec_each(other, &work->named)
            if (other != looped && other->of == looped->of
                && (str_starts_with(other->name, str_format(work->arena, STR_FORMAT "_", STR_ARG(looped->name)))
                    || (other->loop && str_eq(other->name, looped->name))))
                work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, looped->node,
                            "the names that this loop gives to its values and that of another value would meet; "
                            "name them by hand");
    }
    if (work->out->verdict == VERDICT_MANUAL)
        return;
    /* One turn must add both: a placeholder and its value. */
    vec_each(shape, &execute->shapes)
        for (size_t i = 0, k = 0; i < shape->sql.binds.count; i++, k++) {
            const GrownItem  *item  = k < shape->grown->values.count ? &shape->grown->values.items[k] : NULL;
            const NamedValue *known = item && !item->is_spread ? named_value(work, item->node) : NULL;
            if (!known || !known->loop)
                continue;
            uint32_t    lo, hi;
            const Part *part;
            if (!sqltext_map(&shape->text, shape->sql.binds.items[i].lo, shape->sql.binds.items[i].hi, &lo, &hi, &part)
                || tree_parent(&shape->text.home->tree, tree_statement(&shape->text.home->tree, part->node))
                       != tree_parent(&shape->text.home->tree, tree_statement(&shape->text.home->tree, known->node)))
                work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, known->node,
                            "this value and its placeholder are added in different blocks of a loop; bring them together");
        }
}

static void judge_holes(Work *work, const Execute *execute)
{
    vec_each(shape, &execute->shapes)
        vec_each(piece, &shape->text.pieces)
            if (piece->kind == PIECE_HOLE && shape->text.text.ptr[piece->lo] == HOLE_BYTE) {
                work_reason(work, VERDICT_UNSAFE, "TX-10", execute->call->module, execute->call->sql_node,
                            "a part of the statement is known only when it runs; a `:` in it would become a bind");
                return;
            }
}

static void judge_text_uses(Work *work, const Execute *execute)
{
    const Module *module = execute->call->module;

    if (!execute->shapes.items[0].sql.edits.count)
        return;
    vec_each(use, &execute->growth->texts) {
        if (is_argument(work, module, *use))
            continue;
        vec_each(site, work->in->units->calls)
            if (site->module == module && site->sql_node && tree_is_inside(&module->tree, *use, site->sql_node))
                work_reason(work, VERDICT_MANUAL, "PY-36", module, *use,
                            "another call runs this text, too, and is not ported with it; give it a text of its own");
        work_reason(work, VERDICT_UNSAFE, "PY-36", module, *use,
                    "the statement is used here as a text too; it will read differently");
    }
}

static int by_length(const void *a, const void *b)
{
    const GrownShape *x = *(const GrownShape *const *)a, *y = *(const GrownShape *const *)b;

    if (x->text.text.len != y->text.text.len)
        return x->text.text.len > y->text.text.len ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool is_broken(const TextShape *shape)
{
    vec_each(remark, &shape->sql.remarks)
        if (strcmp(remark->feature, "broken") == 0 && shape->text.complete)
            return true;
    return false;
}

/* What SQLite does not take is an error before the port and after it: `WHERE ` with nothing behind, of no turn of a loop. */
static void drop_broken(Work *work, Execute *execute)
{
    TextShapeVec kept = { 0 };

    vec_each(shape, &execute->shapes)
        if (!is_broken(shape))
            vec_push(work->arena, &kept, *shape);
    if (kept.count)
        execute->shapes = kept;
}

void port_grown_sql(Work *work, Execute *execute)
{
    const Callsite *call   = execute->call;
    const Growth   *growth = execute->growth;
    size_t          count  = growth->shapes.count;
    const GrownShape **order = arena_array(work->arena, const GrownShape *, count + 1);

    for (size_t i = 0; i < count; i++)
        order[i] = &growth->shapes.items[i];
    qsort(order, count, sizeof *order, by_length);
    ask_lists(work);
    if (count > GROWTH_SHAPES) {
        work_reason(work, VERDICT_UNSAFE, "TX-09", call->module, call->sql_node,
                    "the statement may be put together in %zu ways, and %d of them were looked at", count, GROWTH_SHAPES);
        for (size_t i = 1; i < GROWTH_SHAPES; i++) /* some of each length */
            order[i] = order[i * (count - 1) / (GROWTH_SHAPES - 1)];
        count = GROWTH_SHAPES;
    }
    for (size_t i = 0; i < count; i++)
        if (!translate_shape(work, execute, order[i])) {
            work_reason(work, VERDICT_MANUAL, "TX-09", call->module, call->sql_node,
                        "no names fit the values on every path; name them by hand");
            return;
        }
    drop_broken(work, execute);
    const TextShape *first  = &execute->shapes.items[0];
    execute->text       = first->text;
    execute->lists      = first->lists;
    execute->sql        = first->sql;
    execute->translated = true;
    statement_keep_remarks(work, execute);
    vec_each(shape, &execute->shapes)
        statement_reasons(work, execute, &shape->sql);
    judge_shapes(work, execute);
    judge_numbers(work, execute);
    if (work->out->verdict == VERDICT_MANUAL || !gather_edits(work, execute))
        return;
    write_edits(work, execute);
    if (work->numbers_lists)
        write_runs(work, execute);
    else
        statement_write_lists(work, execute);
    judge_text_uses(work, execute);
    judge_holes(work, execute);
}
