/*
 * Type annotations: `sqlite3.Connection` becomes SQLAlchemy's Connection, and so on (PY-30).
 */
#include "rewriters/port/work.h"

static const char *class_name(Str sqlite_name)
{
    return str_is(sqlite_name, "Connection") ? "Connection"
         : str_is(sqlite_name, "Cursor")     ? "CursorResult"
         : str_is(sqlite_name, "Row")        ? "RowMapping"
                                             : NULL;
}

static bool is_in_type(const Tree *tree, NodeId id)
{
    for (NodeId up = id; up; up = tree_parent(tree, up)) {
        if (tree_kind(tree, up) == PY_TYPE)
            return true;
        if (tree_is_statement(tree_kind(tree, up)))
            return false;
    }
    return false;
}

void port_annotation(Work *work, const Module *module, NodeId id)
{
    const Tree   *tree = &module->tree;
    const PyNode *node = tree_node(tree, id);

    if (!is_in_type(tree, id))
        return;
    if (tree_kind(tree, id) == PY_STRING) { /* "sqlite3.Connection" */
        Str text = tree_text(tree, id), wanted = STR("sqlite3.Connection");
        size_t at = str_find(text, wanted);
        if (at != STR_NOT_FOUND)
            work_edit(work, module, node->lo + (uint32_t)at, node->lo + (uint32_t)(at + wanted.len),
                      work_import(work, module, "sqlalchemy", "Connection"));
        return;
    }
    vec_each(held, model_values(work->model, module, id)) {
        const Value *value = model_value(work->model, held->value);
        const char  *name  = value->role == ROLE_SQLITE_NAME ? class_name(value->name) : NULL;
        if (name) {
            work_edit(work, module, node->lo, node->hi, work_import(work, module, "sqlalchemy", name));
            return;
        }
    }
}

void port_annotations(Work *work)
{
    vec_each(origin, &work->unit->origins) {
        const Module *module = model_module(work->model, origin->module);
        if (tree_kind(&module->tree, origin->node) != PY_CALL)
            port_annotation(work, module, origin->node);
    }
}
