/*
 * dialect/blob
 *
 * x'00' is a string of bits in Postgres; hex(), unhex(), zeroblob(), randomblob() and CAST(… AS
 * BLOB) do not exist there. Bytes that are bound mean the same on both.
 *
 * Bad:
 *     rows = con.execute("SELECT hex(payload) AS payload FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [bytes(r.payload).hex().upper() for r in con.execute(text("SELECT payload FROM orders ORDER BY id"))]
 *
 * The port gives each database a text of its own (unsafe). Better, bind the bytes, and make hex
 * of them in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, blob, "blob", SEVERITY_ERROR,
            "bytes are written or made in SQLite's way",
            "blob-literal", "zeroblob", "randomblob", "hex", "cast-blob");
