"""The files of fixtures/sqltest, read."""


def blocks_of(path):
    """The blocks of a .sqltest file, as (key, value)."""
    blocks = []
    for line in path.read_text().split("\n"):
        if line.startswith(" "):
            key, value = blocks[-1]
            blocks[-1] = key, value + "\n" + line[4:] if value else line[4:]
        elif line and not line.startswith("#"):
            key, _, value = line.partition(":")
            blocks.append((key, value.strip()))
    return blocks
