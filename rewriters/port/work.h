/*
 * Inside the port: one unit being judged.
 *
 * A Work gathers reasons and edits for its unit; the verdict is the worst of the
 * reasons. Each file here judges one aspect (statements, parameters, rows,
 * exceptions, providers) and adds what it finds.
 */
#ifndef REWRITERS_PORT_WORK_H
#define REWRITERS_PORT_WORK_H

#include "rewriters/edit/edit.h"
#include "rewriters/port/holes.h"
#include "rewriters/port/port.h"
#include "rewriters/port/rows.h"
#include "rewriters/proof/proof.h"
#include "rewriters/sql/translate.h"

typedef struct Execute Execute;

/* A place that reads a statement's result: a fetch, a loop, `.lastrowid` … */
typedef struct Read {
    const Module *module;
    NodeId function; /* it may be another one than the statement's */
    NodeId   holder; /* the expression that is the result: a variable, or the execute call itself */
    NodeId   use;    /* the call or attribute around it; the holder itself for an iteration */
    Str      what;   /* "fetchone", "lastrowid"; empty for an iteration */
    bool     by_cursor; /* the holder is the cursor's variable, which gives way to the result's */
    bool   is_again;  /* another statement of the unit may be read here too, and the place is edited for that one */
    bool   may_be_other; /* the variable may hold something else than a result */
    Execute *of;
} Read;

/* One of the texts a statement may have, with the values it then gets. */
typedef struct TextShape {
    SqlText          text;
    InListVec        lists;
    Translation      sql;
    const GrownShape *grown;
} TextShape;

typedef Vec(TextShape) TextShapeVec;

/* A change of Python's text that one of the shapes asks for; all others that hold these bytes must, too. */
typedef struct SourceEdit {
    const Module *home;
    uint32_t      lo, hi;
    Str           text; /* as SQL */
    const Part   *part;
    NodeId        loop; /* `{i}` in the text is the number of this loop's turn; else 0 */
    bool          is_written;
} SourceEdit;

/* A loop that numbers its turns now. */
typedef struct NumberedLoop {
    NodeId node;
    Str    index; /* the variable */
} NumberedLoop;

/* A placeholder of Python's text and what it is called: statements that share the text share the name. */
typedef struct PlacedName {
    const Module *home;
    uint32_t      lo;
    Str           name;
} PlacedName;

/* A value that went into a list, by the name it has there now. */
typedef struct NamedValue {
    NodeId  node;
    NodeId  of;   /* the function it stands in */
    NodeId  loop; /* the loop whose turns add it, so that it has its number behind the name; else 0 */
    Str     name;
    SqlBind bind; /* that it meets first */
    bool    is_ported;
} NamedValue;

/* One statement of the unit. */
struct Execute {
    const Callsite *call;
    SqlText         text;   /* what is translated: the call's text with its holes filled */
    InListVec       lists;  /* `IN (?, ?, …)` of a collection's length, now one bind each */
    Translation     sql;
    const Growth   *growth; /* how the text and its values come about, where that was followed; else NULL */
    TextShapeVec        shapes; /* of a text that grows: all it may be, the longest (which is `text`) first */
    bool            translated;
    SqlRemarkVec    unplaced; /* what is said of texts that are put into it */
    Vec(Read) reads;
    NodeId   result_target; /* the variable it is assigned to in the source; 0 if none */
    bool     through_cursor; /* the receiver is a cursor variable, or `conn.cursor()` */
    bool     needs_result;  /* reads by way of the cursor variable: a result variable is made */
    bool     gives_key;     /* `.lastrowid` is read: RETURNING is added, the key is kept */
    bool     per_dialect;   /* it has another text on Postgres … */
    EditVec  for_postgres, for_sqlite; /* … these are the edits of the text, and `sql` has none */
    bool     chosen_in_place; /* … chosen where the text stands, not by two statements */
    bool     is_setting;    /* a PRAGMA whose result nobody reads */
    struct Script *script;  /* of executescript() */
    bool     in_savepoint;  /* the port puts its statement into a `with` of its own */
    Str      result_name;   /* of the variable that takes the cursor's place where it is read */
    bool     is_followed;   /* where the result goes beyond its function is known */
};

/* A function that a unit has statements in. */
typedef struct Home {
    const Module *module;
    NodeId        function; /* 0: the module's own level */
} Home;
typedef Vec(Home) HomeVec;

typedef struct Work {
    Arena            *arena;
    const PortInputs *in;
    Prover          **prover; /* of this thread; opened when it is first needed */
    const Model      *model;
    const Unit       *unit;
    UnitPort         *out;
    const Module     *module; /* what is looked at now: of the unit first … */
    const Tree       *tree;
    NodeId            function;
    HomeVec           homes;
    Vec(Execute *) executes;
    PlaceVec  deleted;        /* statements that go */
    PlaceVec  committed;      /* `with` items that were put into committing() */
    Str       receiver_name;  /* a new variable for the connection, once one is needed */
    RowFactory factory;
    Place      factory_at;
    Vec(SourceEdit) sql_edits; /* of texts that grow */
    Vec(NumberedLoop) loops;   /* of values that are named by the turn that adds them */
    Vec(PlacedName) places;
    Vec(NamedValue) named;     /* values of lists that are dicts now */
    bool       asked_lists, numbers_lists; /* whether runs of placeholders stay runs; asked once for the unit */
    NodeIdVec  remade;         /* what made these lists, and makes dicts now */
    StrVec     foreign_times; /* columns that this unit stores such times in */
    bool       is_silent;     /* what is edited now is edited already */
} Work;

/* Looks at another function; gives the one looked at before. */
Home work_enter(Work *work, Home home);

void work_reason(Work *work, Verdict verdict, const char *code, const Module *module, NodeId at,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));
void work_edit(Work *work, const Module *module, uint32_t lo, uint32_t hi, Str text);

static inline void work_insert(Work *work, const Module *module, uint32_t at, Str text)
{
    work_edit(work, module, at, at, text);
}

/* As work_insert(), in front of what is inserted there already. */
void work_insert_before(Work *work, const Module *module, uint32_t at, Str text);

/* The name under which the file sees sqlalchemy's `name`; notes that it must be imported. */
Str work_import(Work *work, const Module *module, const char *from, const char *name);

/* A name nothing in the unit's function, nor its file's top level, uses yet: `wish`, wish_2, … */
Str work_fresh_name(Work *work, const char *wish);

void work_delete_statement(Work *work, NodeId statement);
/* Makes edits of the deletions, once all are known. */
void work_finish_deletions(Work *work);

/* Refuses a unit of which two statements want different things of one place. */
void work_check_edits(Work *work);

/* Puts a statement under a line of its own: `header` first, the statement indented below. */
void work_wrap_statement(Work *work, const Module *module, NodeId statement, Str header);

/*
 * A statement of the unit as its edits so far and `more` leave it, one step further in: the same once more, for
 * another branch. What was put before it is left out.
 */
Str work_statement_copy(Work *work, NodeId statement, const EditVec *more);

/* What the SQL of a call does; false if its text is not seen, or not one whole statement. */
bool call_statement(Work *work, const Callsite *call, Statement *out);

/* The file's own indentation step. */
Str indent_step(const Module *module);
/* The white space before a statement on its line; false if something else stands there. */
bool statement_indent(const Module *module, NodeId statement, Str *indent);

void port_statement_sql(Work *work, Execute *execute);      /* statement.c */
Verdict verdict_of_remark(const SqlRemark *remark);         /* statement.c */
/* Writes one edit of the text into the source; false if it maps to no one place. */
bool port_text_edit(Work *work, const SqlText *text, const Edit *edit); /* statement.c */
/* In which words a text is translated; see TranslateOptions. */
typedef struct Wording {
    const Catalog *catalog;
    bool           bind_clock, any_limit, postgres_alone;
    const struct BindNames *names; /* of the binds; NULL: those of the call's values */
} Wording;

/* A text of the call, translated and proved by Postgres' parser (statement.c). */
Translation port_translate(Work *work, const Execute *execute, Str text, Wording wording);
/* A question to sqlite_master or PRAGMA table_info() gets a text that Postgres answers (schema_query.c). */
void port_schema_query(Work *work, Execute *execute);
/* A statement that has no text for both gets one that runs on Postgres alone, beside its own (dialects.c). */
void port_alone(Work *work, Execute *execute);
/* Where there is no text that both databases read: looks for one for each (dialects.c). */
void port_definition(Work *work, Execute *execute);
/* The same for one statement of a call: its edits are for both databases, or, if it says so, for SQLite. */
bool port_definition_of(Work *work, const Callsite *call, Translation *sql, EditVec *for_postgres);
/* Whether the call can choose between two texts when it runs. */
bool can_tell_dialect(const Work *work, const Callsite *call);
/* … and writes the statement for both, once it is all that it will be; without a connection it goes by DATABASE_URL. */
void port_by_dialect(Work *work, Execute *execute, Str connection);
/* Whether the text is a PRAGMA that sets something Postgres does not have. */
bool is_setting(Str sql); /* pragma.c */
/* The reasons that go with running it on SQLite alone. */
void tell_setting(Work *work, const Callsite *call, Str sql);
/* Notes that the statement is one, and nobody reads what it gives … */
bool port_pragma(Work *work, Execute *execute);
/* … and has it run on SQLite alone, below SQLAlchemy; false if it cannot be. */
bool port_setting(Work *work, const Callsite *call, Str connection);
/* Notes that executescript()'s statements can be run one by one; else a reason says why not (script.c) … */
bool port_script(Work *work, Execute *execute);
/* … and writes them so. */
void write_script(Work *work, Execute *execute, Str connection);
/* A name, or attributes of one: evaluating it again gives the same. */
bool is_dotted_name(Str expression); /* work.c */
/* What is to be said of the unit's statements that are not ported, or may be one of several texts. */
void port_remarks(Work *work);                              /* statement.c */
void port_grown_sql(Work *work, Execute *execute);          /* grown.c: of a text that grows along branches */
/* The variable that numbers the turns of a loop, which is written into its head; grown_loops.c. */
Str loop_index(Work *work, const Module *module, NodeId loop);
void port_grown_values(Work *work, Execute *execute);       /* grown_values.c: and of its values */
void port_parameters(Work *work, Execute *execute);         /* parameters.c */
void port_many(Work *work, Execute *execute);               /* many.c */
/* Whether Python says somewhere that a LIMIT or OFFSET of the statement is a negative number. */
bool limit_may_be_negative(Work *work, const Execute *execute, const Translation *sql); /* limit.c */
bool value_may_be_negative(const Module *module, NodeId value); /* limit.c */
void port_rows(Work *work, Execute *execute, const Read *read); /* fetch.c */
/* Whether anybody may read the statement's rows by name, so that their keys must stay. */
bool keys_are_read(Work *work, const Execute *execute); /* fetch.c */
void port_handlers(Work *work, Execute *execute, Str connection); /* handlers.c */
void port_annotations(Work *work);                          /* annotations.c */
void port_annotation(Work *work, const Module *module, NodeId id);
void find_reads(Work *work);                                /* reads.c: of the statements of work->function */
NodeId unparenthesized(const Tree *tree, NodeId id);        /* the outermost node around one that is no more than it */
/* The connection a statement runs on once its cursor is gone; empty if there is none. */
Str  connection_for(Work *work, Execute *execute);          /* reads.c */
void port_cursor(Work *work);                               /* reads.c: a unit that is a cursor */
/* What is known of the statements whose rows are read at a place within a wrapper; the worst wins. */
typedef enum Rowfulness { ALL_GIVE_ROWS, SOME_UNKNOWN, SOME_GIVE_NONE } Rowfulness;

Rowfulness rows_read_at(Work *work, const Read *read);      /* wrapper.c */
/* For each unit that others need: all uses of the rows it reads. */
const RowUseVec *wrapper_uses(Arena *arena, const PortInputs *in); /* wrapper.c */
/* What uses of rows mean for a statement that is one of many whose rows are used so. */
void judge_rows_elsewhere(Work *work, Execute *execute, const RowUseVec *uses); /* fetch.c */
void port_statement(Work *work, Execute *execute);          /* statements.c: its text and its values */
void port_passing(Work *work, Execute *execute);            /* wrapper.c: within a wrapper, what its callers give */
void port_wrapper_call(Work *work, Execute *execute);       /* wrapper.c: a call of a wrapper */
void port_statements(Work *work);                           /* statements.c: the unit as a whole */
void port_members(Work *work);                              /* members.c */
void port_provider(Work *work);                             /* provider.c */

/* A `with conn:` (or `with sqlite3.connect(…) as conn:`) over this connection value: it ends the
 * transaction, which SQLAlchemy's own `with` does otherwise (TR-04, PY-33). */
void port_with_blocks(Work *work, ValueId connection);

/* Whether the settings say that transactions are ended by who opened the connection. */
bool commits_are_foreign(const Work *work); /* port.c */

bool port_exception(Work *work, const Module *module, NodeId expression);

#endif
