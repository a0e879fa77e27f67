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
    const Passage      *passage = passage_of(w, key->table);

    if (!target)
        return STR("nothing here defines that table");
    if (target->kind != TABLE_PLAIN)
        return STR("that is no table");
    if (passage->fate == FATE_LEFT_OUT)
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

const char *action_word(NodeOp op)
{
    switch (op) {
    case OP_CASCADE:
        return "CASCADE";
    case OP_RESTRICT:
        return "RESTRICT";
    case OP_SET_NULL:
        return "SET NULL";
    case OP_SET_DEFAULT:
        return "SET DEFAULT";
    default:
        return NULL;
    }
}

bool refer(Writing *w, const CatalogTable *table, const CatalogForeignKey *key, DdlConstraint *out)
{
    Str fault = fault_of(w, table, key);

    if (fault.len)
        return refused(w, table, key, fault);
    const CatalogTable *target = catalog_table(w->catalog, key->table);
    out->table                 = passage_of(w, target->name)->name;
    out->to                    = columns_called(w, target, target_columns(target, key));
    out->on_delete             = key->on_delete;
    out->on_update             = key->on_update;
    out->deferrable            = key->deferrable;
    out->initially_deferred    = key->initially_deferred;
    return true;
}

bool must_wait(Writing *w, const CatalogTable *table, const CatalogForeignKey *key)
{
    const CatalogTable *target  = catalog_table(w->catalog, key->table);
    const Passage      *passage = target ? passage_of(w, target->name) : NULL;

    if (!passage || passage->fate == FATE_LEFT_OUT || target->kind != TABLE_PLAIN)
        return false; /* it is refused */
    if (target != table)
        return passage->fate == FATE_WAITING;
    const StrVec *to = target_columns(target, key);
    return to && key_over(target, to) == KEY_BY_INDEX; /* made after the table */
}

/* It is dropped by its name when the tables go again, so it has one that is like no other. */
static Str name_of_late(Writing *w, const DdlTable *table, const DdlConstraint *key)
{
    Str      usual = usual_name(w->arena, table->name, &key->columns, "fkey");
    Str      name  = usual;
    unsigned n     = 0;

    for (bool taken = true; taken;) {
        taken = false;
        vec_each(other, &table->constraints)
            taken = taken || str_eq_nocase(other->name, name)
                 || (other != key && other->kind == DDL_REFERENCES && other->name.len == 0
                     && !other->is_late
                     && str_eq_nocase(usual_name(w->arena, table->name, &other->columns, "fkey"),
                                      name));
        if (taken)
            name = str_format(w->arena, STR_FORMAT "%u", STR_ARG(cut_to(usual, NAME_LIMIT - 8)), ++n);
    }
    return name;
}

void write_late_keys(Writing *w)
{
    vec_each(late, &w->late) {
        DdlTable      *table = passage_of(w, late->table->name)->made;
        DdlConstraint *key   = &table->constraints.items[late->at];
        if (!refer(w, late->table, late->key, key)) {
            key->is_left_out = true;
            emit_nothing(w);
            continue;
        }
        key->column = OF_THE_TABLE;
        if (key->name.len == 0)
            key->name = name_of_late(w, table, key);
        emit(w, (DdlStatement){ .kind = DDL_FOREIGN_KEY, .table = table, .at = late->at });
    }
}
