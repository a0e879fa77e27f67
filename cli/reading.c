#include "cli/reading.h"

#include <stdlib.h>
#include <sys/stat.h>

/* How many files are worth a thread. */
enum { SHARE_OF_READING = 64, SHARE_OF_PARSING = 2 };

typedef struct Stage {
    Readers          *readers;
    FileState        *files;
    FileState       **some;
    Keeping           keeping;
    const CarrierVec *carriers;
    const Wanted     *wanted;
} Stage;

static Reader *reader_of(const Stage *stage, unsigned worker)
{
    Reader *reader = &stage->readers->readers[worker];

    if (!reader->arena)
        *reader = (Reader) { arena_open(), arena_open() };
    arena_reset(reader->scratch);
    return reader;
}

void readers_close(Readers *readers)
{
    for (unsigned i = 0; i < POOL_JOBS_LIMIT; i++) {
        arena_close(readers->readers[i].arena);
        arena_close(readers->readers[i].scratch);
        readers->readers[i] = (Reader) { 0 };
    }
}

bool bytes_read(const Readers *readers, Arena *scratch, Str path, Str *raw, Error *why)
{
    if (readers->stdin_path.ptr && str_eq(path, readers->stdin_path)) {
        *raw = readers->stdin_text;
        return true;
    }
    return file_read(scratch, readers->root, path, raw, why);
}

static void refuse(Reader *reader, FileState *file, Outcome outcome, const Error *why)
{
    file->outcome = outcome;
    file->why     = str_copy(reader->arena, str_of(why->message));
}

static bool is_too_large(const Stage *stage, Reader *reader, Str path)
{
    struct stat info;
    Str name = str_format(reader->scratch, STR_FORMAT "/" STR_FORMAT, STR_ARG(stage->readers->root), STR_ARG(path));

    return stat(name.ptr, &info) == 0 && info.st_size > SOURCE_LIMIT;
}

static void decode(Reader *reader, FileState *file, Str raw)
{
    Source source;
    Error  why;

    if (!source_from_bytes(reader->arena, file->path, str_copy(reader->arena, raw), &source, &why)) {
        refuse(reader, file, OUTCOME_UNFIT, &why);
        return;
    }
    file->source  = arena_new(reader->arena, Source);
    *file->source = source;
    file->outcome = OUTCOME_DECODED;
}

static void read_one(void *data, unsigned worker, size_t index)
{
    const Stage *stage  = data;
    Reader      *reader = reader_of(stage, worker);
    FileState   *file   = &stage->files[index];
    Str          raw;
    Error        why;

    if (!bytes_read(stage->readers, reader->scratch, file->path, &raw, &why)) {
        refuse(reader, file, is_too_large(stage, reader, file->path) ? OUTCOME_UNFIT : OUTCOME_UNREADABLE, &why);
        return;
    }
    file->hits = prefilter(raw);
    if (stage->keeping == KEEP_POSTGRES && file->hits.postgres && !memchr(raw.ptr, 0, raw.len))
        file->raw = str_copy(reader->arena, raw);
    if (hits_database(file->hits) || file->is_named)
        decode(reader, file, raw);
}

void files_read(Readers *readers, FileStateVec *files, Keeping keeping)
{
    Stage stage = { .readers = readers, .files = files->items, .keeping = keeping };

    pool_run(readers->jobs, files->count, SHARE_OF_READING, read_one, &stage);
}

/* Whether the file uses one of the carriers. Its words, gathered when first asked for, say no without
 * reading it again; `raw` is empty if it was not read. */
static bool uses_any(const Stage *stage, Reader *reader, FileState *file, Str *raw)
{
    Error why;

    if (!file->words.bits) {
        if (!bytes_read(stage->readers, reader->scratch, file->path, raw, &why)) {
            refuse(reader, file, OUTCOME_UNREADABLE, &why);
            return false;
        }
        file->words = words_of(reader->arena, *raw);
    }
    vec_each(carrier, stage->carriers) {
        if (!words_may_use(&file->words, file->path, carrier))
            continue;
        if (!raw->ptr && !bytes_read(stage->readers, reader->scratch, file->path, raw, &why)) {
            refuse(reader, file, OUTCOME_UNREADABLE, &why);
            return false;
        }
        if (text_uses(file->path, *raw, carrier))
            return true;
    }
    return false;
}

static void wake_one(void *data, unsigned worker, size_t index)
{
    const Stage *stage = data;
    FileState   *file  = &stage->files[index];
    Str          raw   = { 0 };
    Error        why;

    if (file->outcome != OUTCOME_ASLEEP)
        return;
    Reader *reader = reader_of(stage, worker);
    if (file->module) {
        if (wanted_has(stage->wanted, file->path) || (stage->carriers->count && uses_any(stage, reader, file, &raw)))
            file->outcome = OUTCOME_DECODED;
    } else if (wanted_has(stage->wanted, file->path)) {
        if (bytes_read(stage->readers, reader->scratch, file->path, &raw, &why))
            decode(reader, file, raw);
        else
            refuse(reader, file, OUTCOME_UNREADABLE, &why);
    } else if (stage->carriers->count && uses_any(stage, reader, file, &raw)) {
        decode(reader, file, raw);
    }
}

void files_wake(Readers *readers, FileStateVec *files, const CarrierVec *carriers, const Wanted *wanted)
{
    Stage stage = { .readers = readers, .files = files->items, .carriers = carriers, .wanted = wanted };

    if (carriers->count || wanted->by_stem.entries.count)
        pool_run(readers->jobs, files->count, SHARE_OF_READING, wake_one, &stage);
}

/* What goes wrong here is found, and told, when the file is woken. */
static void parse_one_ahead(void *data, unsigned worker, size_t index)
{
    const Stage *stage = data;
    FileState   *file  = &stage->files[index];
    FileState    ahead = *file;
    Str          raw   = { 0 };
    Error        why;

    if (file->outcome != OUTCOME_ASLEEP || file->module)
        return;
    Reader *reader = reader_of(stage, worker);
    bool    wanted = uses_any(stage, reader, &ahead, &raw);
    file->words    = ahead.words;
    if (!wanted)
        return;
    decode(reader, &ahead, raw);
    if (ahead.outcome == OUTCOME_DECODED && module_parse(reader->arena, ahead.source, &ahead.module, &why)) {
        file->source = ahead.source;
        file->module = ahead.module;
    }
}

Pool *files_parse_ahead(Arena *arena, Readers *readers, FileStateVec *files, const CarrierVec *carriers)
{
    if (readers->jobs < 2 || !carriers->count)
        return NULL;
    Stage *stage = arena_new(arena, Stage);
    *stage       = (Stage) { .readers = readers, .files = files->items, .carriers = carriers };
    return pool_start(readers->jobs, files->count, SHARE_OF_PARSING, parse_one_ahead, stage);
}

static void parse_one(void *data, unsigned worker, size_t index)
{
    const Stage *stage  = data;
    Reader      *reader = reader_of(stage, worker);
    FileState   *file   = stage->some[index];
    Error        why;

    if (file->module || module_parse(reader->arena, file->source, &file->module, &why))
        file->outcome = OUTCOME_PARSED;
    else
        refuse(reader, file, OUTCOME_UNFIT, &why);
}

static int largest_first(const void *a, const void *b)
{
    const FileState *left = *(FileState *const *)a, *right = *(FileState *const *)b;

    return (left->source->text.len < right->source->text.len) - (left->source->text.len > right->source->text.len);
}

/* The largest first: else the last one begun holds up all. */
void files_parse(Arena *arena, Readers *readers, const FileRefVec *files)
{
    FileRefVec order = { 0 };

    vec_each(file, files)
        vec_push(arena, &order, *file);
    vec_sort(&order, largest_first);
    Stage stage = { .readers = readers, .some = order.items };
    pool_run(readers->jobs, files->count, SHARE_OF_PARSING, parse_one, &stage);
}
