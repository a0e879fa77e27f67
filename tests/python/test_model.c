/*
 * What expressions are, by the marks in fixtures/roles.
 *
 * A file (or a folder, which is one project) says at the end of a line what is on it:
 *
 *     cur = conn.cursor()  #: cur cursor, conn connection
 *     got = call()         #: got none
 *     row = odd(cur)       #? row row
 *     a = odd(cur, conn)   #: conn connection  #? a row
 *
 * The roles of an expression that belong to the database world must be exactly those, joined by `+`;
 * `none` is the empty set. The expression may hold no comma outside brackets, and is the last of the
 * line that is spelled so unless `expr@1` asks for the first. `#?` is a known bug: what should be so
 * and is not; the test fails when it comes true, so that the mark is made a `#:`.
 */
#include "tests/python/given.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzers/python/model.h"

#define ROLES "fixtures/roles"

typedef Vec(struct CMUnitTest) TestVec;

typedef struct Check {
    Arena        *arena;
    const Model  *model;
    const Module *module;
    uint32_t      line;
    bool          is_known_bug;
    int           marks, wrong;
} Check;

static Str roles_of(const Check *check, NodeId node)
{
    Buf out = buf_new(check->arena);

    for (Role role = ROLE_SQLITE_MODULE; role <= ROLE_TEXT; role++) {
        if (role == ROLE_SQLITE_NAME || !model_has(check->model, check->module, node, role))
            continue;
        if (out.len)
            buf_add_char(&out, '+');
        buf_add(&out, str_of(role_name(role)));
    }
    return out.len ? buf_str(&out) : STR("none");
}

static bool is_expression(const Tree *tree, NodeId id)
{
    const PyNode *node = tree_node(tree, id);

    switch (tree_kind(tree, id)) {
    case PY_COMMENT:
    case PY_TOKEN:
    case PY_TYPE:
    case PY_AS_PATTERN_TARGET:
    case PY_WITH_CLAUSE:
    case PY_WITH_ITEM:
    case PY_STRING_CONTENT:
        return false;
    default:
        break;
    }
    if (tree_is_statement(tree_kind(tree, id)) || node->field == F_ATTRIBUTE)
        return false;
    return node->field != F_NAME || tree_kind(tree, node->parent) != PY_KEYWORD_ARGUMENT;
}

static NodeId expression_at(const Check *check, Str text, bool first)
{
    const Module *module = check->module;
    const Tree   *tree   = &module->tree;
    NodeId        found  = 0;

    for (NodeId id = 1; id < tree->count; id++)
        if (is_expression(tree, id) && str_eq(tree_text(tree, id), text)
            && source_line_of(&module->source, tree_node(tree, id)->hi) == check->line
            && (!found || (!first && !tree_is_inside(tree, id, found))))
            found = id;
    return found;
}

/* `text` is "expression roles". */
static void check_mark(Check *check, Str text)
{
    Str    path  = check->module->source.path;
    size_t space = str_rfind_char(text = str_trim(text), ' ');
    if (space == STR_NOT_FOUND)
        fail_msg("%.*s:%u: a mark is `expression role`", STR_ARG(path), check->line);
    Str  expected   = str_slice(text, space + 1, text.len);
    Str  expression = str_trim(str_slice(text, 0, space));
    bool first      = str_ends_with(expression, STR("@1"));
    if (first)
        expression = str_slice(expression, 0, expression.len - 2);

    NodeId node = expression_at(check, expression, first);
    if (!node)
        fail_msg("%.*s:%u: there is no expression `%.*s`", STR_ARG(path), check->line, STR_ARG(expression));
    Str got = roles_of(check, node);
    check->marks++;
    if (str_eq(got, expected) == check->is_known_bug) {
        check->wrong++;
        print_error("%.*s:%u: `%.*s` is %.*s, %s %.*s\n", STR_ARG(path), check->line, STR_ARG(expression), STR_ARG(got),
                    check->is_known_bug ? "which is right, so make the mark `#:`;" : "expected", STR_ARG(expected));
    }
}

static void check_marks(Check *check, Str marks)
{
    int    depth = 0;
    size_t begin = 0;

    for (size_t i = 0; i <= marks.len; i++) {
        char c = i < marks.len ? marks.ptr[i] : ',';
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        if (i == marks.len || (c == ',' && depth == 0)) {
            check_mark(check, str_slice(marks, begin, i));
            begin = i + 1;
        }
    }
}

static void check_module(Check *check, const Module *module)
{
    check->module = module;
    for (check->line = 1; check->line <= module->source.line_count; check->line++) {
        Str    text  = source_line(&module->source, check->line);
        size_t marks = str_find(text, STR("  #: ")), bugs = str_find(text, STR("  #? "));
        size_t end   = bugs == STR_NOT_FOUND ? text.len : bugs;
        check->is_known_bug = false;
        if (marks != STR_NOT_FOUND)
            check_marks(check, str_slice(text, marks + strlen("  #: "), end));
        check->is_known_bug = true;
        if (bugs != STR_NOT_FOUND)
            check_marks(check, str_slice(text, bugs + strlen("  #? "), text.len));
    }
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "__pycache__") != 0;
}

static void read_file(Project *project, const char *path)
{
    Source source;
    Error  why = { "" };

    if (!source_read(project->arena, STR(ROLES), str_of(path), &source, &why) || !project_add(project, &source, &why))
        fail_msg("%s", why.message);
}

static void read_folder(Project *project, const char *path)
{
    Str             full = str_format(project->arena, ROLES "/%s", path);
    struct dirent **names;
    int             count = scandir(str_cstr(project->arena, full), &names, is_visible, alphasort);

    if (count < 0) {
        read_file(project, path);
        return;
    }
    for (int i = 0; i < count; i++) {
        Str inner = str_format(project->arena, "%s/%s", path, names[i]->d_name);
        free(names[i]);
        read_folder(project, str_cstr(project->arena, inner));
    }
    free(names);
}

static void the_marks_of_a_project_hold(void **state)
{
    Arena   *arena   = arena_open();
    Project *project = project_given(arena);

    read_folder(project, *state);
    Check    check  = { .arena = arena, .model = model_build(arena, project) };
    uint32_t capped = model_capped(check.model);
    vec_each(module, &project->modules)
        check_module(&check, *module);
    arena_close(arena);

    assert_int_equal(capped, 0);
    assert_int_equal(check.wrong, 0);
    assert_true(check.marks > 0);
}

static void a_model_that_reaches_a_limit_says_so(void **state)
{
    (void)state;
    const ModelLimits few_steps = { .steps = 5, .bytes = SIZE_MAX };
    const ModelLimits few_bytes = { .steps = MODEL_STEPS, .bytes = 1 };
    Arena            *arena     = arena_open();
    Project          *project   = project_given(arena);

    read_folder(project, "flask_app");
    bool whole        = model_is_whole(model_build(arena, project));
    bool by_few_steps = model_is_whole(model_build_within(arena, project, few_steps));
    bool by_few_bytes = model_is_whole(model_build_within(arena, project, few_bytes));
    arena_close(arena);

    assert_true(whole);
    assert_false(by_few_steps);
    assert_false(by_few_bytes);
}

int main(void)
{
    Arena          *arena = arena_open();
    TestVec         tests = { 0 };
    struct dirent **names;
    int             count = scandir(ROLES, &names, is_visible, alphasort);

    for (int i = 0; i < count; i++) {
        char *name = str_cstr(arena, str_of(names[i]->d_name));
        free(names[i]);
        vec_push(arena, &tests,
                 (struct CMUnitTest) { .name = name, .test_func = the_marks_of_a_project_hold, .initial_state = name });
    }
    vec_push(arena, &tests, (struct CMUnitTest) cmocka_unit_test(a_model_that_reaches_a_limit_says_so));
    if (count >= 0)
        free(names);
    int failed = tests.count ? _cmocka_run_group_tests(ROLES, tests.items, tests.count, NULL, NULL) : 1;
    arena_close(arena);
    return failed;
}
