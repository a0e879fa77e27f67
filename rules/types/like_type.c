/*
 * types/like-type
 *
 * SQLite makes text of anything for LIKE. Postgres has LIKE for text alone, and the text of a time,
 * a float or JSON is another one there.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM orders WHERE quantity LIKE '1%' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM orders WHERE CAST(quantity AS TEXT) LIKE '1%' ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It makes text of
 * an integer by CAST; for other types a person has to say what is looked for.
 */
#include "rules/rule.h"

REMARK_RULE(types, like_type, "like-type", SEVERITY_ERROR,
            "LIKE over what is no text",
            "like-type", "like-number", "like-timestamp", "like-fraction");
