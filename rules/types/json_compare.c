/*
 * types/json-compare
 *
 * JSON is text in SQLite, compared byte by byte and kept as it was written. JSONB of Postgres
 * compares what it says, orders it by rules of its own, and writes it anew, with blanks and keys in
 * its order.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM orders WHERE meta = '{\"a\":1}' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.id for r in con.execute(text("SELECT id, meta FROM orders ORDER BY id")) if r.meta == {"a": 1}]
 *
 * The port leaves this as it is, for the two may differ only in what is meant: compare in Python
 * what json.loads() gives.
 */
#include "rules/rule.h"

REMARK_RULE(types, json_compare, "json-compare", SEVERITY_WARNING,
            "JSON is compared, ordered or read as text",
            "json-compare", "json-order", "json-literal", "json-as-text");
