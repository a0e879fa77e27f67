/*
 * The binds of a statement as its values meet them.
 */
#include "rewriters/port/binds.h"

Str quoted_key(Work *work, Str name)
{
    return str_format(work->arena, "\"" STR_FORMAT "\": ", STR_ARG(name));
}

bool is_call_to(const Tree *tree, NodeId id, const char *function)
{
    NodeId callee = tree_kind(tree, id) == PY_CALL ? tree_field(tree, id, F_FUNCTION) : 0;
    return callee && str_is(tree_text(tree, callee), function);
}

NodeId first_argument(const Tree *tree, NodeId call)
{
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);
    return arguments && tree_arity(tree, arguments) == 1 ? tree_nth(tree, arguments, 0) : 0;
}

const InList *list_of(const Execute *execute, const SqlBind *bind)
{
    vec_each(list, &execute->lists)
        if (str_eq(list->name, bind->name))
            return list;
    return NULL;
}

/* `?`, or the bind that stands for a run of them. */
static bool is_positional(const Execute *execute, const SqlBind *bind)
{
    return execute->sql.text.ptr[bind->lo] == '?' || list_of(execute, bind);
}

bool has_positional(const Execute *execute)
{
    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && is_positional(execute, bind))
            return true;
    return false;
}

bool has_named(const Execute *execute)
{
    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && !is_positional(execute, bind))
            return true;
    return false;
}

bool is_numbered(const Execute *execute)
{
    uint32_t expected = 1;

    vec_each(bind, &execute->sql.binds) {
        if (bind->clock || list_of(execute, bind)) /* what comes after a list counts from there */
            continue;
        if (execute->lists.count ? bind->hi - bind->lo > 1 && execute->sql.text.ptr[bind->lo] == '?'
                                 : bind->number != expected++)
            return true;
    }
    return false;
}

size_t bind_count(const Execute *execute)
{
    bool   numbered = is_numbered(execute);
    size_t count    = 0;

    vec_each(bind, &execute->sql.binds) {
        if (bind->clock)
            continue;
        count = !numbered ? count + 1 : bind->number > count ? bind->number : count;
    }
    return count;
}

const SqlBind *bind_at(const Execute *execute, size_t k)
{
    bool   numbered = is_numbered(execute);
    size_t place    = 0;

    vec_each(bind, &execute->sql.binds)
        if (!bind->clock && (numbered ? bind->number == k + 1 : place++ == k))
            return bind;
    return NULL;
}

bool has_clock(const Execute *execute)
{
    vec_each(bind, &execute->sql.binds)
        if (bind->clock)
            return true;
    return false;
}

bool numbers_fit(Work *work, const Execute *execute)
{
    if (!is_numbered(execute))
        return true;
    for (size_t k = 0; k < bind_count(execute); k++) {
        const SqlBind *first = bind_at(execute, k);
        if (!first) {
            work_reason(work, VERDICT_MANUAL, "TX-05", work->module, execute->call->call,
                        "the numbers of the placeholders leave one out; name them and give a dict");
            return false;
        }
        vec_each(other, &execute->sql.binds)
            if (!other->clock && other->number == first->number && other->type != first->type) {
                work_reason(work, VERDICT_MANUAL, "TX-24", work->module, execute->call->call,
                            "one value meets columns of several types here; give each a placeholder of its own");
                return false;
            }
    }
    return true;
}

Str clock_entries(Work *work, const Execute *execute)
{
    Buf out = buf_new(work->arena);

    vec_each(bind, &execute->sql.binds) {
        if (!bind->clock)
            continue;
        if (out.len)
            buf_add(&out, STR(", "));
        buf_add(&out, quoted_key(work, bind->name));
        buf_format(&out, STR_FORMAT ".now(" STR_FORMAT ".utc)",
                   STR_ARG(work_import(work, work->module, "datetime", "datetime")),
                   STR_ARG(work_import(work, work->module, "datetime", "timezone")));
        if (bind->shift.len) { /* "-1 day": `- timedelta(days=1)` */
            static const char *const units[] = { "seconds", "minutes", "hours", "days" };
            Str unit = bind->shift, amount;
            str_cut(&unit, ' ', &amount);
            unit = str_trim(unit);
            for (size_t i = 0; i < sizeof units / sizeof *units; i++)
                if (str_eq_nocase(str_slice(unit, 0, 3), str_slice(str_of(units[i]), 0, 3)))
                    buf_format(&out, " %c " STR_FORMAT "(%s=" STR_FORMAT ")", amount.ptr[0] == '-' ? '-' : '+',
                               STR_ARG(work_import(work, work->module, "datetime", "timedelta")), units[i],
                               STR_ARG(str_slice(amount, amount.ptr[0] == '-' || amount.ptr[0] == '+', amount.len)));
        }
    }
    return buf_str(&out);
}
