#include "tests/facts/linked.h"

#include "analyzers/facts/reach.h"

/* The body of a function with a cursor; `e(1)` in it is cur.execute(1). */
static const Module *module_around(Arena *arena, const char *body)
{
    Buf code = buf_new(arena);

    buf_add(&code, STR("def f(conn):\n    cur = conn.cursor()\n"));
    for (const char *at = body; *at; at++) {
        bool word = at > body && at[-1] != ' ' && at[-1] != '\n' && at[-1] != '(' && at[-1] != '[';
        if (at == body || at[-1] == '\n')
            buf_add(&code, STR("    "));
        if (strncmp(at, "e(", 2) == 0 && !word)
            buf_add(&code, STR("cur.execut"));
        buf_add_char(&code, *at);
    }
    buf_add_char(&code, '\n');
    const Module *module = module_given(arena, str_cstr(arena, buf_str(&code)));
    if (module->tree.errors)
        fail_msg("syntax error in\n%.*s", STR_ARG(buf_str(&code)));
    return module;
}

static NodeIdVec executes_in(Arena *arena, const Module *module)
{
    NodeIdVec out = { 0 };

    for (NodeId id = 1; id < module->tree.count; id++)
        if (tree_kind(&module->tree, id) == PY_CALL
            && str_is(tree_text(&module->tree, tree_field(&module->tree, id, F_FUNCTION)), "cur.execute"))
            vec_push(arena, &out, id);
    return out;
}

static void show(Buf *out, const Tree *tree, const Reach *reach, Str name)
{
    buf_format(out, "%s" STR_FORMAT ":", out->len ? " " : "", STR_ARG(name));
    if (reach->count > REACH_LIMIT)
        buf_add_char(out, '!');
    for (char number = '1'; number <= '9'; number++)
        for (uint32_t i = 0; i < reach->count && i < REACH_LIMIT; i++)
            if (tree_text(tree, tree_field(tree, reach->executes[i], F_ARGUMENTS)).ptr[1] == number) {
                buf_add_char(out, number);
                break;
            }
    if (reach->may_be_none)
        buf_add_char(out, '-');
}

/* What each use `cur.r1`, `cur.r2` … may follow, as "r1:12 r2:1-": `-` is "or nothing", `!` "too many". */
static Str reach_in(Arena *arena, const char *body)
{
    const Module *module   = module_around(arena, body);
    const Tree   *tree     = &module->tree;
    NodeId        cursor   = name_of(module, "cur", 1);
    NodeIdVec     executes = executes_in(arena, module);
    Buf           out      = buf_new(arena);

    ReachVec reaches = reach_of(arena, module, scope_function(&module->scopes, cursor), module->scopes.symbol_of[cursor],
                                &executes);
    vec_each(reach, &reaches) {
        NodeId parent = tree_parent(tree, reach->use);
        Str    name   = tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE));
        if (tree_kind(tree, parent) == PY_ATTRIBUTE && name.ptr[0] == 'r')
            show(&out, tree, reach, name);
    }
    return buf_str(&out);
}

#define assert_reach(body, expected) assert_text(reach_in(*state, body), expected)

static void the_last_execute_decides(void **state)
{
    assert_reach("cur.r1\ne(1)\ncur.r2\ne(2)\ncur.r3()", "r1:- r2:1 r3:2");
}

static void branches_are_joined(void **state)
{
    assert_reach("e(1)\nif a:\n    e(2)\ncur.r1", "r1:12");
    assert_reach("if a:\n    e(1)\nelse:\n    e(2)\ncur.r1", "r1:12");
    assert_reach("if a:\n    e(1)\nelif b:\n    e(2)\ncur.r1", "r1:12-");
    assert_reach("if a:\n    e(1)\n    return cur.r1\ne(2)\ncur.r2", "r1:1 r2:2");
    assert_reach("if e(1):\n    cur.r1\nelif e(2):\n    cur.r2\nelse:\n    cur.r3\ncur.r4", "r1:1 r2:2 r3:2 r4:12");
    assert_reach("x = a and e(1)\ncur.r1", "r1:1-");
    assert_reach("x = e(1) if a else e(2)\ncur.r1", "r1:12");
}

static void loops_run_never_once_or_again(void **state)
{
    assert_reach("e(1)\nfor x in y:\n    cur.r1\n    e(2)\ncur.r2", "r1:12 r2:12");
    assert_reach("while a:\n    e(1)\n    cur.r1\ncur.r2", "r1:1 r2:1-");
    assert_reach("for x in e(1):\n    cur.r1\nelse:\n    e(2)\ncur.r2", "r1:1 r2:12");
    assert_reach("while e(1):\n    cur.r1\n    e(2)\ncur.r2", "r1:1 r2:1");
    assert_reach("for a in b:\n    for c in d:\n        cur.r1\n    e(1)\ncur.r2", "r1:1- r2:1-");
}

static void break_and_continue_carry_their_state_out(void **state)
{
    assert_reach("while True:\n    e(1)\n    if a:\n        e(2)\n        break\n    e(3)\ncur.r1", "r1:23-");
    assert_reach("for x in y:\n    if a:\n        e(1)\n        continue\n    e(2)\ncur.r1", "r1:12-");
}

static void what_follows_a_return_is_not_reached(void **state)
{
    assert_reach("e(1)\nreturn cur.r1\ncur.r2\ne(2)\ncur.r3", "r1:1 r2: r3:");
    assert_reach("e(1)\nraise X\ne(2)\ncur.r1", "r1:");
}

static void handlers_follow_any_part_of_the_body(void **state)
{
    assert_reach("e(1)\ntry:\n    e(2)\n    e(3)\nexcept X:\n    cur.r1\ncur.r2", "r1:123 r2:123");
    assert_reach("try:\n    e(1)\nexcept X:\n    return\ncur.r1", "r1:1");
    assert_reach("try:\n    e(1)\nexcept X:\n    raise\nelse:\n    e(2)\nfinally:\n    cur.r1\ncur.r2", "r1:12- r2:2");
    assert_reach("e(1)\ntry:\n    x()\nfinally:\n    e(2)\ncur.r1", "r1:2");
    assert_reach("try:\n    e(1)\nexcept X:\n    e(2)\nexcept Y:\n    e(3)\ncur.r1", "r1:123");
}

static void with_blocks_run_through(void **state)
{
    assert_reach("with a:\n    e(1)\ncur.r1", "r1:1");
    assert_reach("e(1)\nwith contextlib.suppress(X):\n    e(2)\ncur.r1", "r1:12");
    assert_reach("e(1)\nwith pytest.raises(X):\n    e(2)\ncur.r1", "r1:12");
}

static void match_takes_one_case_or_none(void **state)
{
    assert_reach("match e(1):\n    case 1:\n        e(2)\n    case _:\n        cur.r1\ncur.r2", "r1:1 r2:12");
}

static void another_cursor_has_run_nothing(void **state)
{
    assert_reach("e(1)\ncur = conn.cursor()\ncur.r1", "r1:-");
    assert_reach("cur = e(1)\ncur.r1", "r1:1");
    assert_reach("cur = (await e(1))\ncur.r1", "r1:1");
    assert_reach("if a:\n    cur = conn.cursor()\nelse:\n    e(1)\ncur.r1", "r1:1-");
    assert_reach("with closing(conn.cursor()) as cur:\n    cur.r1", "r1:-");
}

static void nested_functions_run_who_knows_when(void **state)
{
    assert_reach("e(1)\ndef g():\n    return cur.r1\ncur.r2", "r1:!- r2:1");
    assert_reach("e(1)\ndef g():\n    e(2)\n    return 1\ncur.r1", "r1:!-");
    assert_reach("e(1)\nx = lambda: cur.r1\ncur.r2", "r1:!- r2:1");
}

static void comprehensions_take_their_clauses_first(void **state)
{
    assert_reach("x = [cur.r1 for y in e(1)]\ncur.r2", "r1:1 r2:1");
    assert_reach("x = [e(1) for y in z]\ncur.r1", "r1:1-");
}

static void more_than_can_be_told_apart_is_too_many(void **state)
{
    Buf body = buf_new(*state);
    for (int i = 0; i < REACH_LIMIT + 2; i++)
        buf_add(&body, STR("if a:\n    e(1)\n"));
    buf_add(&body, STR("cur.r1"));

    Str got = reach_in(*state, str_cstr(*state, buf_str(&body)));

    assert_true(str_starts_with(got, STR("r1:!")));
}

static void deep_loops_end(void **state)
{
    enum { LOOPS = 90 };
    Buf body = buf_new(*state);
    for (int depth = 0; depth < LOOPS; depth++)
        buf_format(&body, "%*swhile a:\n%*s e(%d)\n", depth, "", depth, "", depth % 9 + 1);
    buf_format(&body, "%*scur.r1", LOOPS, "");

    Str got = reach_in(*state, str_cstr(*state, buf_str(&body)));

    assert_true(str_starts_with(got, STR("r1:")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_last_execute_decides),
        TEST(branches_are_joined),
        TEST(loops_run_never_once_or_again),
        TEST(break_and_continue_carry_their_state_out),
        TEST(what_follows_a_return_is_not_reached),
        TEST(handlers_follow_any_part_of_the_body),
        TEST(with_blocks_run_through),
        TEST(match_takes_one_case_or_none),
        TEST(another_cursor_has_run_nothing),
        TEST(nested_functions_run_who_knows_when),
        TEST(comprehensions_take_their_clauses_first),
        TEST(more_than_can_be_told_apart_is_too_many),
        TEST(deep_loops_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
