#include "analyzers/cards/document.h"

#include "analyzers/cards/card_id.h"
#include "analyzers/cards/document_line.h"
#include "analyzers/cards/scope_path.h"
#include "analyzers/cards/size.h"

typedef struct DocumentReader {
    Arena        *arena;
    CardDraftVec *drafts;
    CardNoteVec  *notes;
    bool          in_card;
    unsigned      level;   /* of the card's heading */
    Field         part;    /* the list we are in, FIELD_BODY for prose */
    size_t        items;   /* read in this part */
    bool          was_blank;
    uint32_t      line;
    Str           fence;         /* "```" while inside a block */
    uint32_t      fence_line;
    bool          in_comment;
    uint32_t      comment_line;
    CardFileVec   created; /* by the body's sentences */
} DocumentReader;

static CardDraft *draft_of(DocumentReader *reader)
{
    return &vec_last(reader->drafts);
}

static Card *card_under_way(DocumentReader *reader)
{
    return &draft_of(reader)->card;
}

static Str copy(DocumentReader *reader, Str text)
{
    return str_copy(reader->arena, text);
}

/* ---- values ---- */

static Str without_aside(Str value)
{
    size_t paren = str_find(value, STR("("));

    if (paren != STR_NOT_FOUND && paren > 0)
        value = str_slice(value, 0, paren);
    value = str_trim(value);
    while (value.len && strchr("*_`", value.ptr[value.len - 1]))
        value.len--;
    while (value.len && strchr("*_`", value.ptr[0]))
        value = str_slice(value, 1, value.len);
    return str_trim(value);
}

/* Asides are prose: what stands in parentheses is blanked, nested ones and all. */
static Str without_asides(Arena *arena, Str text)
{
    char    *out   = str_cstr(arena, text);
    unsigned depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '(')
            depth++;
        if (depth)
            out[i] = ' ';
        if (text.ptr[i] == ')' && depth)
            depth--;
    }
    return (Str) { out, text.len };
}

static void add_dependencies(DocumentReader *reader, Str text)
{
    Str    plain = without_asides(reader->arena, text);
    size_t at    = 0;
    IdSpan span;

    while (id_span_next(reader->arena, plain, &at, &span))
        vec_push(reader->arena, &draft_of(reader)->dependencies,
                 (Dependency) { copy(reader, span.first),
                                span.last.len ? copy(reader, span.last) : span.last, true,
                                reader->line });
}

static void add_superseded(DocumentReader *reader, Str id)
{
    StrVec *known = &card_under_way(reader)->supersedes;

    if (str_eq(id, card_under_way(reader)->id) || known->count >= CARD_LIST_MOST)
        return;
    for (size_t i = 0; i < known->count; i++)
        if (str_eq(known->items[i], id))
            return;
    vec_push(reader->arena, known, copy(reader, id));
}

static void add_all_superseded(DocumentReader *reader, Str text)
{
    size_t at = 0;
    Str    issue;
    IdSpan span;

    while (issue_next(text, &at, &issue))
        add_superseded(reader, issue);
    for (at = 0; id_span_next(reader->arena, text, &at, &span);)
        add_superseded(reader, span.first);
}

/* "Card #12 should be closed or merged into this card" */
static void heed_merged_cards(DocumentReader *reader, Str line)
{
    static const char *const phrases[] = {
        "merged into this", "superseded by this", "replaced by this", "folded into this",
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        size_t at = str_find(line, str_of(phrases[i]));
        if (at != STR_NOT_FOUND)
            add_all_superseded(reader, without_asides(reader->arena, str_slice(line, 0, at)));
    }
}

/* ---- lists ---- */

static void split_evidence(DocumentReader *reader, Criterion *criterion)
{
    Str    lower = str_lower(reader->arena, criterion->text);
    size_t at    = str_find(lower, STR("evidence: "));

    if (!criterion->done || at == STR_NOT_FOUND || at == 0)
        return;
    Str text     = str_slice(criterion->text, 0, at);
    Str evidence = str_trim(str_slice(criterion->text, at + 10, criterion->text.len));
    if (text.ptr[text.len - 1] == '(' && str_ends_with(evidence, STR(")")))
        evidence.len--;
    static const char *const joints[] = { "(", "\xE2\x80\x94", "\xE2\x80\x93", "-", ";", "," };
    text = str_trim(text);
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        if (str_ends_with(text, str_of(joints[i]))) {
            text.len -= strlen(joints[i]);
            break;
        }
    }
    text = str_trim(text);
    if (text.len == 0)
        return;
    criterion->text     = text;
    criterion->evidence = evidence;
}

static void add_criterion(DocumentReader *reader, Str text, bool ticked)
{
    Criterion criterion = { .text = copy(reader, str_trim(text)), .done = ticked,
                            .line = reader->line };

    if (criterion.text.len == 0)
        return;
    split_evidence(reader, &criterion);
    vec_push(reader->arena, &card_under_way(reader)->criteria, criterion);
    reader->items++;
}

/* "- [ ] one - [x] two" */
static bool add_boxes(DocumentReader *reader, Str line)
{
    Box box, next;

    if (!box_next(line, 0, &box))
        return false;
    for (bool more = true; more; box = next) {
        more = box_next(line, box.hi, &next);
        add_criterion(reader, str_slice(line, box.hi, more ? next.lo : line.len), box.ticked);
    }
    return true;
}

static void continue_criterion(DocumentReader *reader, Str line)
{
    CriterionVec *criteria = &card_under_way(reader)->criteria;

    if (reader->items == 0 || criteria->count == 0)
        return;
    Criterion *last = &vec_last(criteria);
    Str       *end  = last->evidence.len ? &last->evidence : &last->text;
    if (end->len + line.len > CRITERION_LONGEST)
        return;
    *end = str_format(reader->arena, STR_FORMAT " " STR_FORMAT, STR_ARG(*end),
                      STR_ARG(str_trim(line)));
}

static void read_criteria(DocumentReader *reader, Str line)
{
    Str item;

    if (add_boxes(reader, line))
        return;
    if (bullet_of(line, &item))
        add_criterion(reader, item, false);
    else
        continue_criterion(reader, line);
}

static void read_paths(DocumentReader *reader, Str line, PathList list)
{
    Str  item     = str_trim(line);
    bool bulleted = bullet_of(line, &item);
    Box  box;

    if (bulleted && box_next(str_trim(line), 0, &box) && box.lo == 0)
        item = str_trim(str_slice(str_trim(line), box.hi, str_trim(line).len));
    if (bulleted)
        reader->items++;
    else if (list == PATHS_OF_SCOPE)
        return; /* the rest of an item's prose */
    else if (!has_file_ending(without_aside(item)))
        return;
    paths_of_item(reader->arena, item, list, reader->line, &card_under_way(reader)->files);
}

/* "Create PATH", "Write PATH" where a sentence starts. */
static void read_body(DocumentReader *reader, Str line)
{
    static const char *const verbs[] = { "Create ", "Write ", "Add " };
    Str                      text    = str_trim(line);

    for (size_t at = 0; at < text.len; at++) {
        if (at && !(text.ptr[at - 1] == ' ' && at > 1 && text.ptr[at - 2] == '.'))
            continue;
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            Str    verb = str_of(verbs[i]), rest = str_slice(text, at, text.len);
            size_t length;
            if (!str_starts_with(rest, verb))
                continue;
            Str path = path_at_start(str_slice(rest, verb.len, rest.len), PATHS_OF_SCOPE, &length);
            if (path.len && str_contains(path, STR("/")))
                vec_push(reader->arena, &reader->created,
                         (CardFile) { copy(reader, path), reader->line, false });
        }
    }
}

/* ---- cards and their parts ---- */

static void end_card(DocumentReader *reader)
{
    if (reader->in_card && card_under_way(reader)->files.count == 0)
        card_under_way(reader)->files = reader->created;
    reader->in_card = false;
    reader->part    = FIELD_BODY;
    reader->created = (CardFileVec) { 0 };
}

static void start_card(DocumentReader *reader, CardHeading heading)
{
    CardDraft draft = { .card = { .id    = copy(reader, heading.id),
                                  .title = copy(reader, heading.title),
                                  .line  = reader->line } };

    end_card(reader);
    vec_push(reader->arena, reader->drafts, draft);
    reader->in_card = true;
    reader->level   = heading.level;
}

static bool is_none(Str value)
{
    return value.len >= 4 && str_eq_nocase(str_slice(value, 0, 4), STR("none"));
}

static void start_part(DocumentReader *reader, Field field, Str value)
{
    Card *card = card_under_way(reader);

    reader->part  = field;
    reader->items = 0;
    switch (field) {
    case FIELD_SIZE:
        card->size   = copy(reader, without_aside(value));
        card->effort = days_of_size(card->size);
        break;
    case FIELD_PHASE: card->phase = copy(reader, without_aside(value)); break;
    case FIELD_OWNER: card->owner = copy(reader, without_aside(value)); break;
    case FIELD_TITLE:
        if (card->title.len == 0)
            card->title = copy(reader, value);
        break;
    case FIELD_DEPENDENCIES:
        if (!is_none(value))
            add_dependencies(reader, value);
        if (value.len)
            reader->part = FIELD_BODY;
        break;
    case FIELD_SUPERSEDES:
        add_all_superseded(reader, value);
        if (value.len)
            reader->part = FIELD_BODY;
        break;
    case FIELD_FILES:
    case FIELD_SCOPE:
        paths_of_item(reader->arena, value,
                      field == FIELD_FILES ? PATHS_OF_FILES : PATHS_OF_SCOPE, reader->line,
                      &card->files);
        break;
    case FIELD_CRITERIA:
        if (value.len && !add_boxes(reader, value))
            add_criterion(reader, value, false);
        break;
    case FIELD_NONE:
    case FIELD_BODY: break;
    }
}

static void read_part(DocumentReader *reader, Str line)
{
    Str item;

    switch (reader->part) {
    case FIELD_FILES: read_paths(reader, line, PATHS_OF_FILES); break;
    case FIELD_SCOPE: read_paths(reader, line, PATHS_OF_SCOPE); break;
    case FIELD_CRITERIA: read_criteria(reader, line); break;
    case FIELD_DEPENDENCIES:
        if (bullet_of(line, &item))
            add_dependencies(reader, item);
        break;
    case FIELD_SUPERSEDES:
        if (bullet_of(line, &item))
            add_all_superseded(reader, item);
        break;
    default: read_body(reader, line); break;
    }
}

/* A paragraph behind a list, or "Porting rules:", is another part. */
static bool ends_part(const DocumentReader *reader, Str line)
{
    Str item;

    if (bullet_of(line, &item) || (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')))
        return false;
    return starts_other_part(line) || (reader->was_blank && reader->items);
}

/* ---- the document ---- */

/*
 * Is the line at `rest` the heading of a card? A card has fields: the first of them comes soon,
 * and before any other heading of a card.
 */
static bool has_fields(Str rest, CardHeading heading)
{
    enum { NEAR = 3, FAR = 60 };
    Str         line, value;
    CardHeading other;
    unsigned    seen = 0;

    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0)
            continue;
        if (field_of(line, &value) != FIELD_NONE)
            return true;
        unsigned level = heading_level(line);
        if (card_heading_of(line, &other) || (level && level <= heading.level)
            || ++seen == (heading.level ? FAR : NEAR))
            return false;
    }
    return false;
}

/* True while the line is not the document's own text: code blocks, comments. */
static bool is_outside(DocumentReader *reader, Str line)
{
    Str text = str_trim(line);

    if (reader->fence.len) {
        if (str_starts_with(text, reader->fence))
            reader->fence = (Str) { 0 };
        return true;
    }
    if (reader->in_comment || str_starts_with(text, STR("<!--"))) {
        if (!reader->in_comment)
            reader->comment_line = reader->line;
        reader->in_comment = !str_contains(text, STR("-->"));
        return true;
    }
    if (str_starts_with(text, STR("```")) || str_starts_with(text, STR("~~~"))) {
        reader->fence      = str_slice(text, 0, 3);
        reader->fence_line = reader->line;
        return true;
    }
    return false;
}

static void read_line(DocumentReader *reader, Str line, Str rest)
{
    CardHeading heading;
    Str         value;
    unsigned    level = heading_level(line);

    if (is_outside(reader, line))
        return;
    if (str_trim(line).len == 0) {
        reader->was_blank = true;
        return;
    }
    if (card_heading_of(line, &heading) && has_fields(rest, heading)) {
        start_card(reader, heading);
        reader->was_blank = false;
        return;
    }
    Field field = field_of(line, &value);
    if (level && reader->in_card && level <= reader->level && field == FIELD_NONE)
        end_card(reader);
    if (!reader->in_card)
        return;
    heed_merged_cards(reader, line);
    if (field != FIELD_NONE)
        start_part(reader, field, value);
    else if (level && reader->level)
        reader->part = FIELD_BODY;
    else {
        if (ends_part(reader, line))
            reader->part = FIELD_BODY;
        read_part(reader, line);
    }
    reader->was_blank = false;
}

static void note_unclosed(DocumentReader *reader)
{
    if (reader->fence.len)
        vec_push(reader->arena, reader->notes,
                 (CardNote) { CARD_WARNING, reader->fence_line,
                              STR("a code block is never closed; what follows is not read") });
    if (reader->in_comment)
        vec_push(reader->arena, reader->notes,
                 (CardNote) { CARD_WARNING, reader->comment_line,
                              STR("a comment is never closed; what follows is not read") });
}

bool document_read(Arena *arena, Str path, Str text, CardDraftVec *out, CardNoteVec *notes,
                   Error *why)
{
    CardDraftVec   drafts = { 0 };
    DocumentReader reader = { .arena = arena, .drafts = &drafts, .notes = notes,
                              .part = FIELD_BODY };
    Str            rest   = text, line;

    if (str_starts_with(rest, STR("\xEF\xBB\xBF")))
        rest = str_slice(rest, 3, rest.len);
    while (str_cut(&rest, '\n', &line)) {
        reader.line++;
        if (str_ends_with(line, STR("\r")))
            line.len--;
        read_line(&reader, line, rest);
    }
    end_card(&reader);
    note_unclosed(&reader);
    if (drafts.count == 0)
        return error_set(why,
                         STR_FORMAT ": no card found; a card starts with a line such as "
                         "\"RM-1 \xE2\x80\x94 Title\", followed by \"Size:\" or \"Files:\"",
                         STR_ARG(path));
    *out = drafts;
    return true;
}
