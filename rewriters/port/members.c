/* What else is asked of a connection than to execute: most of it is SQLite's alone. */
#include "rewriters/port/work.h"

typedef struct Member {
    const char *name, *code, *cure;
} Member;

static const Member *find_member(Str name)
{
    static const Member members[] = {
#define MEMBER(name, code, cure) { name, code, cure },
#include "rewriters/port/members.def"
#undef MEMBER
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (str_is(name, members[i].name))
            return &members[i];
    return NULL;
}

static void judge_member(Work *work, NodeId attribute)
{
    const Tree   *tree   = work->tree;
    Str           name   = tree_text(tree, tree_field(tree, attribute, F_ATTRIBUTE));
    const Member *member = find_member(name);
    bool          asks   = str_is(name, "in_transaction");

    if (!(member || asks) || !model_has(work->model, work->module, tree_field(tree, attribute, F_OBJECT), ROLE_CONNECTION))
        return;
    if (member) {
        work_reason(work, VERDICT_MANUAL, member->code, work->module, attribute,
                    "SQLAlchemy's connection has no `%s` that means the same; %s", member->name, member->cure);
    } else if (tree_kind(tree, tree_parent(tree, attribute)) != PY_CALL) {
        work_insert(work, work->module, tree_node(tree, attribute)->hi, STR("()"));
        work_reason(work, VERDICT_UNSAFE, "PY-34", work->module, attribute,
                    "in_transaction() is a method of SQLAlchemy's connection, and true after a SELECT too");
    }
}

void port_members(Work *work)
{
    const Tree *tree     = work->tree;
    NodeId      function = work->function;
    NodeId      from     = function ? function : 1;

    for (NodeId id = from; id < tree_node(tree, from)->end; id++)
        if (tree_kind(tree, id) == PY_ATTRIBUTE && scope_function(&work->module->scopes, id) == function)
            judge_member(work, id);
}
