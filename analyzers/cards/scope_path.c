#include "analyzers/cards/scope_path.h"

static const char *const endings[] = {
    ".py", ".pyi",  ".pyw",  ".sql",  ".md",   ".rst", ".txt", ".toml",    ".ini", ".cfg", ".yml",
    ".yaml", ".json", ".sh", ".html", ".jinja", ".c",  ".h",   ".cc",      ".cpp", ".hpp", ".db",
    ".sqlite", ".sqlite3", ".env", ".mako", ".lock",
};

bool has_file_ending(Str word)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends_with(word, str_of(endings[i])) && word.len > strlen(endings[i]))
            return true;
    return false;
}

static bool is_path_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (unsigned char)c >= 0x80 || strchr("_-./*?[]!{}@+~%=", c);
}

/* A dash longer than a hyphen or a dot in the middle parts text; it is in no path. */
static bool is_dash(Str text)
{
    return str_starts_with(text, STR("\xE2\x80\x94")) || str_starts_with(text, STR("\xE2\x80\x93"))
        || str_starts_with(text, STR("\xE2\x86\x92")) || str_starts_with(text, STR("\xC2\xB7"));
}

static bool is_globbing(Str word)
{
    return str_contains(word, STR("*")) || str_contains(word, STR("?"));
}

static bool has_parent_step(Str word)
{
    Str rest = word, part;

    while (str_cut(&rest, '/', &part))
        if (str_is(part, ".."))
            return true;
    return false;
}

static bool is_path(Str word, PathList list)
{
    bool has_slash = str_contains(word, STR("/"));

    if (word.len < 2 || word.ptr[0] == '/' || str_contains(word, STR("//"))
        || has_parent_step(word))
        return false;
    if (!has_slash)
        return has_file_ending(word);
    if (list == PATHS_OF_FILES)
        return true;
    return word.ptr[word.len - 1] == '/' || has_file_ending(word) || is_globbing(word);
}

static Str without_closing_marks(Str word)
{
    if (str_ends_with(word, STR("'s")))
        word.len -= 2;
    while (word.len && strchr(".!?", word.ptr[word.len - 1]))
        word.len--;
    return word;
}

static bool is_quote(char c)
{
    return c == '`' || c == '\'' || c == '"' || c == '*' || c == '_';
}

/* [text](target): the text, if it is a path, else the target. */
static Str link_at_start(Str text, PathList list, size_t *length)
{
    size_t bracket = str_find(text, STR("]("));
    size_t paren   = str_find_char(text, ')');

    *length = 0;
    if (text.len == 0 || text.ptr[0] != '[' || bracket == STR_NOT_FOUND || paren == STR_NOT_FOUND
        || paren < bracket + 2)
        return (Str) { 0 };
    Str label = str_slice(text, 1, bracket), target = str_slice(text, bracket + 2, paren);
    while (label.len > 1 && label.ptr[0] == '`' && label.ptr[label.len - 1] == '`')
        label = str_slice(label, 1, label.len - 1);
    *length = paren + 1;
    return is_path(label, list) ? label : is_path(target, list) ? target : (Str) { 0 };
}

Str path_at_start(Str text, PathList list, size_t *length)
{
    size_t lo = 0;
    Str    linked = link_at_start(text, list, length);

    if (linked.len)
        return linked;
    while (lo < text.len && lo < 3 && is_quote(text.ptr[lo])
           && !(text.ptr[lo] == '*' && lo + 1 < text.len && text.ptr[lo + 1] == '/')
           && text.ptr[lo] != '_')
        lo++;
    size_t hi = lo;
    while (hi < text.len && is_path_char(text.ptr[hi]) && !is_dash(str_slice(text, hi, text.len)))
        hi++;
    Str word = without_closing_marks(str_slice(text, lo, hi));
    if (lo && word.len && text.ptr[lo - 1] == '*') /* **bold** */
        while (word.len && word.ptr[word.len - 1] == '*')
            word.len--;
    if (str_starts_with(word, STR("./")))
        word = str_slice(word, 2, word.len);
    if (!is_path(word, list))
        return (Str) { 0 };
    while (hi < text.len && is_quote(text.ptr[hi]))
        hi++;
    *length = hi;
    return word;
}

/* "(if DB callsites exist)", "(or docs/dev/setup.md)": the file need not be there. */
static bool says_perhaps(Str rest)
{
    rest = str_trim(rest);
    return str_starts_with(rest, STR("(if ")) || str_starts_with(rest, STR("(or "))
        || str_starts_with(rest, STR("(when ")) || str_starts_with(rest, STR("(optional"));
}

/* Behind a path: the length of what leads to a further one ("," "and" "&" "+"). */
static size_t joint_length(Str text)
{
    static const char *const joints[] = { ", and ", ", ", " and ", " & ", " + ", "," };

    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (str_starts_with(text, str_of(joints[i])))
            return strlen(joints[i]);
    return 0;
}

static void add(Arena *arena, CardFileVec *out, CardFile file)
{
    if (out->count >= CARD_LIST_MOST)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (str_eq(out->items[i].pattern, file.pattern))
            return;
    vec_push(arena, out, file);
}

/* "(or docs/dev/setup.md)" names another candidate. */
static void add_alternative(Arena *arena, Str rest, uint32_t line, CardFileVec *out)
{
    size_t length;

    rest = str_trim(rest);
    if (!str_starts_with(rest, STR("(or ")))
        return;
    Str path = path_at_start(str_slice(rest, 4, rest.len), PATHS_OF_SCOPE, &length);
    if (path.len)
        add(arena, out, (CardFile) { str_copy(arena, path), line, true });
}

void paths_of_item(Arena *arena, Str item, PathList list, uint32_t line, CardFileVec *out)
{
    size_t length;
    Str    rest = str_trim(item);

    for (;;) {
        Str path = path_at_start(rest, list, &length);
        if (path.len == 0)
            return;
        rest = str_slice(rest, length, rest.len);
        add(arena, out, (CardFile) { str_copy(arena, path), line, says_perhaps(rest) });
        add_alternative(arena, rest, line, out);
        length = joint_length(rest);
        if (length == 0)
            return;
        rest = str_trim(str_slice(rest, length, rest.len));
    }
}
