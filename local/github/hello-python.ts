/** A repository that can be tested only once it is set up: its greetings stand in a database that git does not hold. */
const readme = `# hello-python

Greets people from a SQLite database.

    make database              # makes greetings.db from greetings.sql
    make test
    python3 greet.py Ada de    # Hallo, Ada!
`;

const agents = `The tests run with \`make test\`. They need \`greetings.db\`, which \`.porter.yml\` has made before you begin.
`;

const makefile = `database:
	python3 make_database.py

test:
	@if python3 -c 'import pytest' 2> /dev/null; then python3 -m pytest -q; else python3 -m unittest; fi
`;

const greetings = `CREATE TABLE greetings (language TEXT PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO greetings VALUES ('en', 'Hello'), ('de', 'Hallo'), ('fr', 'Bonjour');
`;

const makeDatabase = `import pathlib
import sqlite3

pathlib.Path("greetings.db").unlink(missing_ok=True)
with sqlite3.connect("greetings.db") as database:
    database.executescript(pathlib.Path("greetings.sql").read_text())
`;

const greet = `import sqlite3
import sys


def greet(name, language="en"):
    with sqlite3.connect("file:greetings.db?mode=ro", uri=True) as database:
        row = database.execute("SELECT word FROM greetings WHERE language = ?", (language,)).fetchone()
    if row is None:
        raise ValueError(f"unknown language: {language}")
    return f"{row[0]}, {name}!"


if __name__ == "__main__":
    print(greet(*sys.argv[1:]))
`;

const test = `import unittest

from greet import greet


class GreetTest(unittest.TestCase):
    def test_english_unless_told_otherwise(self):
        self.assertEqual(greet("Ada"), "Hello, Ada!")

    def test_other_languages(self):
        self.assertEqual(greet("Ada", "de"), "Hallo, Ada!")

    def test_unknown_language(self):
        with self.assertRaises(ValueError):
            greet("Ada", "xx")
`;

export const helloPythonFiles: Record<string, string> = {
  "README.md": readme,
  "AGENTS.md": agents,
  ".porter.yml": "setup: make database\nverify: make test\n",
  ".gitignore": "greetings.db\n__pycache__/\n.pytest_cache/\n",
  Makefile: makefile,
  "greetings.sql": greetings,
  "make_database.py": makeDatabase,
  "greet.py": greet,
  "test_greet.py": test,
};

export const helloPythonIssues = [
  {
    title: "Shout a greeting",
    body: 'Some of us are hard of hearing. `shout("Ada")` should greet in capitals: `HELLO, ADA!`. With a test, please.\n',
  },
];
