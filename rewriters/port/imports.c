#include "rewriters/port/imports.h"

#include <stdlib.h>

typedef enum Section { SECTION_STANDARD, SECTION_FOREIGN, SECTION_OWN } Section;

typedef struct Importer {
    Arena        *arena;
    const Model  *model;
    const Module *module;
    const Tree   *tree;
    EditVec      *edits;
    NodeId        dropped; /* the import statement of sqlite3 that goes */
    Section       added;   /* of the line added last */
} Importer;

static bool covered(const EditVec *edits, uint32_t lo, uint32_t hi)
{
    vec_each(edit, edits)
        if (edit->lo <= lo && hi <= edit->hi && edit->hi > edit->lo)
            return true;
    return false;
}

static bool is_sqlite_import(const Import *import)
{
    return import->level == 0
        && (str_is(import->module, "sqlite3") || str_starts_with(import->module, STR("sqlite3.")));
}

/* Whether anything still reads what the statement imports. */
static bool is_read(const Importer *importer, NodeId statement)
{
    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import = &importer->module->imports.items[i];
        if (import->statement != statement)
            continue;
        if (!import->symbol || !is_sqlite_import(import))
            return true;
        for (NodeId id = 1; id < importer->tree->count; id++) {
            const PyNode *node = tree_node(importer->tree, id);
            if (node->kind == PY_IDENTIFIER && importer->module->scopes.symbol_of[id] == import->symbol
                && !tree_is_inside(importer->tree, id, statement) && !covered(importer->edits, node->lo, node->hi))
                return true;
        }
    }
    return false;
}

static void line_of(const Importer *importer, NodeId statement, uint32_t *lo, uint32_t *hi)
{
    Str text = importer->module->source.text;

    *lo = tree_node(importer->tree, statement)->lo;
    *hi = tree_node(importer->tree, statement)->hi;
    while (*lo && (text.ptr[*lo - 1] == ' ' || text.ptr[*lo - 1] == '\t'))
        --*lo;
    while (*hi < text.len && text.ptr[*hi] != '\n' && text.ptr[*hi] != '\r')
        ++*hi;
    if (*hi < text.len && text.ptr[*hi] == '\r')
        ++*hi;
    if (*hi < text.len && text.ptr[*hi] == '\n')
        ++*hi;
}

static bool is_top_level(const Importer *importer, NodeId statement)
{
    return tree_parent(importer->tree, statement) == 1;
}

/* What goes with the statement: its line, or all but the comment behind it. False if it is not alone. */
static bool line_to_drop(const Importer *importer, NodeId statement, uint32_t *lo, uint32_t *hi)
{
    Str      text = importer->module->source.text;
    uint32_t end  = tree_node(importer->tree, statement)->hi;

    line_of(importer, statement, lo, hi);
    Str line = str_trim(str_slice(text, *lo, *hi));
    if (str_eq(line, tree_text(importer->tree, statement)))
        return true;
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    *lo = tree_node(importer->tree, statement)->lo;
    *hi = end;
    return end < text.len && text.ptr[end] == '#' && str_starts_with(line, tree_text(importer->tree, statement));
}

static void drop_sqlite(Importer *importer)
{
    NodeId seen = 0;

    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import = &importer->module->imports.items[i];
        uint32_t lo, hi;
        if (!is_sqlite_import(import) || import->statement == seen || !is_top_level(importer, import->statement)
            || is_read(importer, import->statement) || !line_to_drop(importer, import->statement, &lo, &hi))
            continue;
        seen = import->statement;
        vec_push(importer->arena, importer->edits, (Edit) { lo, hi, (Str) { 0 } });
        importer->dropped = seen;
    }
}

static bool has_name(const Importer *importer, const ImportNeed *need, Str from)
{
    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import = &importer->module->imports.items[i];
        if (!import->symbol || !str_is(import->name, need->name)
            || !str_eq(importer->module->scopes.symbols.items[import->symbol].name, need->used_as))
            continue;
        if (str_eq(import->module, from) || (str_starts_with(import->module, STR("sqlalchemy")) && need->from[0])
            || need->from[0] == '\0')
            return true;
    }
    return false;
}

static Str spelled(const Importer *importer, const ImportNeed *need)
{
    if (str_is(need->used_as, need->name))
        return need->used_as;
    return str_format(importer->arena, "%s as " STR_FORMAT, need->name, STR_ARG(need->used_as));
}

/* A one-line `from m import a, b` of this module at the top level; 0 if there is none. */
static NodeId line_to_join(const Importer *importer, Str from)
{
    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import = &importer->module->imports.items[i];
        Str           text   = tree_text(importer->tree, import->statement);
        if (str_eq(import->module, from) && import->level == 0 && import->name.len && !str_is(import->name, "*")
            && is_top_level(importer, import->statement) && str_find_char(text, '(') == STR_NOT_FOUND
            && str_find_char(text, '\n') == STR_NOT_FOUND)
            return import->statement;
    }
    return 0;
}

/* Whether a folder on the way to the file has this name: the package it lies in. */
static bool is_own_package(Str path, Str name)
{
    Str part;

    while (str_cut(&path, '/', &part))
        if (path.ptr && str_eq(part, name))
            return true;
    return false;
}

static bool is_own(const Importer *importer, const Import *import)
{
    Str rest = import->module, top;

    str_cut(&rest, '.', &top);
    vec_each(module, &model_project(importer->model)->modules)
        if (is_own_package((*module)->source.path, top))
            return true;
    return import->level > 0 || project_find(model_project(importer->model), importer->module, 0, import->module) != NULL;
}

static bool is_standard(Str name)
{
    static const char *const modules[] = {
        "__future__", "abc", "argparse", "array", "ast", "asyncio", "base64", "bisect", "calendar", "collections",
        "concurrent", "configparser", "contextlib", "copy", "csv", "ctypes", "dataclasses", "datetime", "decimal",
        "email", "enum", "errno", "functools", "getpass", "glob", "hashlib", "hmac", "html", "http", "importlib",
        "inspect", "io", "ipaddress", "itertools", "json", "locale", "logging", "math", "mimetypes",
        "multiprocessing", "numbers", "operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random",
        "re", "sched", "secrets", "select", "shlex", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl",
        "stat", "statistics", "string", "struct", "subprocess", "sys", "tempfile", "textwrap", "threading", "time",
        "traceback", "types", "typing", "unicodedata", "unittest", "urllib", "uuid", "warnings", "weakref", "xml",
        "zipfile", "zlib", "zoneinfo", NULL };
    Str top = name;

    str_cut(&name, '.', &top);
    for (size_t i = 0; modules[i]; i++)
        if (str_is(top, modules[i]))
            return true;
    return false;
}

static Section section_of(const Importer *importer, const Import *import)
{
    if (import->level == 0 && is_standard(import->module))
        return SECTION_STANDARD;
    return is_own(importer, import) ? SECTION_OWN : SECTION_FOREIGN;
}

/* The last import statement at the file's head whose section is `most` or an earlier one; 0 if none. */
static NodeId last_import(const Importer *importer, Section most, Section *found)
{
    NodeId last = 0;

    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import  = &importer->module->imports.items[i];
        Section       section = section_of(importer, import);
        if (is_top_level(importer, import->statement) && section <= most && import->statement >= last) {
            last   = import->statement;
            *found = section;
        }
    }
    return last;
}

/* Where imports go in a file without any: below its docstring and comments, before the first statement. */
static uint32_t head_of(const Importer *importer)
{
    tree_each_child(child, importer->tree, 1) {
        if (tree_kind(importer->tree, child) == PY_COMMENT)
            continue;
        if (tree_kind(importer->tree, child) == PY_FUTURE_IMPORT
            || (tree_kind(importer->tree, child) == PY_EXPRESSION_STATEMENT && tree_nth(importer->tree, child, 0)
                && tree_kind(importer->tree, tree_nth(importer->tree, child, 0)) == PY_STRING)) {
            uint32_t lo, hi;
            line_of(importer, child, &lo, &hi);
            return hi;
        }
        return tree_node(importer->tree, child)->lo;
    }
    return (uint32_t)importer->module->source.text.len;
}

static void insert(Importer *importer, uint32_t at, Str text)
{
    vec_each(edit, importer->edits)
        if (edit->lo == at && edit->hi == at) {
            edit->text = str_format(importer->arena, STR_FORMAT STR_FORMAT, STR_ARG(edit->text), STR_ARG(text));
            return;
        }
    vec_push(importer->arena, importer->edits, (Edit) { at, at, text });
}

static void add_line(Importer *importer, Section section, Str line)
{
    Str     newline = importer->module->source.newline;
    Section found   = SECTION_OWN;
    NodeId  after   = last_import(importer, section, &found);

    if (!after) {
        /* A file whose only imports are its own, or none: a paragraph of its own above them. */
        NodeId   first = 0;
        uint32_t at    = head_of(importer);
        for (size_t i = 0; i < importer->module->imports.count && !first; i++)
            if (is_top_level(importer, importer->module->imports.items[i].statement))
                first = importer->module->imports.items[i].statement;
        if (first)
            at = tree_node(importer->tree, first)->lo;
        insert(importer, at, str_format(importer->arena, STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(line),
                                        STR_ARG(newline), STR_ARG(newline)));
        return;
    }
    uint32_t lo, hi;
    line_of(importer, after, &lo, &hi);
    bool alone = true; /* does the section it follows outlive the edits? */
    for (size_t i = 0; i < importer->module->imports.count; i++) {
        const Import *import = &importer->module->imports.items[i];
        if (is_top_level(importer, import->statement) && import->statement != importer->dropped
            && section_of(importer, import) == found)
            alone = false;
    }
    bool beside = false; /* a line of this section was added at this very place */
    bool behind = false; /* … or one of an earlier section */
    vec_each(edit, importer->edits)
        if (edit->lo == hi && edit->hi == hi) {
            beside |= importer->added == section;
            behind |= importer->added != section;
        }
    Str apart = !beside && (behind || (found < section && !alone)) ? newline : (Str) { 0 };
    importer->added = section;
    Str text  = str_format(importer->arena, STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(apart), STR_ARG(line),
                           STR_ARG(newline));
    if (hi && importer->module->source.text.ptr[hi - 1] != '\n' && importer->module->source.text.ptr[hi - 1] != '\r')
        text = str_format(importer->arena, STR_FORMAT STR_FORMAT, STR_ARG(newline), STR_ARG(text));
    insert(importer, hi, text);
}

static int by_name(const void *a, const void *b)
{
    const Str *x = a, *y = b;
    return str_compare(*x, *y);
}

static void add_from(Importer *importer, Str from, Section section, StrVec *names)
{
    if (names->count == 0)
        return;
    qsort(names->items, names->count, sizeof(Str), by_name);
    Str    list = str_join(importer->arena, names, STR(", "));
    NodeId line = line_to_join(importer, from);
    if (line)
        insert(importer, tree_node(importer->tree, line)->hi, str_format(importer->arena, ", " STR_FORMAT, STR_ARG(list)));
    else
        add_line(importer, section,
                 str_format(importer->arena, "from " STR_FORMAT " import " STR_FORMAT, STR_ARG(from), STR_ARG(list)));
}

void imports_edit(Arena *arena, const Model *model, const Module *module, const ImportNeedVec *needs, Str engine,
                  EditVec *edits)
{
    static const struct {
        const char *from;
        Section     section;
    } sources[] = { { "datetime", SECTION_STANDARD }, { "sqlalchemy", SECTION_FOREIGN },
                    { "sqlalchemy.exc", SECTION_FOREIGN }, { "", SECTION_OWN } };
    Importer importer = { .arena = arena, .model = model, .module = module, .tree = &module->tree, .edits = edits };

    drop_sqlite(&importer);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        Str    from  = sources[i].from[0] ? str_of(sources[i].from) : engine;
        StrVec names = { 0 };
        vec_each(need, needs) {
            if (need->module != module || strcmp(need->from, sources[i].from) != 0 || has_name(&importer, need, from))
                continue;
            Str  name  = spelled(&importer, need);
            bool known = false;
            vec_each(other, &names)
                known |= str_eq(*other, name);
            if (!known)
                vec_push(arena, &names, name);
        }
        add_from(&importer, from, sources[i].section, &names);
    }
    edits_sort(edits);
}
