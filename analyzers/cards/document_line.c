#include "analyzers/cards/document_line.h"

#include "analyzers/cards/card_id.h"

static size_t count_of(Str text, char c)
{
    size_t count = 0;

    while (count < text.len && text.ptr[count] == c)
        count++;
    return count;
}

static Str after(Str text, size_t length)
{
    return str_slice(text, length, text.len);
}

unsigned heading_level(Str line)
{
    size_t hashes = count_of(line, '#');

    return hashes && hashes <= 6 && (hashes == line.len || line.ptr[hashes] == ' ')
             ? (unsigned)hashes
             : 0;
}

/* Bold, italic and code marks at both ends. */
static Str without_marks(Str text)
{
    text = str_trim(text);
    while (text.len && strchr("*_`", text.ptr[0]))
        text = after(text, 1);
    while (text.len && strchr("*_`", text.ptr[text.len - 1]))
        text.len--;
    return str_trim(text);
}

/* The sign between a card's id and its title; 0 if there is none. */
static size_t separator_length(Str text)
{
    static const char *const signs[] = { "\xE2\x80\x94", "\xE2\x80\x93", "--", "-", ":", "." };
    size_t                   blanks  = count_of(text, ' ');

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = blanks + strlen(signs[i]);
        if (str_starts_with(after(text, blanks), str_of(signs[i]))
            && (length == text.len || strchr(" \t*", text.ptr[length])))
            return length;
    }
    return 0;
}

static Str without_kind(Str text)
{
    static const char *const kinds[] = { "Card ", "Sub-card ", "Ticket ", "Task ", "Story " };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts_with(text, str_of(kinds[i])))
            return after(text, strlen(kinds[i]));
    return text;
}

bool card_heading_of(Str line, CardHeading *out)
{
    CardHeading heading = { .level = heading_level(line) };
    Str         text    = without_kind(without_marks(after(line, heading.level)));
    bool        linked  = text.len && text.ptr[0] == '[';
    size_t      length  = card_id_length(linked ? after(text, 1) : text);

    if (length == 0)
        return false;
    heading.id = str_slice(text, linked, linked + length);
    text       = after(text, linked + length);
    if (linked) {
        if (text.len == 0 || text.ptr[0] != ']')
            return false;
        text = after(text, 1);
        if (text.len && text.ptr[0] == '(') {
            size_t end = str_find_char(text, ')');
            text       = after(text, end == STR_NOT_FOUND ? text.len : end + 1);
        }
    }
    text   = str_starts_with(text, STR("**")) ? after(text, 2) : text; /* **RM-1** — Title */
    length = separator_length(text);
    if (length == 0 && (str_trim(text).len || heading.level == 0))
        return false;
    heading.title = without_marks(after(text, length));
    if (heading.title.len == 0 && heading.level == 0)
        return false;
    *out = heading;
    return true;
}

static const struct {
    const char *name;
    Field       field;
} fields[] = {
    { "size", FIELD_SIZE },
    { "estimate", FIELD_SIZE },
    { "effort", FIELD_SIZE },
    { "phase", FIELD_PHASE },
    { "owner", FIELD_OWNER },
    { "assignee", FIELD_OWNER },
    { "title", FIELD_TITLE },
    { "dependencies", FIELD_DEPENDENCIES },
    { "dependency", FIELD_DEPENDENCIES },
    { "depends on", FIELD_DEPENDENCIES },
    { "blocked by", FIELD_DEPENDENCIES },
    { "files", FIELD_FILES },
    { "file", FIELD_FILES },
    { "scope", FIELD_SCOPE },
    { "acceptance criteria", FIELD_CRITERIA },
    { "acceptance", FIELD_CRITERIA },
    { "definition of done", FIELD_CRITERIA },
    { "done when", FIELD_CRITERIA },
    { "supersedes", FIELD_SUPERSEDES },
    { "replaces", FIELD_SUPERSEDES },
    { "body", FIELD_BODY },
    { "body sketch", FIELD_BODY },
    { "description", FIELD_BODY },
};

/* Behind a name: marks, an aside in parentheses, a colon. `must`: the colon may not be missing. */
static bool value_behind(Str rest, bool must, Str *value)
{
    size_t marks = 0;

    while (marks < rest.len && strchr("*_` ", rest.ptr[marks]))
        marks++;
    rest = after(rest, marks);
    if (rest.len && rest.ptr[0] == '(') {
        size_t end = str_find_char(rest, ')');
        if (end == STR_NOT_FOUND)
            return false;
        rest = str_trim(after(rest, end + 1));
    }
    if (rest.len == 0 && !must) {
        *value = rest;
        return true;
    }
    if (rest.len == 0 || rest.ptr[0] != ':')
        return false;
    rest = after(rest, 1);
    for (marks = 0; marks < rest.len && rest.ptr[marks] == '*'; marks++)
        ; /* **Name:** value */
    rest   = str_trim(after(rest, marks));
    *value = rest;
    return true;
}

Field field_of(Str line, Str *value)
{
    Str      text  = str_trim(line), item;
    unsigned level = heading_level(text);
    Box      box;

    text = str_trim(after(text, level));
    if (bullet_of(text, &item)) {
        if (box_next(text, 0, &box) && box.lo == 0)
            return FIELD_NONE;
        text = item;
    }
    bool bold = str_starts_with(text, STR("**")) || str_starts_with(text, STR("__"));
    while (text.len && strchr("*_`", text.ptr[0]))
        text = after(text, 1);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        Str name = str_of(fields[i].name);
        if (text.len >= name.len && str_eq_nocase(str_slice(text, 0, name.len), name)
            && value_behind(after(text, name.len), !bold && !level, value))
            return fields[i].field;
    }
    return FIELD_NONE;
}

bool starts_other_part(Str line)
{
    enum { LONGEST = 40 };
    Str    text  = without_marks(line);
    size_t colon = str_find(text, STR(": "));

    if (text.len == 0 || text.ptr[0] < 'A' || text.ptr[0] > 'Z')
        return false;
    if (text.ptr[text.len - 1] == ':')
        return true;
    if (colon == STR_NOT_FOUND || colon > LONGEST)
        return false;
    for (size_t i = 0; i < colon; i++) {
        char c = text.ptr[i];
        if (!(c == ' ' || c == '-' || c == '*' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}

bool bullet_of(Str line, Str *item)
{
    Str    text   = str_trim(line);
    size_t digits = 0;

    if (text.len == 0)
        return false;
    if (strchr("-*+", text.ptr[0]) && (text.len == 1 || strchr(" \t", text.ptr[1]))) {
        *item = str_trim(after(text, 1));
        return true;
    }
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 3 || digits + 1 >= text.len
        || (text.ptr[digits] != '.' && text.ptr[digits] != ')') || text.ptr[digits + 1] != ' ')
        return false;
    *item = str_trim(after(text, digits + 1));
    return true;
}

bool box_next(Str line, size_t at, Box *out)
{
    for (; at + 3 <= line.len; at++) {
        const char *p = line.ptr + at;
        if (p[0] != '[' || p[2] != ']' || !strchr(" xX", p[1]) || p[1] == '\0')
            continue;
        size_t lo = at;
        while (lo && line.ptr[lo - 1] == ' ')
            lo--;
        if (lo == 0 || lo == at || !strchr("-*+", line.ptr[lo - 1])
            || (lo > 1 && line.ptr[lo - 2] != ' ' && line.ptr[lo - 2] != '\t'))
            continue; /* args[x], [ ] in prose */
        *out = (Box) { lo - 1, at + 3, p[1] != ' ' };
        return true;
    }
    return false;
}
