#include "analyzers/intake/glob.h"

#include "analyzers/intake/utf8.h"

/* `[…]` at `*at`, which moves past it if it is a class at all. */
static bool class_find(Str pattern, size_t *at, uint32_t character, bool *holds)
{
    size_t next    = *at + 1;
    bool   negated = next < pattern.len && (pattern.ptr[next] == '!' || pattern.ptr[next] == '^');
    bool   found   = false;

    next += negated;
    for (size_t first = next; next < pattern.len; first = 0) {
        if (pattern.ptr[next] == ']' && next != first) {
            *at    = next + 1;
            *holds = found != negated;
            return true;
        }
        if (pattern.ptr[next] == '\\' && next + 1 < pattern.len)
            next++;
        uint32_t low  = utf8_next(pattern, &next);
        uint32_t high = low;
        if (next + 1 < pattern.len && pattern.ptr[next] == '-' && pattern.ptr[next + 1] != ']') {
            next++;
            if (pattern.ptr[next] == '\\' && next + 1 < pattern.len)
                next++;
            high = utf8_next(pattern, &next);
        }
        found |= low <= character && character <= high;
    }
    return false;
}

/* One character of the path against one step of the pattern; both move on if they fit. */
static bool step_fits(Str pattern, size_t *in_pattern, Str name, size_t *in_name)
{
    size_t   p = *in_pattern, n = *in_name;
    uint32_t character = utf8_next(name, &n);
    bool     fits;

    if (p == pattern.len)
        return false;
    if (pattern.ptr[p] == '?') {
        p++;
        fits = true;
    } else if (pattern.ptr[p] != '[' || !class_find(pattern, &p, character, &fits)) {
        if (pattern.ptr[p] == '\\' && p + 1 < pattern.len)
            p++;
        fits = utf8_next(pattern, &p) == character;
    }
    if (fits) {
        *in_pattern = p;
        *in_name    = n;
    }
    return fits;
}

/* One folder or file name. Only the last `*` ever needs to be taken longer. */
static bool name_fits(Str pattern, Str name)
{
    size_t p = 0, n = 0;
    size_t after_star = STR_NOT_FOUND, star_took = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            after_star = ++p;
            star_took  = n;
        } else if (!step_fits(pattern, &p, name, &n)) {
            if (after_star == STR_NOT_FOUND)
                return false;
            utf8_next(name, &star_took);
            p = after_star;
            n = star_took;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* Takes the name before the next slash off the front. */
static Str next_name(Str *path)
{
    size_t slash = str_find_char(*path, '/');
    size_t end   = slash == STR_NOT_FOUND ? path->len : slash;
    Str    name  = str_slice(*path, 0, end);

    while (end < path->len && path->ptr[end] == '/')
        end++;
    *path = str_slice(*path, end, path->len);
    return name;
}

static Str without_front(Str pattern)
{
    while (str_starts_with(pattern, STR("./")))
        pattern = str_slice(pattern, 2, pattern.len);
    return pattern;
}

bool glob_match(Str pattern, Str path)
{
    pattern = without_front(pattern);
    if (str_is(pattern, "."))
        return true;
    bool folders_only = str_ends_with(pattern, STR("/"));
    while (str_ends_with(pattern, STR("/")))
        pattern.len--;
    if (pattern.len == 0)
        return false;
    bool again = !str_contains(pattern, STR("/")); /* may it start, or go on, further down? */
    while (str_starts_with(pattern, STR("/")))
        pattern = str_slice(pattern, 1, pattern.len);

    Str again_pattern = pattern, again_path = path;
    while (pattern.len) {
        Str rest = pattern;
        Str step = next_name(&rest);
        if (str_is(step, "**")) {
            if (rest.len == 0)
                return path.len > 0;
            again         = true;
            again_pattern = pattern = rest;
            again_path    = path;
            continue;
        }
        if (path.len == 0)
            return false;
        if (name_fits(step, next_name(&path))) {
            pattern = rest;
        } else {
            if (!again)
                return false;
            next_name(&again_path);
            pattern = again_pattern;
            path    = again_path;
        }
    }
    return path.len > 0 || !folders_only;
}

bool glob_match_any(const StrVec *patterns, Str path)
{
    vec_each(pattern, patterns)
        if (glob_match(*pattern, path))
            return true;
    return false;
}
