#include "tests/python/given.h"

static void assert_nested(const Tree *tree)
{
    for (NodeId id = 2; id < tree->count; id++) {
        const PyNode *node = tree_node(tree, id), *parent = tree_node(tree, node->parent);
        assert_true(node->parent >= 1 && node->parent < id);
        assert_true(node->end > id && node->end <= parent->end);
        assert_true(node->lo <= node->hi && node->lo >= parent->lo && node->hi <= parent->hi);
        assert_int_equal(node->depth, parent->depth + 1);
    }
}

static void children_lie_inside_their_parents_in_reading_order(void **state)
{
    const Module *module = module_given(*state, "def f(a, b=1):\n    return g(a)[b], {'k': [a, *b]}\n\nclass C: pass\n");
    const Tree   *tree   = &module->tree;

    assert_nested(tree);
    assert_int_equal(tree->errors, 0);
    assert_int_equal(tree_kind(tree, 1), PY_MODULE);
    assert_int_equal(tree_node(tree, 1)->end, tree->count);
    for (NodeId id = 1; id < tree->count; id++) {
        uint32_t last = 0;
        tree_each_child(child, tree, id) {
            assert_true(tree_node(tree, child)->lo >= last);
            assert_int_equal(tree_parent(tree, child), id);
            last = tree_node(tree, child)->hi;
        }
    }
}

static void fields_name_the_parts_of_a_node(void **state)
{
    const Module *module = module_given(*state, "with open(p) as h:\n    x = h.read(4) if h else None\n");
    const Tree   *tree   = &module->tree;
    NodeId        call   = node_of_kind(module, PY_CALL, "h.read(4)");

    NodeId function = tree_field(tree, call, F_FUNCTION);
    assert_text(tree_text(tree, function), "h.read");
    assert_text(tree_text(tree, tree_field(tree, function, F_OBJECT)), "h");
    assert_text(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "read");
    assert_text(tree_text(tree, tree_field(tree, call, F_ARGUMENTS)), "(4)");
    assert_int_equal(tree_field(tree, call, F_BODY), 0);
    assert_text(tree_text(tree, tree_statement(tree, call)), "x = h.read(4) if h else None");
    assert_int_equal(tree_kind(tree, tree_enclosing(tree, call, PY_WITH)), PY_WITH);
}

static void comments_and_operators_are_not_counted_as_content(void **state)
{
    const Module *module = module_given(*state, "f(  # one\n  a,  # two\n  b + 1)\n");
    const Tree   *tree   = &module->tree;
    NodeId        given  = tree_field(tree, node_of_kind(module, PY_CALL, "f(  # one\n  a,  # two\n  b + 1)"), F_ARGUMENTS);
    NodeId        sum    = node_of(module, "b + 1");

    assert_int_equal(tree_arity(tree, given), 2);
    assert_text(tree_text(tree, tree_nth(tree, given, 0)), "a");
    assert_text(tree_text(tree, tree_nth(tree, given, 1)), "b + 1");
    assert_int_equal(tree_nth(tree, given, 2), 0);
    assert_text(tree_text(tree, tree_field(tree, sum, F_OPERATOR)), "+");
    assert_int_equal(tree_arity(tree, sum), 2);
}

static void a_later_sibling_with_the_same_field_is_found(void **state)
{
    const Module *module = module_given(*state, "import a, b.c, d as e\n");
    const Tree   *tree   = &module->tree;
    NodeId        name   = tree_field(tree, node_of_kind(module, PY_IMPORT, "import a, b.c, d as e"), F_NAME);

    assert_text(tree_text(tree, name), "a");
    name = tree_next_field(tree, name, F_NAME);
    assert_text(tree_text(tree, name), "b.c");
    name = tree_next_field(tree, name, F_NAME);
    assert_text(tree_text(tree, name), "d as e");
    assert_int_equal(tree_next_field(tree, name, F_NAME), 0);
}

static void parentheses_come_off_whatever_their_number(void **state)
{
    const Module *module = module_given(*state, "x = ((  (y)  ))\nz = ()\n");
    const Tree   *tree   = &module->tree;

    NodeId inner = tree_strip(tree, node_of(module, "((  (y)  ))"));
    assert_text(tree_text(tree, inner), "y");
    assert_int_equal(tree_kind(tree, inner), PY_IDENTIFIER);
    assert_int_equal(tree_kind(tree, tree_strip(tree, node_of(module, "()"))), PY_TUPLE);
    assert_int_equal(tree_strip(tree, 0), 0);
}

static void broken_python_is_marked_and_the_rest_is_there(void **state)
{
    const Module *module = module_given(*state, "def f(:\n    pass\n\nx = conn.cursor()\ny = (1,\n");
    const Tree   *tree   = &module->tree;

    assert_true(tree->errors > 0);
    assert_nested(tree);
    assert_int_equal(tree_kind(tree, node_of(module, "conn.cursor()")), PY_CALL);
    assert_true(tree_has_error(tree, 1));
    assert_false(tree_has_error(tree, node_of(module, "conn.cursor()")));
}

static void what_the_parser_had_to_imagine_is_an_error_too(void **state)
{
    const Module *module  = module_given(*state, "for x in :\n    pass\n");
    const Tree   *tree    = &module->tree;
    bool          missing = false;

    for (NodeId id = 1; id < tree->count; id++)
        missing |= tree_kind(tree, id) == PY_ERROR && tree_node(tree, id)->lo == tree_node(tree, id)->hi;
    assert_true(missing);
    assert_true(tree->errors > 0);
    assert_nested(tree);
}

static void an_empty_file_is_a_module(void **state)
{
    const Module *empty   = add_bytes(project_given(*state), "e.py", (Str) { 0 });
    const Module *comment = module_given(*state, "# nothing\n");

    assert_int_equal(empty->tree.count, 2);
    assert_int_equal(tree_kind(&empty->tree, 1), PY_MODULE);
    assert_int_equal(tree_child(&empty->tree, 1), 0);
    assert_int_equal(tree_arity(&comment->tree, 1), 0);
}

static void nesting_beyond_the_limit_is_cut_and_counted(void **state)
{
    enum { DEEP = 10000 };
    Arena *arena = *state;
    Buf    text  = buf_new(arena);
    buf_add(&text, STR("x = "));
    for (int i = 0; i < DEEP; i++)
        buf_add_char(&text, '(');
    buf_add_char(&text, '1');
    for (int i = 0; i < DEEP; i++)
        buf_add_char(&text, ')');
    buf_add(&text, STR("\ny = 2\n"));

    const Module *module = add_bytes(project_given(arena), "deep.py", buf_str(&text));

    assert_int_equal(module->tree.cut, 1);
    assert_nested(&module->tree);
    for (NodeId id = 1; id < module->tree.count; id++)
        assert_true(tree_node(&module->tree, id)->depth <= TREE_DEPTH);
    assert_text(tree_text(&module->tree, node_of(module, "y = 2")), "y = 2");
}

static void line_ends_of_other_systems_are_kept(void **state)
{
    const Module *module = module_given(*state, "def f():\r\n    x = '''a\r\nb'''\r\n    return x\r\n");

    assert_int_equal(module->tree.errors, 0);
    assert_kind(module, node_of(module, "'''a\r\nb'''"), PY_STRING);
    assert_kind(module, node_of_kind(module, PY_RETURN, "return x"), PY_RETURN);
}

static void no_node_is_nowhere_and_has_nothing(void **state)
{
    const Module *module = module_given(*state, "x = 1\n");
    const Tree   *tree   = &module->tree;

    assert_int_equal(tree_kind(tree, 0), PY_NONE);
    assert_int_equal(tree_text(tree, 0).len, 0);
    assert_int_equal(tree_child(tree, 0), 0);
    assert_int_equal(tree_next(tree, 0), 0);
    assert_int_equal(tree_parent(tree, 0), 0);
    assert_int_equal(tree_field(tree, 0, F_NAME), 0);
    assert_int_equal(tree_nth(tree, 0, 0), 0);
    assert_int_equal(tree_statement(tree, 0), 0);
    assert_false(tree_has_error(tree, 0));
}

static void the_innermost_node_around_a_range_is_found(void **state)
{
    const Module *module = module_given(*state, "total = price + tax\n");
    const Tree   *tree   = &module->tree;

    assert_text(tree_text(tree, tree_at(tree, 8, 13)), "price");
    assert_text(tree_text(tree, tree_at(tree, 8, 19)), "price + tax");
    assert_int_equal(tree_kind(tree, tree_at(tree, 0, 20)), PY_MODULE);
    assert_int_equal(tree_at(tree, 18, 19), name_of(module, "tax", 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(children_lie_inside_their_parents_in_reading_order),
        TEST(fields_name_the_parts_of_a_node),
        TEST(comments_and_operators_are_not_counted_as_content),
        TEST(a_later_sibling_with_the_same_field_is_found),
        TEST(parentheses_come_off_whatever_their_number),
        TEST(broken_python_is_marked_and_the_rest_is_there),
        TEST(what_the_parser_had_to_imagine_is_an_error_too),
        TEST(an_empty_file_is_a_module),
        TEST(nesting_beyond_the_limit_is_cut_and_counted),
        TEST(line_ends_of_other_systems_are_kept),
        TEST(no_node_is_nowhere_and_has_nothing),
        TEST(the_innermost_node_around_a_range_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
