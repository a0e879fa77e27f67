/*
 * Foreign keys. SQLite takes any, and does not look at most of them; Postgres wants the table to
 * be there, a key to refer to, and the same types.
 */
#include "rewriters/schema/writing.h"

static bool has_name(const StrVec *names, Str name)
{
    vec_each(one, names)
        if (str_eq_nocase(*one, name))
            return true;
    return false;
}

static bool same_set(const StrVec *a, const StrVec *b)
{
    if (a->count != b->count)
        return false;
    vec_each(name, a)
        if (!has_name(b, *name))
            return false;
    return true;
}

/* The columns referred to: those named, or the primary key. */
static const StrVec *target_columns(const CatalogTable *target, const CatalogForeignKey *key)
{
    if (key->to.count)
        return &key->to;
    return target->keys.count && target->keys.items[0].is_primary ? &target->keys.items[0].columns
                                                                  : NULL;
}

typedef enum KeyKind { KEY_NONE, KEY_OF_TABLE, KEY_BY_INDEX } KeyKind;

static KeyKind key_over(const CatalogTable *target, const StrVec *columns)
{
    vec_each(key, &target->keys)
        if (same_set(&key->columns, columns))
            return KEY_OF_TABLE;
    vec_each(index, &target->indexes)
        if (index->unique && !index->has_expression && !index->where.node
            && same_set(&index->columns, columns))
            return KEY_BY_INDEX;
    return KEY_NONE;
}

static bool fits(PgType from, PgType to)
{
    return from == to || (from == PG_BIGINT && to == PG_NUMERIC);
}

static bool refused(Writing *w, const CatalogTable *table, const CatalogForeignKey *key, Str why)
{
    found(w, "SC-21", table->name, key->place,
          "the foreign key from (" STR_FORMAT ") to " STR_FORMAT " is left out: " STR_FORMAT,
          STR_ARG(str_join(w->arena, &key->columns, STR(", "))), STR_ARG(key->table), STR_ARG(why));
    return false;
}

/* What Postgres would not take; empty if it takes it. */
static Str fault_of(Writing *w, const CatalogTable *table, const CatalogForeignKey *key)
{
    const CatalogTable *target = catalog_table(w->catalog, key->table);
    const Fate         *fate   = fate_of(w, key->table);

    if (!target)
        return STR("nothing here defines that table");
    if (target->kind != TABLE_PLAIN)
        return STR("that is no table");
    if (!fate || *fate == FATE_LEFT_OUT)
        return STR("that table is left out");
    const StrVec *to = target_columns(target, key);
    if (!to)
        return STR("that table has no primary key");
    if (to->count != key->columns.count)
        return STR("the numbers of columns differ");
    if (key_over(target, to) == KEY_NONE)
        return str_format(w->arena, "(" STR_FORMAT ") is no key of that table",
                          STR_ARG(str_join(w->arena, to, STR(", "))));
    for (size_t i = 0; i < to->count; i++) {
        const CatalogColumn *from = catalog_column(table, key->columns.items[i]);
        const CatalogColumn *into = catalog_column(target, to->items[i]);
        if (!from || !into)
            return str_format(w->arena, "there is no column " STR_FORMAT,
                              STR_ARG(from ? to->items[i] : key->columns.items[i]));
        if (!fits(pg_type_in(from), pg_type_in(into)))
            return str_format(w->arena, STR_FORMAT " is %s and " STR_FORMAT "." STR_FORMAT " is %s",
                              STR_ARG(from->name), pg_type_sql(pg_type_in(from)),
                              STR_ARG(target->name), STR_ARG(into->name),
                              pg_type_sql(pg_type_in(into)));
        if (from->generated != GENERATED_NO
            && (key->on_update == OP_CASCADE || key->on_update == OP_SET_NULL
                || key->on_update == OP_SET_DEFAULT || key->on_delete == OP_SET_NULL
                || key->on_delete == OP_SET_DEFAULT))
            return STR("it would change a generated column");
    }
    return (Str){ 0 };
}

static Str action(Arena *arena, const char *event, NodeOp op)
{
    switch (op) {
    case OP_CASCADE:
        return str_format(arena, " ON %s CASCADE", event);
    case OP_RESTRICT:
        return str_format(arena, " ON %s RESTRICT", event);
    case OP_SET_NULL:
        return str_format(arena, " ON %s SET NULL", event);
    case OP_SET_DEFAULT:
        return str_format(arena, " ON %s SET DEFAULT", event);
    default:
        return STR("");
    }
}

bool references(Writing *w, const CatalogTable *table, const CatalogForeignKey *key, Str *out)
{
    Str fault = fault_of(w, table, key);
    Buf text  = buf_new(w->arena);

    if (fault.len)
        return refused(w, table, key, fault);
    const CatalogTable *target = catalog_table(w->catalog, key->table);
    buf_format(&text, "REFERENCES " STR_FORMAT " (" STR_FORMAT ")",
               STR_ARG(pg_name(w, target->name)),
               STR_ARG(pg_names(w, target_columns(target, key))));
    buf_add(&text, action(w->arena, "DELETE", key->on_delete));
    buf_add(&text, action(w->arena, "UPDATE", key->on_update));
    if (key->deferrable)
        buf_add(&text, key->initially_deferred ? STR(" DEFERRABLE INITIALLY DEFERRED")
                                               : STR(" DEFERRABLE"));
    *out = buf_str(&text);
    return true;
}

bool must_wait(Writing *w, const CatalogTable *table, const CatalogForeignKey *key)
{
    const CatalogTable *target = catalog_table(w->catalog, key->table);
    const Fate         *fate   = fate_of(w, key->table);

    if (!target || !fate || *fate == FATE_LEFT_OUT)
        return false; /* it is refused */
    if (target != table)
        return *fate == FATE_WAITING;
    const StrVec *to = target_columns(target, key);
    return to && key_over(target, to) == KEY_BY_INDEX; /* made after the table */
}

void write_late_keys(Writing *w)
{
    vec_each(late, &w->late) {
        const CatalogForeignKey *key = late->key;
        Str                      text, name = { 0 };
        if (!references(w, late->table, key, &text)) {
            emit(w, (Str){ 0 });
            continue;
        }
        if (key->name.len)
            name =
                str_format(w->arena, "CONSTRAINT " STR_FORMAT " ", STR_ARG(pg_name(w, key->name)));
        emit(w, str_format(w->arena,
                           "ALTER TABLE " STR_FORMAT " ADD " STR_FORMAT "FOREIGN KEY (" STR_FORMAT
                           ") " STR_FORMAT,
                           STR_ARG(pg_name(w, late->table->name)), STR_ARG(name),
                           STR_ARG(pg_names(w, &key->columns)), STR_ARG(text)));
    }
}
