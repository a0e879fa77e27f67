/*
 * connect/out-of-reach
 *
 * aiosqlite, apsw and the SQLCipher modules have connections and cursors of their own. Their calls
 * look like those of sqlite3 and are not: they are awaited, hold other types, or open an encrypted
 * file. Nothing of them is found or ported, so that what is said of such a file is not all there
 * is to do in it.
 *
 * Bad:
 *     import aiosqlite
 *
 *     async def find(path, uid):
 *         async with aiosqlite.connect(path) as db:
 *             return await db.execute("SELECT name FROM users WHERE id = ?", (uid,))
 *
 * Good:
 *     from sqlalchemy import text
 *     from sqlalchemy.ext.asyncio import AsyncConnection
 *
 *     async def find(db: AsyncConnection, uid):
 *         return await db.execute(text("SELECT name FROM users WHERE id = :id"), {"id": uid})
 *
 * No fix: port the file by hand.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Import *import)
{
    static const char *const libraries[] = { "aiosqlite", "apsw", "pysqlcipher3", "sqlcipher3", "libsql" };
    Str rest = import->module, top = import->module;

    str_cut(&rest, '.', &top);
    for (size_t i = 0; import->level == 0 && i < sizeof libraries / sizeof *libraries; i++)
        if (str_is(top, libraries[i]))
            report(run, import->statement, "%s is out of reach: port what uses it by hand", libraries[i]);
}

RULE(connect, out_of_reach) = {
    .id        = "connect/out-of-reach",
    .summary   = "the file uses SQLite by another library than sqlite3",
    .severity  = SEVERITY_WARNING,
    .decision  = "port this file by hand",
    .on.import = check,
};
