/* One call of a function, as those who know the function see it; inside of rewriters/sql. */
#ifndef REWRITERS_SQL_FUNCTION_H
#define REWRITERS_SQL_FUNCTION_H

#include "rewriters/sql/work.h"

typedef struct Call {
    const Node  *node;
    Str          name;
    const Node **args;
    size_t       count;
    bool         over; /* it has a window */
} Call;

/* The arguments have been looked at; gives what the call is. */
typedef Value (*How)(Work *w, Scope *scope, const Call *call);

/* Another name for the function, in the author's case. */
void call_rename(Work *w, const Call *call, const char *name);

/* What SQLite makes text of; elsewhere a CAST does, or the statement is refused. (function.c) */
void want_text(Work *w, const Call *call, const Node *node);

/* form.c */
Value fn_form(Work *w, Scope *scope, const Call *call);
Value fn_whole(Work *w, Scope *scope, const Call *call);
bool  has_form(Work *w, Str name, size_t count); /* that may be used here */
/* Words with `$1` … for the pieces, in the author's case. */
Str  words_filled(Work *w, const char *words, const Str *pieces);
Str  rendered(Work *w, const Node *node);   /* as it will be */
Str  operand_of(Work *w, const Node *node); /* the same, in parentheses where it needs them */
void put_instead(Work *w, const Node *node, Str text);
Str  text_literal(Work *w, Str text);       /* in quotes, for text() */
bool is_string_node(const Work *w, const Node *node); /* 'text', or "text" that is no column */

/* scalar.c */
Value fn_likely(Work *w, Scope *scope, const Call *call);
Value fn_typeof(Work *w, Scope *scope, const Call *call);
Value fn_quote(Work *w, Scope *scope, const Call *call);
Value fn_hex(Work *w, Scope *scope, const Call *call);
Value fn_char(Work *w, Scope *scope, const Call *call);
Value fn_zeroblob(Work *w, Scope *scope, const Call *call);
Value fn_random(Work *w, Scope *scope, const Call *call);

/* format.c */
Value fn_printf(Work *w, Scope *scope, const Call *call);

/* json.c */
Value fn_json(Work *w, Scope *scope, const Call *call);
Value fn_json_array(Work *w, Scope *scope, const Call *call);
Value fn_json_array_length(Work *w, Scope *scope, const Call *call);
Value fn_json_change(Work *w, Scope *scope, const Call *call);
Value fn_json_extract(Work *w, Scope *scope, const Call *call);
Value fn_json_group_array(Work *w, Scope *scope, const Call *call);
Value fn_json_group_object(Work *w, Scope *scope, const Call *call);
Value fn_json_object(Work *w, Scope *scope, const Call *call);
Value fn_json_quote(Work *w, Scope *scope, const Call *call);
Value fn_json_remove(Work *w, Scope *scope, const Call *call);
Value fn_json_type(Work *w, Scope *scope, const Call *call);
Value fn_json_valid(Work *w, Scope *scope, const Call *call);
/* What stands inside of a document for the value, as SQLite writes it; false when Postgres writes it otherwise. */
bool jsonb_piece(Work *w, const Node *node, Str *out);
/* The value as a JSONB; `verdict` drops where it need not be one. False for what is none. */
bool jsonb_given(Work *w, const Node *node, Str *out, SqlVerdict *verdict);
/* ` -> 'a' ->> 0` for '$.a[0]'; false for what is no such path. */
bool jsonb_arrows(Work *w, const Node *path, bool text, Str *out);

/* gather.c */
Value       fn_group_concat(Work *w, Scope *scope, const Call *call);
Str         order_of_rows(Work *w, const Scope *scope, const Node *call);

/* pattern.c */
Value fn_like(Work *w, Scope *scope, const Call *call);
Value fn_glob(Work *w, Scope *scope, const Call *call);

/* aggregate.c */
Value fn_count(Work *w, Scope *scope, const Call *call);
Value fn_sum(Work *w, Scope *scope, const Call *call);
Value fn_avg(Work *w, Scope *scope, const Call *call);
Value fn_total(Work *w, Scope *scope, const Call *call);
Value fn_extreme(Work *w, Scope *scope, const Call *call);  /* MAX, MIN of rows or of arguments */
Value fn_rank(Work *w, Scope *scope, const Call *call);     /* ROW_NUMBER, RANK, NTILE … */
Value fn_fraction(Work *w, Scope *scope, const Call *call); /* PERCENT_RANK, CUME_DIST */
Value fn_pick(Work *w, Scope *scope, const Call *call);     /* LAG, LEAD, FIRST_VALUE … */

#endif
