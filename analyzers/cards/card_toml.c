#include "analyzers/cards/card_toml.h"

#include <inttypes.h>

#include "analyzers/cards/size.h"
#include "analyzers/config/toml_take.h"

typedef struct TomlCards {
    Arena *arena;
    Str    path;
    Error *why;
} TomlCards;

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- reading ---- */

/* A string, or a number as people write one. */
static bool take_text(TomlCards *r, const TomlEntry *entry, const char *unit, Str *out)
{
    const TomlValue *value = entry->value;

    if (value->type == TOML_INTEGER)
        *out = str_format(r->arena, "%" PRId64 "%s", value->integer, unit);
    else if (value->type == TOML_FLOAT)
        *out = str_format(r->arena, "%g%s", value->number, unit);
    else
        return take_string(r->path, entry, out, r->why);
    return true;
}

static bool read_criterion_key(TomlCards *r, const TomlEntry *entry, Criterion *out)
{
    static const Str known[] = { { "text", 4 }, { "check", 5 }, { "run", 3 }, { "done", 4 } };

    if (str_is(entry->key, "text"))
        return take_string(r->path, entry, &out->text, r->why);
    if (str_is(entry->key, "check"))
        return take_string(r->path, entry, &out->check, r->why);
    if (str_is(entry->key, "run"))
        return take_string(r->path, entry, &out->run, r->why);
    if (!str_is(entry->key, "done"))
        return take_unknown(r->path, entry, known, COUNT(known), r->why);
    if (entry->value->type == TOML_BOOLEAN)
        return take_boolean(r->path, entry, &out->done, r->why);
    if (!take_string(r->path, entry, &out->evidence, r->why))
        return false;
    out->done = out->evidence.len > 0;
    return true;
}

static bool read_criteria(TomlCards *r, const TomlEntry *entry, CriterionVec *out)
{
    if (entry->value->type != TOML_ARRAY)
        return error_set(r->why,
                         STR_FORMAT ":%u:%u: \"criteria\" must be an array of tables, not %s",
                         STR_ARG(r->path), entry->value->line, entry->value->column,
                         toml_type_name(entry->value->type));
    for (size_t i = 0; i < entry->value->items.count; i++) {
        const TomlValue *item      = entry->value->items.items[i];
        Criterion        criterion = { .line = item->line };
        if (item->type != TOML_TABLE)
            return error_set(r->why, STR_FORMAT ":%u:%u: a criterion must be a table such as "
                                                "{ text = \"\xE2\x80\xA6\" }, not %s",
                             STR_ARG(r->path), item->line, item->column,
                             toml_type_name(item->type));
        for (size_t j = 0; j < item->entries.count; j++)
            if (!read_criterion_key(r, &item->entries.items[j], &criterion))
                return false;
        if (criterion.text.len == 0)
            return error_set(r->why, STR_FORMAT ":%u:%u: a criterion has no text; add text = "
                                                "\"\xE2\x80\xA6\"",
                             STR_ARG(r->path), item->line, item->column);
        vec_push(r->arena, out, criterion);
    }
    return true;
}

static bool read_dependencies(TomlCards *r, const TomlEntry *entry, DependencyVec *out)
{
    StrVec ids = { 0 };

    if (!take_strings(r->arena, r->path, entry, &ids, r->why))
        return false;
    for (size_t i = 0; i < ids.count; i++)
        vec_push(r->arena, out,
                 (Dependency) { .first = ids.items[i],
                                .line  = entry->value->items.items[i]->line });
    return true;
}

static bool read_files(TomlCards *r, const TomlEntry *entry, CardFileVec *out)
{
    StrVec patterns = { 0 };

    if (!take_strings(r->arena, r->path, entry, &patterns, r->why))
        return false;
    for (size_t i = 0; i < patterns.count; i++)
        vec_push(r->arena, out,
                 (CardFile) { .pattern = patterns.items[i],
                              .line    = entry->value->items.items[i]->line });
    return true;
}

static bool read_size(TomlCards *r, const TomlEntry *entry, Card *card)
{
    if (!take_text(r, entry, " d", &card->size))
        return false;
    card->effort = days_of_size(card->size);
    return true;
}

static bool read_card_key(TomlCards *r, const TomlEntry *entry, CardDraft *draft)
{
    static const Str known[] = {
        { "id", 2 },          { "title", 5 },  { "phase", 5 }, { "size", 4 },  { "depends_on", 10 },
        { "supersedes", 10 }, { "files", 5 },  { "owner", 5 }, { "criteria", 8 },
    };
    Card *card = &draft->card;

    if (str_is(entry->key, "id"))
        return take_string(r->path, entry, &card->id, r->why);
    if (str_is(entry->key, "title"))
        return take_string(r->path, entry, &card->title, r->why);
    if (str_is(entry->key, "phase"))
        return take_text(r, entry, "", &card->phase);
    if (str_is(entry->key, "size"))
        return read_size(r, entry, card);
    if (str_is(entry->key, "depends_on"))
        return read_dependencies(r, entry, &draft->dependencies);
    if (str_is(entry->key, "supersedes"))
        return take_strings(r->arena, r->path, entry, &card->supersedes, r->why);
    if (str_is(entry->key, "files"))
        return read_files(r, entry, &card->files);
    if (str_is(entry->key, "owner"))
        return take_string(r->path, entry, &card->owner, r->why);
    if (str_is(entry->key, "criteria"))
        return read_criteria(r, entry, &card->criteria);
    return take_unknown(r->path, entry, known, COUNT(known), r->why);
}

static bool read_card(TomlCards *r, const TomlValue *table, CardDraftVec *out)
{
    CardDraft draft = { .card.line = table->line };

    if (table->type != TOML_TABLE)
        return error_set(r->why, STR_FORMAT ":%u:%u: a card must be a table, [[card]], not %s",
                         STR_ARG(r->path), table->line, table->column,
                         toml_type_name(table->type));
    for (size_t i = 0; i < table->entries.count; i++)
        if (!read_card_key(r, &table->entries.items[i], &draft))
            return false;
    if (draft.card.id.len == 0)
        return error_set(r->why, STR_FORMAT ":%u:%u: a card has no id; add id = \"\xE2\x80\xA6\"",
                         STR_ARG(r->path), table->line, table->column);
    vec_push(r->arena, out, draft);
    return true;
}

bool card_toml_read(Arena *arena, Str path, Str text, CardDraftVec *out, Error *why)
{
    static const Str known[]  = { { "card", 4 } };
    TomlCards        reader   = { arena, path, why };
    CardDraftVec     drafts   = { 0 };
    TomlValue        document = { 0 };

    if (!toml_read(arena, path, text, &document, why))
        return false;
    for (size_t i = 0; i < document.entries.count; i++) {
        const TomlEntry *entry = &document.entries.items[i];
        if (!str_is(entry->key, "card"))
            return take_unknown(path, entry, known, COUNT(known), why);
        if (entry->value->type != TOML_ARRAY)
            return error_set(why, STR_FORMAT ":%u:%u: \"card\" must be [[card]] tables, not %s",
                             STR_ARG(path), entry->value->line, entry->value->column,
                             toml_type_name(entry->value->type));
        for (size_t j = 0; j < entry->value->items.count; j++)
            if (!read_card(&reader, entry->value->items.items[j], &drafts))
                return false;
    }
    if (drafts.count == 0)
        return error_set(why, STR_FORMAT ": no card found; a card starts with [[card]]",
                         STR_ARG(path));
    *out = drafts;
    return true;
}

/* ---- writing ---- */

static void add_quoted(Buf *out, Str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_format(out, "\\%c", c);
        else if (c < ' ' || c == 0x7F)
            buf_format(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static void add_string(Buf *out, const char *key, Str text)
{
    if (text.len == 0)
        return;
    buf_format(out, "%s = ", key);
    add_quoted(out, text);
    buf_add_char(out, '\n');
}

static void add_strings(Buf *out, const char *key, const StrVec *texts)
{
    if (texts->count == 0)
        return;
    buf_format(out, "%s = [", key);
    for (size_t i = 0; i < texts->count; i++) {
        buf_add(out, i ? STR(", ") : STR(""));
        add_quoted(out, texts->items[i]);
    }
    buf_add(out, STR("]\n"));
}

static void add_files(Buf *out, const CardFileVec *files)
{
    if (files->count == 0)
        return;
    buf_add(out, STR("files = [\n"));
    for (size_t i = 0; i < files->count; i++) {
        buf_add(out, STR("    "));
        add_quoted(out, files->items[i].pattern);
        buf_add(out, STR(",\n"));
    }
    buf_add(out, STR("]\n"));
}

static void add_member(Buf *out, const char *key, Str text)
{
    if (text.len == 0)
        return;
    buf_format(out, ", %s = ", key);
    add_quoted(out, text);
}

static void add_criteria(Buf *out, const CriterionVec *criteria)
{
    if (criteria->count == 0)
        return;
    buf_add(out, STR("criteria = [\n"));
    for (size_t i = 0; i < criteria->count; i++) {
        const Criterion *criterion = &criteria->items[i];
        buf_add(out, STR("    { text = "));
        add_quoted(out, criterion->text);
        add_member(out, "check", criterion->check);
        add_member(out, "run", criterion->run);
        if (criterion->evidence.len)
            add_member(out, "done", criterion->evidence);
        else if (criterion->done)
            buf_add(out, STR(", done = true"));
        buf_add(out, STR(" },\n"));
    }
    buf_add(out, STR("]\n"));
}

Str cards_to_toml(Arena *arena, const Cards *cards)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < cards->cards.count; i++) {
        const Card *card = &cards->cards.items[i];
        buf_add(&out, i ? STR("\n[[card]]\n") : STR("[[card]]\n"));
        add_string(&out, "id", card->id);
        add_string(&out, "title", card->title);
        add_string(&out, "phase", card->phase);
        add_string(&out, "size", card->size);
        add_string(&out, "owner", card->owner);
        add_strings(&out, "depends_on", &card->depends_on);
        add_strings(&out, "supersedes", &card->supersedes);
        add_files(&out, &card->files);
        add_criteria(&out, &card->criteria);
    }
    return buf_str(&out);
}
