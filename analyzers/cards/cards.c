#include "analyzers/cards/cards.h"

#include <stdlib.h>

#include "analyzers/cards/card_id.h"
#include "analyzers/cards/card_toml.h"
#include "analyzers/cards/document.h"
#include "analyzers/intake/glob.h"
#include "analyzers/intake/utf8.h"

#define NOTE(arena, cards, severity, at, ...)                                                     \
    vec_push((arena), &(cards)->notes,                                                            \
             (CardNote) { (severity), (at), str_format((arena), __VA_ARGS__) })

/* ---- linking ---- */

static void add_cards(Arena *arena, const CardDraftVec *drafts, Cards *out)
{
    for (size_t i = 0; i < drafts->count; i++) {
        const Card *card  = &drafts->items[i].card;
        const Card *first = map_find(&out->index, card->id);
        if (first) {
            NOTE(arena, out, CARD_ERROR, card->line,
                 "card " STR_FORMAT " was already given in line %u; give one of them another id",
                 STR_ARG(card->id), first->line);
            continue;
        }
        vec_push(arena, &out->cards, *card);
        map_set(arena, &out->index, card->id, (void *)card);
    }
    /* Only now do the cards stay where they are. */
    for (size_t i = 0; i < out->cards.count; i++)
        map_set(arena, &out->index, out->cards.items[i].id, &out->cards.items[i]);
}

static bool is_family_of_cards(const Cards *cards, Str id)
{
    Str family = card_id_family(id);

    for (size_t i = 0; i < cards->cards.count; i++)
        if (str_eq(card_id_family(cards->cards.items[i].id), family))
            return true;
    return false;
}

static void add_dependency(Arena *arena, Card *card, bool *taken, size_t at, Str id)
{
    if (!taken[at]) {
        taken[at] = true;
        vec_push(arena, &card->depends_on, id);
    }
}

static size_t position(const Cards *cards, const Card *card)
{
    return (size_t)(card - cards->cards.items);
}

/* False where an id is unknown; a note then says so. */
static bool is_known(Arena *arena, Cards *cards, const Card *card, const Dependency *need, Str id)
{
    if (card_find(cards, id))
        return true;
    if (need->is_foreign_possible && !is_family_of_cards(cards, id))
        NOTE(arena, cards, CARD_WARNING, need->line,
             "card " STR_FORMAT " depends on " STR_FORMAT
             ", which is no card of this file; nobody watches over it",
             STR_ARG(card->id), STR_ARG(id));
    else
        NOTE(arena, cards, CARD_ERROR, need->line,
             "card " STR_FORMAT " depends on " STR_FORMAT
             ", which does not exist; correct the id or add the card",
             STR_ARG(card->id), STR_ARG(id));
    return false;
}

static void add_range(Arena *arena, Cards *cards, Card *card, bool *taken, const Dependency *need)
{
    Str      family = card_id_family(need->first);
    uint64_t lo = card_id_number(need->first), hi = card_id_number(need->last);

    if (lo > hi) {
        uint64_t swapped = lo;
        lo               = hi;
        hi               = swapped;
    }
    for (size_t i = 0; i < cards->cards.count; i++) {
        Str      id     = cards->cards.items[i].id;
        uint64_t number = card_id_number(id);
        if (str_eq(card_id_family(id), family) && number >= lo && number <= hi)
            add_dependency(arena, card, taken, i, id);
    }
}

static void link_dependencies(Arena *arena, const CardDraftVec *drafts, Cards *cards)
{
    bool *taken = arena_array(arena, bool, cards->cards.count + 1);
    size_t at   = 0;

    for (size_t i = 0; i < drafts->count; i++) {
        const CardDraft *draft = &drafts->items[i];
        if (at == cards->cards.count || cards->cards.items[at].line != draft->card.line
            || !str_eq(cards->cards.items[at].id, draft->card.id))
            continue; /* a second card of that id */
        Card *card = &cards->cards.items[at++];
        memset(taken, 0, cards->cards.count);
        for (size_t j = 0; j < draft->dependencies.count; j++) {
            const Dependency *need = &draft->dependencies.items[j];
            bool known = is_known(arena, cards, card, need, need->first);
            if (need->last.len && known && is_known(arena, cards, card, need, need->last))
                add_range(arena, cards, card, taken, need);
            else if (known)
                add_dependency(arena, card, taken, position(cards, card_find(cards, need->first)),
                               need->first);
        }
    }
}

static void note_shared_files(Arena *arena, Cards *cards)
{
    Map owners = { 0 }; /* Card by pattern */

    for (size_t i = 0; i < cards->cards.count; i++) {
        const Card *card = &cards->cards.items[i];
        for (size_t j = 0; j < card->files.count; j++) {
            const CardFile *file  = &card->files.items[j];
            void          **owner = map_place(arena, &owners, file->pattern);
            if (!*owner)
                *owner = (void *)card;
            else if (*owner != card)
                NOTE(arena, cards, CARD_WARNING, file->line,
                     "card " STR_FORMAT " claims " STR_FORMAT ", which belongs to card " STR_FORMAT
                     " already; name it in one of them",
                     STR_ARG(card->id), STR_ARG(file->pattern),
                     STR_ARG(((const Card *)*owner)->id));
        }
    }
}

static void note_long_lists(Arena *arena, Cards *cards)
{
    for (size_t i = 0; i < cards->cards.count; i++) {
        const Card *card = &cards->cards.items[i];
        if (card->files.count >= CARD_LIST_MOST || card->supersedes.count >= CARD_LIST_MOST)
            NOTE(arena, cards, CARD_WARNING, card->line,
                 "card " STR_FORMAT " has a list of %d entries or more; the rest may not be read, "
                 "name folders instead",
                 STR_ARG(card->id), CARD_LIST_MOST);
    }
}

/* ---- order ---- */

typedef Vec(uint32_t) IndexVec;

typedef struct Ordering {
    Cards    *cards;
    IndexVec *dependents; /* of each card */
    uint32_t *waits_for;  /* dependencies not placed yet */
    bool     *placed;
} Ordering;

static void place(Arena *arena, Ordering *ordering, size_t at)
{
    const IndexVec *dependents = &ordering->dependents[at];

    ordering->placed[at] = true;
    vec_push(arena, &ordering->cards->order, &ordering->cards->cards.items[at]);
    for (size_t i = 0; i < dependents->count; i++)
        ordering->waits_for[dependents->items[i]]--;
}

static size_t next_ready(const Ordering *ordering)
{
    size_t at = 0;

    while (at < ordering->cards->cards.count && (ordering->placed[at] || ordering->waits_for[at]))
        at++;
    return at;
}

static size_t first_open_dependency(const Ordering *ordering, size_t at)
{
    const Cards *cards = ordering->cards;
    const Card  *card  = &cards->cards.items[at];

    for (size_t i = 0; i < card->depends_on.count; i++) {
        size_t other = position(cards, card_find(cards, card->depends_on.items[i]));
        if (!ordering->placed[other])
            return other;
    }
    bug("a card waits for nothing");
}

/* When nothing is ready, every open card leads to a cycle: names one, gives its first card. */
static size_t note_cycle(Arena *arena, const Ordering *ordering)
{
    enum { MOST_SHOWN = 12 };
    Cards *cards = ordering->cards;
    bool  *seen  = arena_array(arena, bool, cards->cards.count);
    size_t at    = 0;

    while (ordering->placed[at])
        at++;
    for (; !seen[at]; at = first_open_dependency(ordering, at))
        seen[at] = true;
    size_t first = at;
    for (size_t i = first_open_dependency(ordering, at); i != at;
         i        = first_open_dependency(ordering, i))
        first = i < first ? i : first;

    Buf    chain = buf_new(arena);
    size_t shown = 0;
    at           = first;
    do {
        if (shown++ < MOST_SHOWN)
            buf_format(&chain, STR_FORMAT " \xE2\x86\x92 ", STR_ARG(cards->cards.items[at].id));
        at = first_open_dependency(ordering, at);
    } while (at != first);
    if (shown > MOST_SHOWN)
        buf_add(&chain, STR("\xE2\x80\xA6 \xE2\x86\x92 "));
    buf_add(&chain, cards->cards.items[first].id);
    NOTE(arena, cards, CARD_ERROR, cards->cards.items[first].line,
         "card " STR_FORMAT " depends on itself: " STR_FORMAT "; remove one of these dependencies",
         STR_ARG(cards->cards.items[first].id), STR_ARG(buf_str(&chain)));
    return first;
}

static void put_in_order(Arena *arena, Cards *cards)
{
    size_t   count    = cards->cards.count;
    Ordering ordering = { cards, arena_array(arena, IndexVec, count + 1),
                          arena_array(arena, uint32_t, count + 1),
                          arena_array(arena, bool, count + 1) };

    for (size_t i = 0; i < count; i++) {
        const StrVec *needs   = &cards->cards.items[i].depends_on;
        ordering.waits_for[i] = (uint32_t)needs->count;
        for (size_t j = 0; j < needs->count; j++) {
            size_t other = position(cards, card_find(cards, needs->items[j]));
            vec_push(arena, &ordering.dependents[other], (uint32_t)i);
        }
    }
    while (cards->order.count < count) {
        size_t at = next_ready(&ordering);
        place(arena, &ordering, at < count ? at : note_cycle(arena, &ordering));
    }
}

/* ---- reading ---- */

static int by_line(const void *left, const void *right)
{
    const CardNote *a = left, *b = right;

    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return str_compare(a->message, b->message);
}

static uint32_t line_at(Str text, size_t at)
{
    uint32_t line = 1;

    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return line;
}

static bool is_readable(Str path, Str text, Error *why)
{
    size_t bad = utf8_bad_at(text), nul = str_find_char(text, '\0');

    if (text.len > CARDS_LARGEST)
        return error_set(why, STR_FORMAT ": %zu bytes are too much for a card document (limit %d)",
                         STR_ARG(path), text.len, CARDS_LARGEST);
    if (bad != STR_NOT_FOUND)
        return error_set(why, STR_FORMAT ":%u: not UTF-8: byte 0x%02x; save the file as UTF-8",
                         STR_ARG(path), line_at(text, bad), (unsigned char)text.ptr[bad]);
    if (nul != STR_NOT_FOUND)
        return error_set(why, STR_FORMAT ":%u: a NUL byte; this is no card document",
                         STR_ARG(path), line_at(text, nul));
    return true;
}

bool cards_parse(Arena *arena, Str path, Str text, Cards *out, Error *why)
{
    CardDraftVec drafts = { 0 };
    Cards        cards  = { .path = path };

    if (!is_readable(path, text, why))
        return false;
    if (str_ends_with(path, STR(".toml"))) {
        if (!card_toml_read(arena, path, text, &drafts, why))
            return false;
    } else if (!document_read(arena, path, text, &drafts, &cards.notes, why)) {
        return false;
    }
    if (drafts.count > CARDS_MOST)
        return error_set(why, STR_FORMAT ": %zu cards are too many (limit %d)", STR_ARG(path),
                         drafts.count, CARDS_MOST);
    add_cards(arena, &drafts, &cards);
    link_dependencies(arena, &drafts, &cards);
    note_shared_files(arena, &cards);
    note_long_lists(arena, &cards);
    put_in_order(arena, &cards);
    vec_sort(&cards.notes, by_line);
    *out = cards;
    return true;
}

bool cards_read(Arena *arena, Str path, Str text, Cards *out, Error *why)
{
    Cards cards;

    if (!cards_parse(arena, path, text, &cards, why))
        return false;
    for (size_t i = 0; i < cards.notes.count; i++) {
        const CardNote *note = &cards.notes.items[i];
        if (note->level == CARD_ERROR)
            return error_set(why, STR_FORMAT ":%u: " STR_FORMAT, STR_ARG(path), note->line,
                             STR_ARG(note->message));
    }
    *out = cards;
    return true;
}

/* ---- questions ---- */

const Card *card_find(const Cards *cards, Str id)
{
    return map_find(&cards->index, id);
}

static Str without_last_slash(Str folder)
{
    return str_ends_with(folder, STR("/")) ? str_slice(folder, 0, folder.len - 1) : folder;
}

static bool is_glob(Str pattern)
{
    return str_contains(pattern, STR("*")) || str_contains(pattern, STR("?"))
        || str_contains(pattern, STR("["));
}

static bool is_folder_of(Str pattern, Str path)
{
    Str folder = without_last_slash(pattern);

    return path.len > folder.len && path.ptr[folder.len] == '/' && str_starts_with(path, folder);
}

bool card_file_covers(const CardFile *file, Str path)
{
    return str_eq(file->pattern, path) || is_folder_of(file->pattern, path)
        || (is_glob(file->pattern) && glob_match(file->pattern, path));
}

/* How closely a pattern names a path: not at all, as a glob, as a folder, as itself. */
static size_t closeness(Str pattern, Str path)
{
    if (str_eq(pattern, path))
        return SIZE_MAX;
    if (is_folder_of(pattern, path))
        return 2 + without_last_slash(pattern).len;
    return is_glob(pattern) && glob_match(pattern, path) ? 1 : 0;
}

const Card *card_of(const Cards *cards, Str path)
{
    const Card *found = NULL;
    size_t      best  = 0;

    for (size_t i = 0; i < cards->cards.count; i++) {
        const Card *card = &cards->cards.items[i];
        for (size_t j = 0; j < card->files.count; j++) {
            size_t close = closeness(card->files.items[j].pattern, path);
            if (close > best) {
                best  = close;
                found = card;
            }
        }
    }
    return found;
}

StrVec card_blocked_by(Arena *arena, const Cards *cards, const Card *card,
                       const bool *has_work_left)
{
    StrVec blocking = { 0 };

    for (size_t i = 0; i < card->depends_on.count; i++) {
        Str         id    = card->depends_on.items[i];
        const Card *other = card_find(cards, id);
        if (other && other != card && has_work_left[position(cards, other)])
            vec_push(arena, &blocking, id);
    }
    return blocking;
}
