#include "rewriters/port/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void work_reason(Work *work, Verdict verdict, const char *code, const Module *module, NodeId at,
                 const char *format, ...)
{
    char    message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    vec_each(known, &work->out->reasons)
        if (str_is(known->code, code) && known->module == module && known->at == at && known->verdict >= verdict)
            return; /* told, and as badly */
    vec_push(work->arena, &work->out->reasons,
             (Reason) { .code    = str_copy(work->arena, str_of(code)),
                        .verdict = verdict,
                        .module  = module,
                        .at      = at,
                        .message = str_copy(work->arena, str_of(message)) });
    if (verdict > work->out->verdict)
        work->out->verdict = verdict;
}

Home work_enter(Work *work, Home home)
{
    Home before = { work->module, work->function };

    work->module   = home.module;
    work->tree     = &home.module->tree;
    work->function = home.function;
    return before;
}

static PlacedEdit *insertion_at(Work *work, const Module *module, uint32_t at)
{
    vec_each(known, &work->out->edits)
        if (known->module == module && known->edit.lo == at && known->edit.hi == at)
            return known;
    return NULL;
}

void work_edit(Work *work, const Module *module, uint32_t lo, uint32_t hi, Str text)
{
    Edit edit = { lo, hi, text };

    if (work->is_silent || (lo == hi && text.len == 0))
        return;
    vec_each(known, &work->out->edits)
        if (lo != hi && known->module == module && edit_eq(known->edit, edit))
            return;
    PlacedEdit *there = lo == hi ? insertion_at(work, module, lo) : NULL;
    if (there) { /* what is inserted later stands behind */
        there->edit.text = str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(there->edit.text), STR_ARG(text));
        return;
    }
    vec_push(work->arena, &work->out->edits, (PlacedEdit) { module, edit });
}

static int by_module_and_place(const void *a, const void *b)
{
    const PlacedEdit *x = a, *y = b;

    if (x->module != y->module)
        return x->module->id < y->module->id ? -1 : 1;
    return edit_compare(&x->edit, &y->edit);
}

void work_check_edits(Work *work)
{
    PlacedEditVec sorted = { 0 };

    vec_each(edit, &work->out->edits)
        vec_push(work->arena, &sorted, *edit);
    vec_sort(&sorted, by_module_and_place);
    for (size_t i = 1; i < sorted.count; i++) {
        const PlacedEdit *before = &sorted.items[i - 1], *edit = &sorted.items[i];
        if (before->module != edit->module || edit_eq(before->edit, edit->edit) || !edit_clashes(before->edit, edit->edit))
            continue;
        work_reason(work, VERDICT_MANUAL, "PY-36", edit->module, tree_at(&edit->module->tree, edit->edit.lo, edit->edit.hi),
                    "statements that share this place want different things of it; write them apart");
        return;
    }
}

void work_insert_before(Work *work, const Module *module, uint32_t at, Str text)
{
    PlacedEdit *there = work->is_silent ? NULL : insertion_at(work, module, at);

    if (there)
        there->edit.text = str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(text), STR_ARG(there->edit.text));
    else
        work_edit(work, module, at, at, text);
}

/* Whether a symbol of the module comes from `from x import name`. */
static bool is_imported_from(const Module *module, SymbolId symbol, const char *from, const char *name)
{
    for (size_t i = 0; i < module->imports.count; i++) {
        const Import *import = &module->imports.items[i];
        if (import->symbol == symbol && str_is(import->name, name)
            && (str_is(import->module, from) || str_starts_with(import->module, STR("sqlalchemy"))))
            return true;
    }
    return false;
}

Str work_import(Work *work, const Module *module, const char *from, const char *name)
{
    vec_each(need, &work->out->needs)
        if (need->module == module && strcmp(need->name, name) == 0 && strcmp(need->from, from) == 0)
            return need->used_as;

    Str  used_as = str_of(name);
    bool taken   = false;
    for (size_t i = 1; i < module->scopes.symbols.count; i++)
        if (str_eq(module->scopes.symbols.items[i].name, used_as)
            && !is_imported_from(module, (SymbolId)i, from, name))
            taken = true;
    if (taken) {
        used_as = str_format(work->arena, "sa_%s", name);
        for (int n = 2; scopes_name_taken(&module->scopes, used_as); n++)
            used_as = str_format(work->arena, "sa_%s_%d", name, n);
    }
    vec_push(work->arena, &work->out->needs, (ImportNeed) { module, from, name, used_as });
    return used_as;
}

static bool is_used(const Work *work, Str name)
{
    NodeId function = work->function ? work->function : 1;

    if (scope_local(&work->module->scopes, 1, name))
        return true;
    for (NodeId id = function; id < tree_node(work->tree, function)->end; id++)
        if (tree_kind(work->tree, id) == PY_IDENTIFIER && str_eq(tree_text(work->tree, id), name))
            return true;
    return false;
}

Str work_fresh_name(Work *work, const char *wish)
{
    Str name = str_of(wish);

    for (int n = 2; is_used(work, name); n++)
        name = str_format(work->arena, "%s_%d", wish, n);
    return name;
}

static bool is_deleted(const Work *work, NodeId statement)
{
    vec_each(deleted, &work->deleted)
        if (deleted->module == work->module->id && deleted->node == statement)
            return true;
    return false;
}

void work_delete_statement(Work *work, NodeId statement)
{
    if (!is_deleted(work, statement))
        vec_push(work->arena, &work->deleted, (Place) { work->module->id, statement });
}

/* Whether a block would be left without a statement. */
static bool empties_block(const Work *work, NodeId block)
{
    tree_each_child(child, work->tree, block)
        if (tree_kind(work->tree, child) != PY_COMMENT && !is_deleted(work, child))
            return false;
    return true;
}

static void delete_one(Work *work, NodeId statement, bool keep_pass)
{
    Str           text = work->module->source.text;
    const PyNode *node = tree_node(work->tree, statement);
    uint32_t      lo = node->lo, hi = node->hi, line = node->lo, end = node->hi;

    if (keep_pass) {
        work_edit(work, work->module, lo, hi, STR("pass"));
        return;
    }
    while (line && (text.ptr[line - 1] == ' ' || text.ptr[line - 1] == '\t'))
        line--;
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    bool begins_line = line == 0 || text.ptr[line - 1] == '\n' || text.ptr[line - 1] == '\r';
    if (!begins_line || (end < text.len && text.ptr[end] == ';')) {
        work_reason(work, VERDICT_MANUAL, "PY-01", work->module, statement,
                    "the statement shares its line with another; put it on a line of its own");
        return;
    }
    if (end < text.len && text.ptr[end] == '#') { /* its comment stays, on a line of its own */
        work_edit(work, work->module, lo, end, (Str) { 0 });
        return;
    }
    if (end < text.len && text.ptr[end] == '\r')
        end++;
    if (end < text.len && text.ptr[end] == '\n')
        end++;
    work_edit(work, work->module, line, end, (Str) { 0 });
}

void work_finish_deletions(Work *work)
{
    Home home = { work->module, work->function };

    vec_each(deleted, &work->deleted) {
        work_enter(work, (Home) { model_module(work->model, deleted->module), 0 });
        NodeId block = tree_parent(work->tree, deleted->node);
        bool   last  = tree_next(work->tree, deleted->node) == 0;
        delete_one(work, deleted->node, tree_kind(work->tree, block) == PY_BLOCK && last && empties_block(work, block));
    }
    work_enter(work, home);
}

Str indent_step(const Module *module)
{
    for (NodeId id = 1; id < module->tree.count; id++) {
        if (tree_kind(&module->tree, id) != PY_BLOCK)
            continue;
        NodeId first = tree_child(&module->tree, id), around = tree_parent(&module->tree, id);
        Str    inner, outer;
        if (first && statement_indent(module, first, &inner) && statement_indent(module, around, &outer)
            && inner.len > outer.len)
            return str_slice(inner, outer.len, inner.len);
    }
    return STR("    ");
}

bool statement_indent(const Module *module, NodeId statement, Str *indent)
{
    Str      text = module->source.text;
    uint32_t at = tree_node(&module->tree, statement)->lo, line = at;

    while (line && (text.ptr[line - 1] == ' ' || text.ptr[line - 1] == '\t'))
        line--;
    *indent = str_slice(text, line, at);
    return line == 0 || text.ptr[line - 1] == '\n' || text.ptr[line - 1] == '\r';
}

/* Whether a byte lies inside a string that must keep its lines as they are. */
static bool in_string(const Tree *tree, NodeId statement, uint32_t at)
{
    for (NodeId id = statement; id < tree_node(tree, statement)->end; id++)
        if (tree_kind(tree, id) == PY_STRING && tree_node(tree, id)->lo < at && at < tree_node(tree, id)->hi)
            return true;
    return false;
}

void work_wrap_statement(Work *work, const Module *module, NodeId statement, Str header)
{
    const PyNode *node = tree_node(&module->tree, statement);
    Str           text = module->source.text, indent, step = indent_step(module);

    if (!statement_indent(module, statement, &indent)) {
        work_reason(work, VERDICT_MANUAL, "PY-01", module, statement,
                    "the statement shares its line with another; put it on a line of its own");
        return;
    }
    work_insert(work, module, node->lo,
                str_format(work->arena, STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(header),
                           STR_ARG(module->source.newline), STR_ARG(indent), STR_ARG(step)));
    for (uint32_t at = node->lo; at < node->hi; at++)
        if (text.ptr[at] == '\n' && at + 1 < node->hi && text.ptr[at + 1] != '\n' && text.ptr[at + 1] != '\r'
            && !in_string(&module->tree, statement, at + 1))
            work_insert(work, module, at + 1, step);
}

/* Adds to what is inserted there already. */
static void insert_behind(Arena *arena, EditVec *edits, uint32_t at, Str text)
{
    vec_each(known, edits)
        if (known->lo == at && known->hi == at) {
            known->text = str_format(arena, STR_FORMAT STR_FORMAT, STR_ARG(known->text), STR_ARG(text));
            return;
        }
    vec_push(arena, edits, (Edit) { at, at, text });
}

Str work_statement_copy(Work *work, NodeId statement, const EditVec *more)
{
    const PyNode *node  = tree_node(work->tree, statement);
    Str           text  = work->module->source.text, step = indent_step(work->module);
    EditVec       edits = { 0 };

    vec_each(placed, &work->out->edits) {
        const Edit *edit = &placed->edit;
        if (placed->module == work->module && edit->lo >= node->lo && edit->hi <= node->hi
            && !(edit->lo == node->lo && edit->hi == node->lo))
            vec_push(work->arena, &edits, *edit);
    }
    vec_each(edit, more)
        vec_push(work->arena, &edits, *edit);
    for (uint32_t at = node->lo; at < node->hi; at++)
        if (text.ptr[at] == '\n' && at + 1 < node->hi && text.ptr[at + 1] != '\n' && text.ptr[at + 1] != '\r'
            && !in_string(work->tree, statement, at + 1))
            insert_behind(work->arena, &edits, at + 1, step);
    vec_each(edit, &edits) {
        edit->lo -= node->lo;
        edit->hi -= node->lo;
    }
    edits_sort(&edits);
    return edit_splice(work->arena, tree_text(work->tree, statement), &edits);
}

bool is_dotted_name(Str expression)
{
    for (size_t i = 0; i < expression.len; i++)
        if (strchr("()[]{}'\" \t\r\n,:", expression.ptr[i]))
            return false;
    return expression.len > 0;
}

bool call_statement(Work *work, const Callsite *call, Statement *out)
{
    return method_is_sql(call->method) && call->sql.text.len && statement_read(work->arena, call->sql.text, out)
        && out->kind != STATEMENT_UNKNOWN && !out->broken;
}
