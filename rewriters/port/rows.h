/*
 * What the program does with a row, and which form of row that needs.
 *
 * Every expression that may hold the row is looked at with what stands around it.
 * All uses by name ask for `.mappings()`; uses by index, unpacking and iteration
 * need the plain Row; both together keep the Row and turn the named uses into
 * `row._mapping["name"]` (PY-20, PY-24, PY-25).
 */
#ifndef REWRITERS_PORT_ROWS_H
#define REWRITERS_PORT_ROWS_H

#include "rewriters/port/port.h"

typedef enum RowFactory {
    FACTORY_UNKNOWN, /* something else than Row, or not known */
    FACTORY_TUPLE,   /* none is set: rows are tuples */
    FACTORY_ROW,     /* sqlite3.Row */
    FACTORY_DICT,    /* a function that makes a dict of each row; see dict_factories.def */
    FACTORY_MIXED,   /* set on some of the connections that reach here */
} RowFactory;

/* How rows of connections from these places look. `because` is the assignment, if one is seen. */
RowFactory row_factory_of(const Model *model, const PlaceVec *origins, Place *because);

typedef enum RowForm { FORM_ROW, FORM_MAPPINGS, FORM_ROW_WITH_MAPPING } RowForm;

/* All uses of one row value (and of the lists it is in). */
RowUseVec row_uses_of(Arena *arena, const Model *model, ValueId row, ValueId rows);

bool row_use_is_by_value(RowUseKind kind); /* needs the plain Row */
bool row_use_is_by_name(RowUseKind kind);  /* needs the mapping */

#endif
