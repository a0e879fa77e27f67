/*
 * What finding the uses of columns is made of, shared by column_use.c and the files beside it.
 */
#ifndef ANALYZERS_FACTS_COLUMN_USE_PIECES_H
#define ANALYZERS_FACTS_COLUMN_USE_PIECES_H

#include "analyzers/facts/column_use.h"
#include "analyzers/schema/resolve.h"

typedef uint64_t SignalSet; /* a bit for each SignalKind */

#define SAYS(kind) ((SignalSet)1 << SIGNAL_##kind)

/* A use that was found; they are put in order before they become signals. */
typedef struct FoundUse {
    const CatalogTable  *table;
    const CatalogColumn *column;
    SignalKind           kind;
    SchemaPlace          place;
    Str                  detail;
} FoundUse;

typedef Vec(FoundUse) FoundUseVec;

/* A text of SQL and the file it stands in. */
typedef struct UsedText {
    Str            path;
    Str            whole;  /* of the file */
    const SqlText *sql;    /* how it stands in a module; NULL: it is the file */
    const Module  *module;
    NodeId         call;   /* where a byte of it has no place of its own */
} UsedText;

typedef struct ColumnUses {
    Arena         *arena;
    const Model   *model;
    const Catalog *catalog;
    FoundUseVec    found;
    SchemaPlace    writes_any; /* a statement that writes to a table which only the running program knows; line 0: none */
} ColumnUses;

/* Adds each signal of the set, if the column is one of the catalog. */
void column_uses_add(ColumnUses *uses, const Resolved *column, SignalSet set, SchemaPlace place, Str detail);

SchemaPlace place_in_module(const Module *module, NodeId node);

/* What a text that is compared with a column, or stored in it, may be: of a time, of a date, of JSON … */
typedef enum TextForm { TEXT_OTHER, TEXT_ZERO_ONE, TEXT_TIME, TEXT_DATE, TEXT_JSON } TextForm;

TextForm text_form(Str text);

/* The same of a format of strftime(): TEXT_OTHER unless it makes what ISO 8601 has. */
TextForm format_form(Str format);

/* column_use_sql.c: what a statement says of the columns in it. */
void column_uses_of_statement(ColumnUses *uses, const Statement *statement, const UsedText *text);

/* column_use_given.c: what a value is that is given for a parameter. */
SignalSet column_given(Arena *arena, const Model *model, const Module *module, NodeId expression);

/* column_use_read.c: what the place around an expression, which is a value read from a row, says of it. */
SignalSet column_read(Arena *arena, const Model *model, const Module *module, NodeId expression, NodeId *use);

/* The dotted name of what is called from outside the project: "json.dumps", "builtins.bool"; empty if it is none. */
Str called_name(const Model *model, const Module *module, NodeId call);

#endif
