/*
 * One statement of SQLite's SQL, in the words that SQLite and Postgres both understand.
 *
 * sql_translate() reads the text of a single statement, as sqlite3 would get it, and says how
 * to change it so that SQLAlchemy's text() runs it on SQLite (3.39 and later) and on Postgres
 * 15. The change is a list of small edits on the text as it was read: layout, comments and the
 * spelling of what needs no change survive, and the edits can be mapped back to the Python
 * source the text came from. Binds get the names that a dictionary of parameters must use.
 *
 * It is honest rather than able. Every node of the statement is looked at, and what is not
 * positively known to mean the same on both databases leaves a remark. The verdict is the worst
 * of the remarks: SQL_SAME is a claim, argued from the tree and the catalog, SQL_DIFFERS names
 * what may differ, SQL_DECIDE means that there is no text both take and that a person has to
 * choose. With SQL_DECIDE there is no target (and translation_apply() gives no text), but the
 * remarks, the binds and the results are told as far as they were understood. A caller that asks
 * for `postgres_alone` gets SQL_TARGET_POSTGRES, and a text that SQLite does not take, where that
 * is the only one there is: instr() is STRPOS() on Postgres and nothing on both. The verdict then
 * holds what the text does on Postgres against what the source does on SQLite.
 *
 * What the columns of the result *are* when Python reads them (a timestamp is text from one
 * database, a datetime from the other) is told in `results`, and by remarks whose feature is
 * "result-type"; a caller that takes care of the readers asks for the verdict without them
 * (translation_verdict_besides()). Where the type follows the value ("result-number": 0 or 0.0)
 * no reader can know it, and `results` do not tell.
 *
 * The catalog says what the columns are. Without it, or for a table it does not know, types are
 * unknown and nothing that depends on them is SQL_SAME. Text and binds are borrowed from
 * `text`, tables from the catalog; everything else lives in the arena.
 */
#ifndef REWRITERS_SQL_TRANSLATE_H
#define REWRITERS_SQL_TRANSLATE_H

#include "analyzers/schema/catalog.h"
#include "analyzers/schema/types.h"
#include "analyzers/sql/statement.h"
#include "base/map.h"
#include "rewriters/edit/edit.h"

typedef enum SqlVerdict { SQL_SAME, SQL_DIFFERS, SQL_DECIDE } SqlVerdict; /* the worst wins */

typedef enum SqlTarget { SQL_TARGET_NONE, SQL_TARGET_BOTH, SQL_TARGET_POSTGRES } SqlTarget; /* where the new text runs */

typedef struct SqlRemark {
    const char *code;    /* id of porting-semantics: "SQL-01" */
    const char *feature; /* the construct: "insert-or-ignore", "boolean-integer", … */
    SqlVerdict  verdict; /* what this alone allows */
    uint32_t    lo, hi;  /* bytes of the source text it is about */
    bool        changed; /* an edit answers it */
    Str         message; /* one sentence: what it is and the cure */
} SqlRemark;

typedef struct SqlBind {
    uint32_t lo, hi;   /* in the source text */
    uint32_t number;   /* which value sqlite3 puts there, from 1; 0 for a clock */
    Str      name;     /* of the new text: `:name`; one name for each number */
    Str      table;    /* the column it meets; empty when unknown */
    Str      column;
    PgType   type;     /* of that column, or PG_UNKNOWN */
    bool     direct;   /* it is the bind itself that is compared with or stored in the column */
    bool     expanding; /* IN :name */
    bool     limits;   /* it is the LIMIT or the OFFSET, and is taken to be no negative number */
    bool     clock;    /* not a bind of the source: the current time, see bind_clock */
    Str      shift;    /* of a clock: "-7 days", or empty */
} SqlBind;

typedef struct SqlResult {
    Str    key;      /* as sqlite3.Row spells it, from the source text */
    Str    lite_key; /* as SQLite spells it, from the new text */
    Str    pg_key;   /* as Postgres spells it, from the new text */
    PgType type;     /* as Postgres gives it, or PG_UNKNOWN */
    bool   nullable;
    bool   is_foreign; /* Postgres has it in a type that is none of ours: Python may read anything */
    bool   is_star;  /* a `*` over tables we do not know: the keys are empty */
    uint32_t lo, hi; /* the item, in the source text */
} SqlResult;

typedef Vec(SqlRemark) SqlRemarkVec;
typedef Vec(SqlBind) SqlBindVec;
typedef Vec(SqlResult) SqlResultVec;

typedef struct Translation {
    Str          text;      /* the source */
    Sql          sql;
    Statement    statement; /* of the source; kind STATEMENT_UNKNOWN unless there is exactly one */
    EditVec      edits;     /* in order: ready for edit_splice() */
    SqlRemarkVec remarks;   /* in order of the text */
    SqlBindVec   binds;     /* in order of the source text */
    SqlResultVec results;   /* of SELECT or RETURNING; stars are spread out where tables are known */
    bool         one_row;   /* at most one row, for sure */
    bool         ordered;   /* rows come in an order that both databases agree on */
    SqlVerdict   verdict;
    SqlTarget    target;
} Translation;

typedef struct TranslateOptions {
    const Catalog *catalog;        /* may be NULL */
    const Str     *fallback_names; /* Python's names for binds, by their place in the text: used */
    uint32_t       fallback_count; /* where no column gives a name; empty ones are skipped */
    const Str     *given_names;    /* names that binds have already, by their place in the text; those of empty ones */
    uint32_t       given_count;    /* are chosen, and are none of … */
    const StrVec  *taken_names;    /* … these; may be NULL */
    bool           keep_binds;     /* the text is text() already: leave binds and `\:` alone */
    bool           plain_colons;   /* not for text(): colons in literals stay as they are */
    bool           keep_keys;      /* give an alias to results whose key would change */
    bool           keep_names;     /* the same for those alone that are called by a name: Postgres makes names small */
    bool           number_booleans; /* the values of booleans are 0 and 1, as for sqlite3: a CAST makes booleans of them */
    bool           old_names;      /* leave names that the schema for Postgres changes (SC-24) to the caller */
    bool           any_limit;      /* a LIMIT or OFFSET that is bound may be negative: a CASE makes the same of it on both */
    const Map     *foreign_times;  /* "table.column" of times that come from outside, in whatever form; may be NULL */
    bool           postgres_alone; /* where no text runs on both, one that runs on Postgres alone will do */
    bool           bind_clock;     /* `datetime('now')` becomes a bind, to be filled by Python */
} TranslateOptions;

Translation sql_translate(Arena *arena, Str text, const TranslateOptions *options);

/* The new text; empty when the target is SQL_TARGET_NONE. */
Str translation_apply(Arena *arena, const Translation *translation);

/* The verdict as it would be without the remarks of one feature. */
SqlVerdict translation_verdict_besides(const Translation *translation, const char *feature);

/* The names SQLAlchemy's text() takes for binds, in order, as often as they occur. */
StrVec text_binds_of(Arena *arena, Str text);

const char *sql_verdict_name(SqlVerdict verdict); /* "same" */
const char *sql_target_name(SqlTarget target);    /* "both" */

#endif
