/*
 * Whatever the bytes of a database file: it is read or refused with a reason, in bounded time, without a
 * change to it; and each signal and note is about a column of the catalog, once.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/schema/column_contents.h"
#include "analyzers/schema/database.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

/* One for all inputs, with nothing beside it. */
static char file[] = "/tmp/lite2pg-fuzz-database-XXXXXX";

static void remove_file(void)
{
    unlink(file);
}

static int file_with(const uint8_t *data, size_t size)
{
    static bool is_made;
    int         handle = is_made ? open(file, O_RDWR | O_TRUNC | O_CLOEXEC) : mkstemp(file);

    if (!is_made)
        atexit(remove_file);
    is_made = true;
    hold(handle >= 0 && write(handle, data, size) == (ssize_t)size);
    return handle;
}

static void hold_column(const CatalogColumn *column)
{
    vec_each(signal, &column->signals) {
        hold(signal_source(signal->kind) == SIGNAL_OF_DATA && signal->count && signal->detail.len);
        for (const Signal *other = column->signals.items; other < signal; other++)
            hold(other->kind != signal->kind);
    }
    vec_each(contents, &column->contents)
        hold((*contents)->rows.looked_at > 0 && (*contents)->path.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena   = arena_open();
    Catalog catalog = { 0 };
    Error   why;
    int     handle = file_with(data, size);

    bool ok = catalog_add_database(arena, &catalog, file, STR("a.db"), NULL, &why);
    hold(ok || why.message[0]);
    if (ok)
        catalog_tell_misfits(arena, &catalog);
    vec_each(table, &catalog.tables)
        vec_each(column, &(*table)->columns)
            hold_column(column);

    struct stat info;
    char       *after = arena_alloc(arena, size + 1);
    hold(fstat(handle, &info) == 0 && (size_t)info.st_size == size);
    hold(pread(handle, after, size, 0) == (ssize_t)size && memcmp(after, data, size) == 0);
    close(handle);
    arena_close(arena);
    return 0;
}
