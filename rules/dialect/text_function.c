/*
 * dialect/text-function
 *
 * printf(), format(), char(), unicode(), quote(), soundex() and instr() are SQLite's; Postgres has
 * others (strpos, chr, quote_literal), which SQLite lacks. concat() came to SQLite with 3.44 only.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE instr(name, 'a') > 0 ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.id for r in con.execute(text("SELECT id, name FROM users ORDER BY id")) if "a" in r.name]
 *
 * The port gives each database a text of its own (unsafe) where Postgres has one. Better, do it in
 * Python, or register a function on both databases.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, text_function, "text-function", SEVERITY_ERROR,
            "a function on text that Postgres does not have",
            "printf", "char", "unicode", "quote", "soundex", "instr", "concat");
