/* The texts of many rows in one: group_concat(). */
#include "rewriters/sql/function.h"
#include "rewriters/sql/spelling.h"

/*
 * ` ORDER BY id`, where the rows come out of one table that has an integer key: SQLite goes through
 * them by it, as long as no index serves it better. Else nothing.
 */
Str order_of_rows(Work *w, const Scope *scope, const Node *call)
{
    const KnownTable *table = scope->sources.count == 1 ? scope->sources.items[0].table : NULL;

    if (!table || table->rowid_column < 0 || (call->flags & FLAG_DISTINCT))
        return STR("");
    return str_format(w->arena, " " STR_FORMAT " " STR_FORMAT, STR_ARG(keyword_cased(w, "ORDER BY")),
                      STR_ARG(name_spelled(w->arena, table->columns.items[table->rowid_column].name)));
}

Value fn_group_concat(Work *w, Scope *scope, const Call *call)
{
    const Node *arg    = call->args[0];
    bool        unique = call->node->flags & FLAG_DISTINCT;
    Value       value  = { .kind = VALUE_TEXT, .nullable = true };

    if (call->over || node_child(call->node, ROLE_FILTER) || node_child(call->node, ROLE_ORDER)
        || node_has_hole(w, call->node) || !w->options->postgres_alone) {
        told(w, "SQL-14", "group-concat", SQL_DECIDE, span_of(call->node),
             "Postgres calls it string_agg and SQLite before 3.44 does not; choose by the dialect, or join "
             "the values in Python");
        return value;
    }
    want_text(w, call, arg);
    if (call->count > 1)
        want_text(w, call, call->args[1]);
    Str order = order_of_rows(w, scope, call->node);
    alone(w, "SQL-14", order.len ? "gathered-order" : "gathered-unordered", SQL_DIFFERS, span_of(call->node),
          "Postgres calls it STRING_AGG(); in which order the values come is nobody's promise");
    put_instead(w, call->node,
                words_filled(w, unique ? "STRING_AGG(DISTINCT $1, $2$3)" : "STRING_AGG($1, $2$3)",
                             (Str[]) { rendered(w, arg), call->count > 1 ? rendered(w, call->args[1]) : STR("','"),
                                       order }));
    return value;
}
