/*
 * The settings of a project.
 *
 * config_read() looks in the project's root for `lite2pg.toml` (keys at the top level) and for
 * the table [tool.lite2pg] of `pyproject.toml`. Settings may stand in one of the two, not in
 * both; where neither holds any, the defaults named below are the settings. A key that is unknown
 * (with the key it was probably meant to be), of the wrong type or with an impossible value is an
 * error of one line that names file, line and key. Nothing is looked up beyond that: whether a
 * path exists or a rule is known is asked by those who use the setting, who can name the line
 * with config_line().
 *
 * Config is plain; all it points to lives in the arena. Paths and globs are as written, relative
 * to the root. The names in [providers] and [types] may be quoted or not: x.y = "begin" means
 * "x.y" = "begin".
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/error.h"
#include "base/str.h"

/* Where commits go: they stay where they are, or the owner of the connection makes them. */
typedef enum TransactionStyle { TRANSACTIONS_KEEP, TRANSACTIONS_CALLER } TransactionStyle;

typedef enum SqlalchemyVersion { SQLALCHEMY_2_0, SQLALCHEMY_1_4 } SqlalchemyVersion;

/* Who ends the transaction of a connection that a callable hands out. */
typedef enum ProviderKind {
    PROVIDER_BEGIN,   /* its context commits on leaving */
    PROVIDER_CONNECT, /* its context does not */
} ProviderKind;

typedef enum ConfigLevel { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO } ConfigLevel;

/* What a column is on Postgres, where a word of the team settles it. */
typedef enum ColumnType {
#define COLUMN_TYPE(name, word) COLUMN_##name,
#include "analyzers/config/column_type.def"
#undef COLUMN_TYPE
    COLUMN_TYPE_COUNT
} ColumnType;

typedef struct Provider {
    Str          callable; /* dotted: package.module.Class.method */
    ProviderKind kind;
    uint32_t     line;
} Provider;
typedef Vec(Provider) ProviderVec;

typedef struct TypedColumn {
    Str        column; /* table.column */
    ColumnType type;
    uint32_t   line;
} TypedColumn;
typedef Vec(TypedColumn) TypedColumnVec;

typedef struct PathIgnore {
    Str      glob;
    StrVec   rules; /* rules or families */
    uint32_t line;
} PathIgnore;
typedef Vec(PathIgnore) PathIgnoreVec;

typedef struct RuleLevel {
    Str         rule; /* a rule or a family */
    ConfigLevel level;
    uint32_t    line;
} RuleLevel;
typedef Vec(RuleLevel) RuleLevelVec;

/* What a call that is not ported yet costs a person, in minutes. */
typedef struct EffortMinutes {
    uint32_t unsafe_;
    uint32_t manual;
} EffortMinutes;

typedef struct ConfigKey {
    Str      key;
    uint32_t line;
} ConfigKey;
typedef Vec(ConfigKey) ConfigKeyVec;

typedef struct Config {
    Str               file;         /* where the settings stand; empty: nowhere, all defaults */
    ConfigKeyVec      keys;         /* those given, in order */
    StrVec            include;      /* default: empty, every Python file git knows */
    StrVec            exclude;      /* default: empty */
    Str               cards;        /* the card document; default: empty, none */
    StrVec            schema;       /* SQL files, folders, databases; default: empty */
    TransactionStyle  transactions; /* default: KEEP */
    SqlalchemyVersion sqlalchemy;   /* default: 2.0 */
    int               postgres;     /* major version; default: 15 */
    StrVec            select;       /* rules or families; default: empty, all */
    StrVec            ignore;       /* default: empty */
    StrVec            rules;        /* folders of own rules; default: empty */
    Str               baseline;     /* default: empty, none */
    ProviderVec       providers;    /* default: empty */
    TypedColumnVec    types;        /* default: empty */
    bool              assume_connections; /* default: false */
    StrVec            bridges;            /* files that keep sqlite3 on purpose; default: empty */
    PathIgnoreVec     per_file_ignores;   /* default: empty */
    RuleLevelVec      severity;           /* default: empty, each rule's own */
    StrVec            ratchet;            /* cards that may not grow; default: empty */
    Str               required_version;   /* default: empty, any */
    EffortMinutes     effort;             /* default: unsafe 5, manual 30 */
    Str               decisions;          /* default: empty, none */
} Config;

Config config_default(void);

bool config_read(Arena *arena, Str root, Config *out, Error *why);

/* The settings in the text of a lite2pg.toml or, by its name, of a pyproject.toml. */
bool config_parse(Arena *arena, Str path, Str text, Config *out, Error *why);

/* Line of a top-level key, 0 if it was not given. */
uint32_t config_line(const Config *config, Str key);

/* NULL where the settings say nothing. */
const Provider    *config_provider_find(const Config *config, Str callable);
const TypedColumn *config_type_find(const Config *config, Str table, Str column); /* any case */

const char *column_type_word(ColumnType type);

#endif
