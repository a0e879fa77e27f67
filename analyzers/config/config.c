#include "analyzers/config/config.h"

#include <errno.h>
#include <sys/stat.h>

#include "analyzers/config/toml_take.h"
#include "analyzers/intake/source.h"

#define OWN_FILE STR("lite2pg.toml")
#define PROJECT  STR("pyproject.toml")

enum { LARGEST_MINUTES = 100000 };

static const Word transaction_words[] = {
    { "keep", TRANSACTIONS_KEEP },
    { "caller", TRANSACTIONS_CALLER },
};
static const Word sqlalchemy_words[] = {
    { "2.0", SQLALCHEMY_2_0 },
    { "1.4", SQLALCHEMY_1_4 },
};
static const Word provider_words[] = {
    { "begin", PROVIDER_BEGIN },
    { "connect", PROVIDER_CONNECT },
};
static const Word level_words[] = {
    { "error", LEVEL_ERROR },
    { "warning", LEVEL_WARNING },
    { "info", LEVEL_INFO },
};
static const Word type_words[] = {
#define COLUMN_TYPE(name, text) { text, COLUMN_##name },
#include "analyzers/config/column_type.def"
#undef COLUMN_TYPE
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct Reading {
    Arena *arena;
    Str    path;
    Error *why;
} Reading;

/* ---- the keys that are more than one value ---- */

static bool read_enum(Reading *r, const TomlEntry *entry, const Word *words, size_t count, int *out)
{
    return take_word(r->path, entry, words, count, out, r->why);
}

/* x.y = "…" is a table in a table: the leaves, by their whole names. */
static bool flatten(Reading *r, Str prefix, const TomlValue *table, TomlEntryVec *out)
{
    for (size_t i = 0; i < table->entries.count; i++) {
        const TomlEntry *entry = &table->entries.items[i];
        TomlEntry        leaf  = *entry;
        if (prefix.len)
            leaf.key = str_format(r->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(prefix),
                                  STR_ARG(entry->key));
        if (leaf.key.len > ERROR_ROOM)
            return error_set(r->why, STR_FORMAT ":%u:%u: a name of %zu letters is too long",
                             STR_ARG(r->path), entry->line, entry->column, leaf.key.len);
        if (entry->value->type != TOML_TABLE)
            vec_push(r->arena, out, leaf);
        else if (!flatten(r, leaf.key, entry->value, out))
            return false;
    }
    return true;
}

static bool read_names(Reading *r, const TomlEntry *entry, TomlEntryVec *out)
{
    const TomlValue *table;

    return take_table(r->path, entry, &table, r->why) && flatten(r, (Str) { 0 }, table, out);
}

static bool read_providers(Reading *r, const TomlEntry *entry, ProviderVec *out)
{
    TomlEntryVec names = { 0 };

    if (!read_names(r, entry, &names))
        return false;
    vec_each(leaf, &names) {
        int kind;
        if (!read_enum(r, leaf, provider_words, COUNT(provider_words), &kind))
            return false;
        vec_push(r->arena, out, (Provider) { leaf->key, (ProviderKind)kind, leaf->line });
    }
    return true;
}

static bool read_types(Reading *r, const TomlEntry *entry, TypedColumnVec *out)
{
    TomlEntryVec names = { 0 };

    if (!read_names(r, entry, &names))
        return false;
    vec_each(leaf, &names) {
        int type;
        if (str_find_char(leaf->key, '.') == STR_NOT_FOUND)
            return error_set(r->why,
                             STR_FORMAT ":%u:%u: \"" STR_FORMAT
                             "\" in types must be a table and a column, as in \"users.is_active\"",
                             STR_ARG(r->path), leaf->line, leaf->column, STR_ARG(leaf->key));
        if (!read_enum(r, leaf, type_words, COUNT(type_words), &type))
            return false;
        vec_push(r->arena, out, (TypedColumn) { leaf->key, (ColumnType)type, leaf->line });
    }
    return true;
}

static bool read_path_ignores(Reading *r, const TomlEntry *entry, PathIgnoreVec *out)
{
    const TomlValue *table;

    if (!take_table(r->path, entry, &table, r->why))
        return false;
    for (size_t i = 0; i < table->entries.count; i++) {
        const TomlEntry *one    = &table->entries.items[i];
        PathIgnore       ignore = { .glob = one->key, .line = one->line };
        if (!take_strings(r->arena, r->path, one, &ignore.rules, r->why))
            return false;
        vec_push(r->arena, out, ignore);
    }
    return true;
}

static bool read_severity(Reading *r, const TomlEntry *entry, RuleLevelVec *out)
{
    const TomlValue *table;

    if (!take_table(r->path, entry, &table, r->why))
        return false;
    for (size_t i = 0; i < table->entries.count; i++) {
        const TomlEntry *one = &table->entries.items[i];
        int              level;
        if (!read_enum(r, one, level_words, COUNT(level_words), &level))
            return false;
        vec_push(r->arena, out, (RuleLevel) { one->key, (ConfigLevel)level, one->line });
    }
    return true;
}

static bool read_effort(Reading *r, const TomlEntry *entry, EffortMinutes *out)
{
    static const Str known[] = { { "unsafe", 6 }, { "manual", 6 } };
    const TomlValue *table;

    if (!take_table(r->path, entry, &table, r->why))
        return false;
    for (size_t i = 0; i < table->entries.count; i++) {
        const TomlEntry *one   = &table->entries.items[i];
        uint32_t        *place = str_is(one->key, "unsafe") ? &out->unsafe_
                               : str_is(one->key, "manual") ? &out->manual : NULL;
        int64_t          minutes;
        if (!place)
            return take_unknown(r->path, one, known, COUNT(known), r->why);
        if (!take_integer(r->path, one, 0, LARGEST_MINUTES, &minutes, r->why))
            return false;
        *place = (uint32_t)minutes;
    }
    return true;
}

/* ---- one reader for each key ---- */

static bool read_transactions(Reading *r, const TomlEntry *entry, TransactionStyle *out)
{
    int value;

    if (!read_enum(r, entry, transaction_words, COUNT(transaction_words), &value))
        return false;
    *out = (TransactionStyle)value;
    return true;
}

static bool read_sqlalchemy(Reading *r, const TomlEntry *entry, SqlalchemyVersion *out)
{
    int value;

    if (!read_enum(r, entry, sqlalchemy_words, COUNT(sqlalchemy_words), &value))
        return false;
    *out = (SqlalchemyVersion)value;
    return true;
}

static bool read_postgres(Reading *r, const TomlEntry *entry, int *out)
{
    int64_t major;

    if (!take_integer(r->path, entry, 10, 99, &major, r->why))
        return false;
    *out = (int)major;
    return true;
}

static bool read_text(Reading *r, const TomlEntry *entry, Str *out)
{
    return take_string(r->path, entry, out, r->why);
}

static bool read_list(Reading *r, const TomlEntry *entry, StrVec *out)
{
    return take_strings(r->arena, r->path, entry, out, r->why);
}

static bool read_flag(Reading *r, const TomlEntry *entry, bool *out)
{
    return take_boolean(r->path, entry, out, r->why);
}

static const Str known_keys[] = {
#define CONFIG_KEY(key, field, reader) { key, sizeof key - 1 },
#include "analyzers/config/config_key.def"
#undef CONFIG_KEY
};

static bool read_key(Reading *r, const TomlEntry *entry, Config *out)
{
#define CONFIG_KEY(name, field, reader)                                                           \
    if (str_is(entry->key, name))                                                                 \
        return reader(r, entry, &out->field);
#include "analyzers/config/config_key.def"
#undef CONFIG_KEY
    if (str_is(entry->key, "tool") && str_eq(r->path, OWN_FILE))
        return error_set(r->why,
                         STR_FORMAT ":%u:%u: unknown key \"tool\"; in this file the keys stand at "
                         "the top, without [tool.lite2pg]",
                         STR_ARG(r->path), entry->line, entry->column);
    return take_unknown(r->path, entry, known_keys, COUNT(known_keys), r->why);
}

static bool read_keys(Reading *r, const TomlValue *table, Config *out)
{
    Config config = config_default();

    config.file = r->path;
    for (size_t i = 0; i < table->entries.count; i++) {
        const TomlEntry *entry = &table->entries.items[i];
        if (!read_key(r, entry, &config))
            return false;
        vec_push(r->arena, &config.keys, (ConfigKey) { entry->key, entry->line });
    }
    if (config.keys.count == 0)
        config.file = (Str) { 0 };
    *out = config;
    return true;
}

/* ---- documents ---- */

Config config_default(void)
{
    return (Config) { .postgres = 15, .effort = { .unsafe_ = 5, .manual = 30 } };
}

static bool is_project_file(Str path)
{
    return str_eq(path, PROJECT) || str_ends_with(path, STR("/pyproject.toml"));
}

bool config_parse(Arena *arena, Str path, Str text, Config *out, Error *why)
{
    Reading          reading  = { arena, path, why };
    TomlValue        document = { 0 };
    const TomlValue *table    = &document;

    if (!toml_read(arena, path, text, &document, why))
        return false;
    if (is_project_file(path)) {
        const TomlValue *tool = toml_find(&document, STR("tool"));
        table                 = tool ? toml_find(tool, STR("lite2pg")) : NULL;
        if (!table) {
            *out = config_default();
            return true;
        }
        if (table->type != TOML_TABLE)
            return error_set(why, STR_FORMAT ":%u:%u: tool.lite2pg must be a table, not %s",
                             STR_ARG(path), table->line, table->column,
                             toml_type_name(table->type));
    }
    return read_keys(&reading, table, out);
}

/* The bytes of root/name; empty where there is no such file. */
static bool file_bytes(Arena *arena, Str root, Str name, Str *out, Error *why)
{
    Str path = root.len ? str_format(arena, STR_FORMAT "/" STR_FORMAT, STR_ARG(root), STR_ARG(name))
                        : name;
    struct stat about;

    *out = (Str) { 0 };
    if (lstat(path.ptr, &about) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    return file_read(arena, root, name, out, why);
}

bool config_read(Arena *arena, Str root, Config *out, Error *why)
{
    Config own = config_default(), project = config_default();
    Str    text;

    if (!file_bytes(arena, root, OWN_FILE, &text, why))
        return false;
    if (text.len && !config_parse(arena, OWN_FILE, text, &own, why))
        return false;

    if (!file_bytes(arena, root, PROJECT, &text, why))
        return false;
    /* Most projects' files do not speak of us: no need to understand the rest of them. */
    if (str_contains(text, STR("lite2pg")) && !config_parse(arena, PROJECT, text, &project, why))
        return false;

    if (own.keys.count && project.keys.count)
        return error_set(why,
                         "lite2pg.toml:%u and pyproject.toml:%u ([tool.lite2pg]) both hold "
                         "settings; keep one of them",
                         own.keys.items[0].line, project.keys.items[0].line);
    *out = project.keys.count ? project : own;
    return true;
}

/* ---- questions ---- */

uint32_t config_line(const Config *config, Str key)
{
    for (size_t i = 0; i < config->keys.count; i++)
        if (str_eq(config->keys.items[i].key, key))
            return config->keys.items[i].line;
    return 0;
}

const Provider *config_provider_find(const Config *config, Str callable)
{
    for (size_t i = 0; i < config->providers.count; i++)
        if (str_eq(config->providers.items[i].callable, callable))
            return &config->providers.items[i];
    return NULL;
}

const TypedColumn *config_type_find(const Config *config, Str table, Str column)
{
    for (size_t i = 0; i < config->types.count; i++) {
        const TypedColumn *typed = &config->types.items[i];
        Str                name  = typed->column;
        if (name.len == table.len + 1 + column.len && name.ptr[table.len] == '.'
            && str_eq_nocase(str_slice(name, 0, table.len), table)
            && str_eq_nocase(str_slice(name, table.len + 1, name.len), column))
            return typed;
    }
    return NULL;
}

const char *column_type_word(ColumnType type)
{
    return type < COLUMN_TYPE_COUNT ? type_words[type].word : "";
}
