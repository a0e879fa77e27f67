/*
 * What a rule is, and all that a rule sees.
 *
 * A rule is a constant in a file of its own, rules/<family>/<name>.c, which includes
 * this header and nothing else. The build finds it; the comment on top of the file is
 * its page (page.h). A rule hooks on to facts: calls, row uses, imports, handlers …
 * For each fact the runner (run.h) calls the hook, and the rule says what it finds with
 * report() and why with note().
 *
 * A hook is called for one fact at a time, in no particular order, and only reads. What
 * was ported already, files kept as bridges, rules switched off, and doubles at one place
 * are the runner's affair; so are the unit, the card and the verdict a finding carries.
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include "analyzers/secrets/secrets.h"
#include "rewriters/port/port.h"

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO } Severity;

/* How safe the change is that answers a finding; FIX_MANUAL: there is none. */
typedef enum FixSafety { FIX_SAFE, FIX_UNSAFE, FIX_MANUAL } FixSafety;

typedef struct Finding Finding;
typedef struct RuleRun RuleRun;
typedef struct Rule    Rule;

/* One comparison of two expressions; `a == b == c` holds two. */
typedef struct Comparison {
    NodeId whole, left, right;
    Str    operator_;
} Comparison;

/* Something to say of a definition of a table (schema.h). */
typedef struct SchemaFinding {
    const char     *code; /* "SC-22" */
    Str             message;
    const Source   *source;
    const Module   *module; /* NULL: a file of SQL */
    const Callsite *call;   /* that executes the definition; or NULL */
    uint32_t        lo, hi; /* in source->text */
} SchemaFinding;

enum { FEATURE_LIMIT = 16 };

struct Rule {
    const char *id;       /* "params/qmark-placeholder" */
    const char *summary;  /* the offence, in a few words */
    Severity    severity;
    const char
        *decision; /* what a person has to decide, where no port answers the finding; else NULL */

    const char *features[FEATURE_LIMIT]; /* of on.remark: statements with one of these constructs */
    const char *attribute;               /* of on.store: stores to this attribute */
    const char *codes;                   /* of on.schema: findings with these, or of these sections: "SC-22 SQL" */
    struct {
        void (*callsite)(RuleRun *run, const Callsite *call); /* on sqlite3's side, SQL or not */
        void (*remark)(RuleRun *run, const StatementRemark *remark);
        void (*row_use)(RuleRun *run, const RowUse *use);
        void (*import)(RuleRun *run, const Import *import);
        void (*handler)(RuleRun *run,
                        NodeId   exception); /* each expression after `except`, tuples opened */
        void (*annotation)(RuleRun *run,
                           NodeId   name); /* each name in an annotation; strings are names, too */
        void (*store)(RuleRun *run, const Store *store);
        void (*comparison)(RuleRun *run, const Comparison *comparison);
        void (*secret)(RuleRun *run, const Secret *secret);
        void (*schema)(RuleRun *run, const SchemaFinding *finding);
    } on;
};

/* The constant of rules/<family>/<name>.c. */
#define RULE(family, name) const Rule rule_##family##_##name

/* -- saying it ------------------------------------------------------------------------------- */

/* A finding at a node of the module at hand; the message says what is wrong and the cure. */
Finding *report(RuleRun *run, NodeId at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* At bytes of the file at hand. */
Finding *report_range(RuleRun *run, uint32_t lo, uint32_t hi, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Why we believe it: another place, and what happens there. NULL as a finding is fine. */
void note(Finding *finding, RuleRun *run, Place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Why the receiver of a call is what we take it for: where it began (`what` happens there), and the functions on its way. */
enum { WAY_LIMIT = 4 };
void note_receiver(Finding *finding, RuleRun *run, const Callsite *call, const char *what);

void finding_is_maybe(Finding *finding);
void finding_is(Finding *finding, Severity severity);

/* -- asking ---------------------------------------------------------------------------------- */

const Module *rule_module(const RuleRun *run);
const Tree   *rule_tree(const RuleRun *run);
const Config *rule_config(const RuleRun *run);

/* The value of this role an expression of the module at hand may be; NULL if none. */
const Value *rule_value(const RuleRun *run, NodeId expression, Role role);
/* … and whether it may be one. */
bool rule_is(const RuleRun *run, NodeId expression, Role role);

/* The expression is (or is assigned once from) the current time without a zone; `clock` is where.
 */
bool rule_is_naive_clock(const RuleRun *run, NodeId expression, Place *clock);

/* The column that a cell of a row comes from: may it hold a BOOLEAN? */
Certainty rule_cell_is_boolean(const RuleRun *run, NodeId cell);

/* Are there `?` or `?1` in the call's statement, or in what it is assembled of? */
bool rule_has_qmarks(const Callsite *call);
/* Is the call made by a listener of an SQLAlchemy engine, on the connection of the driver below it? */
bool rule_is_below_engine(const Callsite *call);
/* Does the function that makes the call, or its object, open the receiver's connection for itself? */
bool rule_opens_itself(const RuleRun *run, const Callsite *call);
/* Does the statement that a remark is about write rows? */
bool rule_writes(const StatementRemark *remark);

/* Does it ask for the current time: `datetime('now', ?)`? */
bool rule_is_now(const StatementRemark *remark);

/* -- what the translator found ---------------------------------------------------------------- */

/* Reports the remark as it stands, if anything has to change or may differ. */
void report_remark(RuleRun *run, const StatementRemark *remark);

/* An offence that the translator knows by one feature or by several; they are its facts. */
#define REMARK_RULE(family, name, called, level, offence, ...) \
    RULE(family, name) = {                                     \
        .id        = #family "/" called,                       \
        .summary   = offence,                                  \
        .severity  = level,                                    \
        .features  = { __VA_ARGS__ },                          \
        .on.remark = report_remark,                            \
    }

/* … and by the name of the rule. */
#define DIALECT_RULE(name, word, level, offence) REMARK_RULE(dialect, name, word, level, offence, word)

/* -- the family schema ----------------------------------------------------------------------- */

/* Reports the finding as it stands. */
void report_schema(RuleRun *run, const SchemaFinding *finding);

#define SCHEMA_RULE(name, word, level, offence, which, what) \
    RULE(schema, name) = {                                   \
        .id        = "schema/" word,                         \
        .summary   = offence,                                \
        .severity  = level,                                  \
        .decision  = what,                                   \
        .codes     = which,                                  \
        .on.schema = report_schema,                          \
    }

#endif
