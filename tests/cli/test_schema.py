"""`schema`: the catalog as JSON, and as DDL for Postgres. That the DDL loads is seen by tests/projects/schema.sh."""
import ast
import json
import os
import re
import sqlite3
import unittest

from harness import OFFENCE, ProjectTest

TABLES = """
    CREATE TABLE users (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        email TEXT NOT NULL UNIQUE,
        is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
        created_at TEXT NOT NULL DEFAULT (datetime('now'))
    );
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        body TEXT, price REAL
    );
    CREATE INDEX notes_by_user ON notes (user_id, lower(body) DESC) WHERE body <> '';
"""

WRITTEN = """\
-- lite2pg: SC-15 CHECK (is_admin IN (0, 1)) is left out: the column's type says it
CREATE TABLE users (
    id BIGSERIAL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    is_admin BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE notes (
    id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    body TEXT,
    price DOUBLE PRECISION
);

-- lite2pg: SQL-38 index notes_by_user lower(body): lower() changes ASCII letters alone on SQLite and all letters on Postgres
CREATE INDEX notes_by_user ON notes (user_id, (lower(body)) DESC) WHERE body <> '';
"""


REVISION = """\
from alembic import op
import sqlalchemy as sa

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("seen", sa.DateTime()),
    )
    op.execute("CREATE TABLE seen (n INTEGER)")
"""


class Schema(ProjectTest):
    def database(self, name, sql):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        con = sqlite3.connect(path)
        con.executescript(sql)
        con.close()
        return path

    def written(self, sql, *words):
        """The DDL for the text: its statements without the findings, and the findings."""
        self.write("schema.sql", sql)
        ran = self.lite2pg("schema", "schema.sql", *words)
        self.assertEqual((ran.status, ran.err), (0, ""), ran)
        lines = ran.out.splitlines()
        findings = [line.removeprefix("-- lite2pg: ") for line in lines if line.startswith("-- ")]
        return "\n".join(line for line in lines if not line.startswith("-- ")), findings

    # -- where it reads from

    def test_a_text_a_database_and_a_folder_give_the_same(self):
        self.write("db/001.sql", TABLES)
        self.database("data/app.db", TABLES)

        ran = [self.lite2pg("schema", name) for name in ("db/001.sql", "data/app.db", "db")]
        piped = self.lite2pg("schema", "-", stdin=TABLES.encode())

        for one in [*ran, piped]:
            self.assertEqual((one.status, one.err, one.out), (0, "", WRITTEN))

    def test_files_are_read_in_the_order_given_and_a_folder_by_name(self):
        self.write("db/2.sql", "ALTER TABLE t ADD COLUMN b TEXT;")
        self.write("db/1.sql", "CREATE TABLE t (a TEXT);")

        folder, files = self.lite2pg("schema", "db"), self.lite2pg("schema", "db/1.sql", "db/2.sql")

        self.assertIn("    a TEXT,\n    b TEXT\n", folder.out)
        self.assertEqual(folder.out, files.out)

    def test_a_database_is_known_by_what_it_holds_and_not_by_its_name(self):
        self.database("store", "CREATE TABLE t (a)")

        self.assertIn("CREATE TABLE t", self.lite2pg("schema", "store").out)

    def test_it_writes_nothing_beside_a_database(self):
        self.database("app.db", "PRAGMA journal_mode = WAL; CREATE TABLE t (a)")
        before = sorted(os.listdir(self.root))

        self.lite2pg("schema", "app.db")

        self.assertEqual(sorted(os.listdir(self.root)), before)

    # -- rows

    ROWS = """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, is_admin INTEGER, created_at TEXT, settings TEXT, retries INTEGER);
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
            INSERT INTO users SELECT i, 'Ann ' || i, i % 2, '2024-01-02T03:04:05', '{"theme": ' || i || '}', i % 2 FROM n;
    """

    def columns(self, *words):
        ran = self.lite2pg("schema", *words, "--emit", "json")
        self.assertEqual((ran.status, ran.err), (0, ""), ran)
        return {column["name"]: column for table in ran.json()["tables"] for column in table["columns"]}

    def test_the_rows_of_a_database_confirm_what_names_suggest(self):
        self.database("app.db", self.ROWS)

        got = {name: column["type"] for name, column in self.columns("app.db").items()}

        self.assertEqual(got, {"id": "BIGINT", "name": "TEXT", "is_admin": "BOOLEAN", "created_at": "TIMESTAMPTZ",
                               "settings": "JSONB", "retries": "BIGINT"})

    def test_one_row_that_holds_something_else_is_a_veto(self):
        self.database("app.db", self.ROWS + """
            INSERT INTO users VALUES (100, 'Bob', 2, 'soon', '{x}', 1);
        """)

        got = {name: column["type"] for name, column in self.columns("app.db").items()}

        self.assertEqual((got["is_admin"], got["created_at"], got["settings"]), ("BIGINT", "TEXT", "TEXT"))

    def test_rows_of_a_sample_speak_of_tables_that_migrations_define(self):
        self.write("lite2pg.toml", 'schema = ["db/1.sql", "sample.db"]\n')
        self.write("db/1.sql", self.ROWS.split(";")[0] + ";")
        self.database("sample.db", self.ROWS)

        got = self.columns()

        self.assertEqual(got["is_admin"]["type"], "BOOLEAN")
        self.assertEqual(got["is_admin"]["place"]["path"], "db/1.sql")

    def test_rows_that_a_declared_type_does_not_fit_are_told_without_their_text(self):
        self.database("app.db", """
            CREATE TABLE t (flag BOOLEAN, seen_at TIMESTAMP, n INTEGER);
            INSERT INTO t VALUES (0, '2024-01-02 03:04:05', 1), (1, 'Hunter2', 'tomorrow'), (2, '2024-01-02 03:04:05', 3);
        """)

        ran = self.lite2pg("schema", "app.db")

        findings = [line.removeprefix("-- lite2pg: ") for line in ran.out.splitlines() if line.startswith("-- ")]
        self.assertEqual(findings, [
            "DATA-05 app.db: line 1: t.flag is BOOLEAN on Postgres, and 1 row of app.db holds something else: "
            'an integer of the form "9" at rowid 3 (looked at: all 3 rows)',
            "DATA-07 app.db: line 1: t.seen_at is TIMESTAMPTZ on Postgres, and 1 row of app.db holds something else: "
            'free text of the form "aaaaaa9" at rowid 2 (looked at: all 3 rows)',
            "DATA-01 app.db: line 1: t.n is BIGINT on Postgres, and 1 row of app.db holds something else: "
            'free text of the form "aaaaaaaa" at rowid 2 (looked at: all 3 rows)',
        ])
        self.assertIn("flag BOOLEAN", ran.out)

    def test_the_setting_types_outweighs_rows_and_what_does_not_fit_it_is_told(self):
        self.write("lite2pg.toml", '[types]\n"t.flag" = "bigint"\n"t.day" = "date"\n')
        self.database("app.db", "CREATE TABLE t (flag BOOLEAN, day TEXT); INSERT INTO t VALUES (2, '2024-01-02'), (3, '')")

        ran = self.lite2pg("schema", "app.db")

        self.assertIn("flag BIGINT", ran.out)
        self.assertIn("DATA-06 app.db: line 1: t.day is DATE on Postgres, and 1 row of app.db holds something else: an empty text", ran.out)
        self.assertNotIn("DATA-05", ran.out)

    def test_what_is_no_schema_is_refused_in_one_line_that_names_it(self):
        self.write("fake.db", "no database\n")
        self.write("empty.sqlite", "")
        self.write("picture.bin", b"\x89PNG\0\1")
        (self.root / "hollow").mkdir()
        for name, why in (("fake.db", "fake.db is no SQLite database"),
                          ("empty.sqlite", "empty.sqlite is no SQLite database"),
                          ("picture.bin", "picture.bin is neither a SQLite database nor a text of SQL"),
                          ("gone.db", "cannot open gone.db: No such file or directory"),
                          ("hollow", "no .sql file, revision of Alembic or program in hollow defines a table")):
            with self.subTest(name):
                ran = self.lite2pg("schema", name)

                self.assertEqual((ran.status, ran.out), (2, ""))
                self.assert_one_line(ran.err)
                self.assertIn(why, ran.err)

    def types(self, *words):
        """Of each column, by the last word of --emit json."""
        ran = self.lite2pg("schema", *words, "--emit", "json")
        self.assertEqual((ran.status, ran.err), (0, ""), ran)
        tables = json.loads(ran.out)["tables"]
        return {table["name"]: {column["name"]: column["type"] for column in table["columns"]} for table in tables}

    def test_revisions_of_alembic_are_read_by_name_and_by_themselves(self):
        self.write("db/env.py", "from alembic import context\n")
        self.write("db/versions/1_users.py", REVISION)
        self.write("db/versions/notes.py", "# no revision\n")
        expected = {"users": {"id": "BIGINT", "is_admin": "BOOLEAN", "seen": "unknown"}, "seen": {"n": "BIGINT"}}

        for words in (("db/versions/1_users.py",), ("db/versions",), ("db",), ()):
            with self.subTest(words):
                self.assertEqual(self.types(*words), expected)
        self.write("lite2pg.toml", 'schema = ["db/versions"]\n')
        self.assertEqual(self.types(), expected)
        self.write("lite2pg.toml", 'schema = ["db/versions/1_users.py"]\n[types]\n"users.seen" = "timestamptz"\n')
        self.assertEqual(self.types()["users"]["seen"], "TIMESTAMPTZ")

    def test_what_revisions_make_is_what_postgres_has(self):
        self.write("db/env.py", "from alembic import context\n")
        self.write("db/versions/1_users.py", REVISION)
        self.write("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, is_admin TEXT NOT NULL DEFAULT 'no', seen TEXT);")

        self.write("app.py", OFFENCE)

        ran = self.lite2pg("schema", "--emit", "types")
        found = self.lite2pg("check", "--select", "schema/clashing-definitions", "--format", "json")

        self.assertRegex(ran.out, r"is_admin +TEXT +BOOLEAN +boolean: migrated as BOOLEAN \(db/versions/1_users.py:12\)")
        self.assertEqual([(one["path"], one["start"]["line"]) for one in json.loads(found.out)["findings"]],
                         [("db/versions/1_users.py", 12), ("db/versions/1_users.py", 13)])
        self.assertIn("users.is_admin is BOOLEAN on Postgres by this migration, and would be TEXT by schema.sql, line 1", found.out)

    def test_a_file_that_only_looks_like_a_revision_is_refused_if_it_is_named(self):
        self.write("a.py", "from alembic import op\nrevision = read()\ndown_revision = None\n")

        ran = self.lite2pg("schema", "a.py")

        self.assertEqual((ran.status, ran.out), (2, ""))
        self.assert_one_line(ran.err)
        self.assertIn("a.py is no revision of Alembic that can be read", ran.err)

    def test_a_name_that_stands_apart_from_its_definition_is_put_into_it(self):
        self.write("db.py", """
            import sqlite3
            TABLES = {"main.users": ("CREATE TABLE IF NOT EXISTS {} (id INTEGER PRIMARY KEY, name TEXT)", 4),
                      "marks": "CREATE TABLE {} (n REAL)", "two": "CREATE TABLE {} ({})", "no name": "CREATE TABLE {} (a)"}
            con = sqlite3.connect("x")
            for name, (sql, version) in TABLES.items():
                con.execute(sql.format(name))
            """)

        self.assertEqual(self.types(), {"users": {"id": "BIGINT", "name": "TEXT"}, "marks": {"n": "DOUBLE PRECISION"}})

    def test_what_it_cannot_emit_is_refused(self):
        self.write("schema.sql", TABLES)

        ran = self.lite2pg("schema", "schema.sql", "--emit", "django")

        self.assertEqual((ran.status, ran.out), (2, ""))
        self.assert_one_line(ran.err)
        self.assertIn("django", ran.err)

    def test_without_a_file_it_is_the_schema_of_the_project(self):
        self.write("lite2pg.toml", 'schema = ["db/app.db"]\n[types]\n"users.created_at" = "text"\n')
        self.database("db/app.db", TABLES)

        ran = self.lite2pg("schema")

        self.assertEqual((ran.status, ran.err), (0, ""))
        self.assertIn("CREATE TABLE users", ran.out)
        self.assertIn("created_at TEXT NOT NULL DEFAULT to_char(", ran.out)

    def test_ddl_in_python_is_the_schema_of_a_project_without_files(self):
        self.write("app.py", """
            import sqlite3

            sqlite3.connect("a.db").execute("CREATE TABLE IF NOT EXISTS t (a BOOLEAN)")
        """)

        self.assertIn("CREATE TABLE t (\n    a BOOLEAN\n)", self.lite2pg("schema").out)

    def test_the_configuration_says_what_columns_are(self):
        self.write("lite2pg.toml", '[types]\n"users.is_admin" = "bigint"\n')
        self.write("schema.sql", TABLES)

        self.assertIn("is_admin BIGINT NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1))",
                      self.lite2pg("schema", "schema.sql").out)

    # -- a database as the project's schema

    def test_a_database_named_in_the_configuration_gives_types(self):
        self.write("lite2pg.toml", 'schema = ["data/app.db"]\n')
        self.database("data/app.db", "CREATE TABLE users (name TEXT, is_admin BOOLEAN NOT NULL)")
        self.write("app.py", OFFENCE.replace("SELECT name FROM users", "SELECT name FROM users WHERE is_admin = 1"))

        ran = self.lite2pg("fix", "--assume-connections", "--unsafe")

        self.assertIn("is_admin = true", ran.out, ran)

    def test_a_database_named_in_the_configuration_that_is_none_is_an_error_of_its_line(self):
        self.write("lite2pg.toml", '# ours\nschema = ["app.db"]\n')
        self.write("app.db", "nothing\n")
        self.write("app.py", OFFENCE)

        ran = self.lite2pg("check")

        self.assertEqual((ran.status, ran.out), (2, ""))
        self.assert_one_line(ran.err)
        self.assertIn("lite2pg.toml:2: schema: app.db is no SQLite database", ran.err)

    # -- the catalog

    def test_the_catalog_has_the_evidence_for_each_type(self):
        self.write("db/schema.sql", TABLES)

        got = self.lite2pg("schema", "db/schema.sql", "--emit", "json").json()

        users, notes = got["tables"]
        columns = {column["name"]: column for column in users["columns"]}
        self.assertEqual(got["version"], 1)
        self.assertEqual([users["name"], notes["name"]], ["users", "notes"])
        self.assertEqual(columns["is_admin"]["type"], "BOOLEAN")
        self.assertEqual(columns["is_admin"]["evidence"]["meaning"], "boolean")
        self.assertEqual(columns["is_admin"]["evidence"]["certainty"], "yes")
        self.assertEqual(columns["is_admin"]["evidence"]["because"], "CHECK (is_admin IN (0, 1))")
        self.assertEqual(columns["is_admin"]["evidence"]["place"]["path"], "db/schema.sql")
        self.assertEqual(columns["is_admin"]["evidence"]["place"]["line"], 4)
        self.assertEqual(columns["is_admin"]["default"], "0")
        self.assertEqual((columns["id"]["primary_key"], columns["id"]["autoincrement"], columns["id"]["rowid"]),
                         (1, True, True))
        self.assertEqual((columns["email"]["declared"], columns["email"]["affinity"], columns["email"]["nullable"],
                          columns["email"]["unique"]), ("TEXT", "text", False, True))
        self.assertEqual(users["primary_key"]["columns"], ["id"])
        self.assertEqual([unique["columns"] for unique in users["uniques"]], [["email"]])
        self.assertEqual([check["expression"] for check in users["checks"]], ["(is_admin IN (0, 1))"])
        self.assertEqual([(key["columns"], key["table"], key["to"], key["on_delete"], key["on_update"])
                          for key in notes["foreign_keys"]], [(["user_id"], "users", ["id"], "cascade", None)])
        index, = notes["indexes"]
        self.assertEqual([(term["column"], term["expression"], term["descending"]) for term in index["terms"]],
                         [("user_id", "user_id", False), (None, "lower(body)", True)])
        self.assertEqual((index["name"], index["unique"], index["where"]), ("notes_by_user", False, "body <> ''"))
        text = (self.root / "db/schema.sql").read_text()
        self.assertTrue(text[index["place"]["offset"]:index["place"]["end_offset"]].startswith("CREATE INDEX"))
        self.assertEqual([(finding["code"], finding["table"]) for finding in got["findings"]],
                         [("SC-15", "users"), ("SQL-38", "notes")])

    def test_the_catalog_has_views_triggers_and_virtual_tables(self):
        self.database("app.db", """
            CREATE TABLE t (a);
            CREATE VIEW v AS SELECT a FROM t;
            CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;
            CREATE VIRTUAL TABLE f USING fts5(body);
        """)

        got = self.lite2pg("schema", "app.db", "--emit", "json").json()

        self.assertEqual([view["name"] for view in got["views"]], ["v"])
        self.assertEqual([(one["name"], one["module"]) for one in got["virtual_tables"]], [("f", "fts5")])
        self.assertEqual([(one["name"], one["table"]) for one in got["triggers"]], [("g", "t")])
        self.assertTrue(got["triggers"][0]["definition"].endswith("END"))

    # -- types, to be read

    def test_each_type_is_told_with_its_reason(self):
        self.write("lite2pg.toml", '[types]\n"notes.body" = "text"\n')
        self.write("s.sql", TABLES + """CREATE TABLE "line\nend" (a DATETIME, b ANY, "é" VARCHAR(3), meta TEXT);""")

        ran = self.lite2pg("schema", "s.sql", "--emit", "types")

        self.assertEqual((ran.status, ran.err), (0, ""))
        rows = [re.split(r"  +", line.strip()) for line in ran.out.splitlines() if line.startswith("    ")]
        self.assertEqual(rows, [
            ["id", "INTEGER", "BIGINT", "the rowid"],
            ["email", "TEXT", "TEXT"],
            ["is_admin", "INTEGER", "BOOLEAN", "boolean: CHECK (is_admin IN (0, 1)) (s.sql:4)"],
            ["created_at", "TEXT", "TIMESTAMPTZ", "timestamptz: default (datetime('now')) and the name created_at (s.sql:5)"],
            ["id", "INTEGER", "BIGINT", "the rowid"],
            ["user_id", "INTEGER", "BIGINT"],
            ["body", "TEXT", "TEXT", "text: set by the configuration"],
            ["price", "REAL", "DOUBLE PRECISION", "by its name it may be money: say so under `types` if it is"],
            ["a", "DATETIME", "TIMESTAMPTZ", "timestamptz: declared DATETIME (s.sql:14)"],
            ["b", "ANY", "TEXT", "it may hold values of any type"],
            ["é", "VARCHAR(3)", "TEXT"],
            ["meta", "TEXT", "TEXT", "by its name it may be json: say so under `types` if it is"],
        ])
        self.assertEqual(len({line.index(row[2]) for line, row in zip(
            (line for line in ran.out.splitlines() if line.startswith("    ")), rows) if row[1] != row[2]}), 1)
        self.assertIn("\nline\\nend\n", ran.out)
        self.assertTrue(ran.out.endswith("12 columns: 8 as declared, 4 by evidence, 0 likely; "
                                         "2 of those as declared may be more by their names\n"), ran.out)

    # -- the first revision

    def revision(self, sql, *words):
        self.write("db/My schema-2.sql", sql)
        ran = self.lite2pg("schema", "db/My schema-2.sql", "--emit", "alembic", *words)
        self.assertEqual((ran.status, ran.err), (0, ""), ran)
        return ran.out

    def test_a_revision_is_python_that_goes_up_and_down(self):
        text = self.revision(TABLES)

        tree = ast.parse(text, feature_version=(3, 9))
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        values = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}
        self.assertEqual(names, ["upgrade", "downgrade"])
        self.assertEqual(values, {"revision": "0001", "down_revision": None, "branch_labels": None, "depends_on": None})
        self.assertTrue(text.startswith('"""0001_my_schema_2_baseline\n'), text)
        self.assertEqual(text, self.revision(TABLES))
        self.assertLessEqual(max(len(line) for line in text.splitlines() if not line.strip().startswith("#")), 88)

    def test_a_revision_says_of_each_column_what_both_databases_make_of_it(self):
        text = self.revision(TABLES)

        for line in ('    sa.BigInteger().with_variant(sa.Integer(), "sqlite"),', 'sa.Column("email", sa.Text(), nullable=False),',
                     'sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),', "    sa.DateTime(timezone=True),",
                     "    server_default=sa.func.now(),", 'sa.Column("price", sa.Float(53)),', 'sa.UniqueConstraint("email"),',
                     "sqlite_autoincrement=True,", 'sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),',
                     "postgresql_where=sa.text(\"body <> ''\"),", "sqlite_where=sa.text(\"body <> ''\"),"):
            self.assertRegex(text, rf"(?m)^        (?:    )?{re.escape(line.strip())}$")
        self.assertIn("    # lite2pg: SC-15 CHECK (is_admin IN (0, 1)) is left out", text)

    def test_a_revision_may_be_put_into_the_folder_of_revisions(self):
        (self.root / "versions").mkdir()

        self.assertEqual(self.revision(TABLES, "--output", "versions"), "")

        self.assertEqual([path.name for path in (self.root / "versions").iterdir()], ["0001_my_schema_2_baseline.py"])

    def test_a_revision_without_tables_does_nothing(self):
        self.write("empty.sql", "-- nothing\n")

        ran = self.lite2pg("schema", "empty.sql", "--emit", "alembic", "--quiet")

        self.assertEqual(ran.status, 0)
        self.assertEqual(ran.out.count("    pass\n"), 2)
        self.assertNotIn("import sqlalchemy", ran.out)

    def test_no_text_of_the_schema_becomes_python(self):
        table = "t\"\"\"\\' + x"
        name = '"' + table.replace('"', '""') + '"'
        text = self.revision(f"""
            CREATE TABLE {name} (a TEXT DEFAULT '\\'' "" ''', "b:c %(d)s" INTEGER CHECK ("b:c %(d)s" <> 5));
            CREATE VIEW v AS SELECT a AS ":z", '\\' AS w FROM {name} WHERE a <> '
                "{'"' * 3}';
        """)

        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        tables = [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "op.create_table"]
        self.assertLessEqual({ast.unparse(call.func).split(".")[0] for call in calls}, {"op", "sa", "postgresql", "by_dialect"})
        self.assertEqual(tables, [table])

    def test_a_circle_is_closed_on_postgres_alone_and_opened_on_sqlite(self):
        text = self.revision("""
            CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));
            CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id), b_id INTEGER REFERENCES b (id));
        """)

        self.assertEqual(text.count("use_alter=True"), 1)
        self.assertIn('    if op.get_context().dialect.name != "sqlite":  # it has them with the table\n'
                      '        op.create_foreign_key("a_b_id_fkey", "a", "b", ["b_id"], ["id"])\n', text)
        self.assertIn('op.execute("PRAGMA defer_foreign_keys = ON")', text)
        self.assertNotIn("PRAGMA", self.revision("CREATE TABLE b (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));"))

    # -- nothing vanishes

    def test_what_has_no_counterpart_is_named(self):
        ddl, findings = self.written("""
            CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE, b INTEGER DEFAULT '' CHECK (typeof(b) = 'integer'),
                            c TEXT REFERENCES gone (x), UNIQUE (b, c) ON CONFLICT REPLACE);
            CREATE INDEX t_glob ON t (c) WHERE c GLOB 'x*';
            CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;
            CREATE VIRTUAL TABLE f USING fts5(body);
            CREATE TABLE alembic_version (version_num TEXT);
            CREATE VIEW v AS SELECT group_concat(a) FROM t;
            CREATE TABLE broken (a TEXT,, b);
        """)

        for name in ("t_glob", "typeof", "gone", "trigger g", "virtual table f", "alembic_version", "view v",
                     "ON CONFLICT replace", "DEFAULT ''", "COLLATE NOCASE", "this definition is left out"):
            self.assertTrue(any(name in finding for finding in findings), (name, findings))
        self.assertEqual(ddl.count("CREATE TABLE"), 1)
        self.assertIn("CREATE UNIQUE INDEX t_a_nocase ON t (lower(a))", ddl)

    def test_a_circle_of_foreign_keys_is_closed_afterwards(self):
        ddl, findings = self.written("""
            CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), a_id INTEGER REFERENCES a (id));
            CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a);
        """)

        self.assertEqual(findings, [])
        self.assertIn("a_id BIGINT REFERENCES a (id)\n);", ddl)
        self.assertTrue(ddl.rstrip().endswith("ALTER TABLE a ADD CONSTRAINT a_b_id_fkey FOREIGN KEY (b_id) REFERENCES b (id);"), ddl)

    def test_a_table_comes_after_those_it_refers_to(self):
        ddl, _ = self.written("CREATE TABLE a (b_id INTEGER REFERENCES b (id)); CREATE TABLE b (id INTEGER PRIMARY KEY);")

        self.assertLess(ddl.index("CREATE TABLE b"), ddl.index("CREATE TABLE a"))
        self.assertNotIn("ALTER TABLE", ddl)

    def test_a_default_is_written_as_a_value_of_the_type(self):
        ddl, _ = self.written("""
            CREATE TABLE t (a BOOLEAN DEFAULT '1', b INTEGER DEFAULT '5', c TEXT DEFAULT 7, d TEXT DEFAULT "it's",
                            e BLOB DEFAULT x'00FF', f REAL DEFAULT -1.5, g TIMESTAMP DEFAULT '2024-01-02 03:04:05',
                            h INTEGER DEFAULT (strftime('%s', 'now')), i TEXT DEFAULT CURRENT_TIME,
                            j TEXT DEFAULT (lower(hex(randomblob(16)))), k JSON DEFAULT '{}', l INTEGER DEFAULT 0x10);
        """)

        for line in ("a BOOLEAN DEFAULT true", "b BIGINT DEFAULT 5", "c TEXT DEFAULT '7'", "d TEXT DEFAULT 'it''s'",
                     r"e BYTEA DEFAULT '\x00FF'", "f DOUBLE PRECISION DEFAULT -1.5",
                     "g TIMESTAMPTZ DEFAULT '2024-01-02 03:04:05+00'",
                     "h BIGINT DEFAULT floor(extract(epoch FROM now()))::bigint",
                     "i TEXT DEFAULT to_char(now() AT TIME ZONE 'utc', 'HH24:MI:SS')",
                     "j TEXT DEFAULT replace(gen_random_uuid()::text, '-', '')", "k JSONB DEFAULT '{}'",
                     "l BIGINT DEFAULT 16"):
            self.assertIn("    " + line, ddl)

    def test_a_check_that_a_type_only_partly_answers_stays(self):
        ddl, findings = self.written("CREATE TABLE t (a BOOLEAN CHECK (a IN (0, 1) AND a <> 0), b INTEGER CHECK (b));")

        self.assertEqual(findings, [])
        self.assertIn("a BOOLEAN CHECK (a IN (false, true) AND a <> false)", ddl)
        self.assertIn("b BIGINT CHECK ((b) <> 0)", ddl)

    def test_a_name_cannot_end_a_comment_or_a_statement(self):
        ddl, findings = self.written('''CREATE TABLE "t
            DROP TABLE x; --" (a TEXT PRIMARY KEY, "a""); DROP TABLE y; --" TEXT COLLATE NOCASE);''')

        self.assertTrue(findings)
        self.assertNotIn("\n            DROP TABLE x", "\n".join(findings))
        self.assertIn('"a""); drop table y; --" TEXT', ddl)

    def test_names_keep_within_what_postgres_has_for_them(self):
        ddl, findings = self.written(f"CREATE TABLE t (a); CREATE INDEX {'i' * 80} ON t (a); CREATE INDEX {'i' * 81} ON t (a);")

        names = [line.split()[2] for line in ddl.splitlines() if line.startswith("CREATE INDEX")]
        self.assertEqual(len(set(names)), 2)
        self.assertTrue(all(len(name) <= 63 for name in names), names)
        self.assertEqual(len(findings), 2)


if __name__ == "__main__":
    unittest.main()
