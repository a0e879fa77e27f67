#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/printable.h"

static void say(Str line)
{
    Arena *arena = arena_open();
    Str    safe  = printable(arena, line);

    fprintf(stderr, "lite2pg: " STR_FORMAT "\n", STR_ARG(safe));
    arena_close(arena);
}

void message(const char *format, ...)
{
    char   *text = NULL;
    va_list args;

    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    say((Str) { text, (size_t)len });
    free(text);
}

int failed(const Error *why)
{
    say(str_of(why->message));
    return STATUS_FAILED;
}

bool use_color(const Options *options)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    if (option_given(options, OPTION_OUTPUT) || (no && *no))
        return false;
    return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

static bool write_all(int handle, Str text)
{
    while (text.len) {
        ssize_t wrote = write(handle, text.ptr, text.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        text = str_slice(text, (size_t)wrote, text.len);
    }
    return true;
}

static int handle_close(int handle)
{
    return handle < 0 ? 0 : close(handle);
}

/* The mode of the file that is replaced, or what the umask leaves of 0666. */
static mode_t mode_for(const char *name)
{
    struct stat info;

    if (stat(name, &info) == 0)
        return info.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A new file beside the old one takes its place when it is complete. Pipes are written to. */
static bool replace_file(Arena *arena, Str path, Str text, Error *why)
{
    char       *name = str_cstr(arena, path), *real = realpath(name, NULL);
    struct stat info;

    if (real) { /* a link stays one */
        name = str_cstr(arena, str_of(real));
        free(real);
    }
    if (stat(name, &info) == 0 && !S_ISREG(info.st_mode)) {
        int handle = open(name, O_WRONLY | O_CLOEXEC);
        bool done  = handle >= 0 && write_all(handle, text);
        if (!done)
            error_set_errno(why, "cannot write %s", name);
        handle_close(handle);
        return done;
    }
    char *fresh  = str_cstr(arena, str_format(arena, "%s.XXXXXX", name));
    int   handle = mkostemp(fresh, O_CLOEXEC);
    if (handle < 0)
        return error_set_errno(why, "cannot write %s", name);
    bool done =
        write_all(handle, text) && fchmod(handle, mode_for(name)) == 0 && fsync(handle) == 0;
    if (!done)
        error_set_errno(why, "cannot write %s", name);
    if (handle_close(handle) < 0 && done)
        done = error_set_errno(why, "cannot write %s", name);
    if (done && rename(fresh, name) < 0)
        done = error_set_errno(why, "cannot write %s", name);
    if (!done)
        unlink(fresh);
    return done;
}

int result_write(const Options *options, Str text, int status)
{
    Error why;

    if (option_given(options, OPTION_OUTPUT))
        return replace_file(options->arena, options->output, text, &why) ? status : failed(&why);
    if (write_all(STDOUT_FILENO, text))
        return status;
    error_set_errno(&why, "cannot write to standard output");
    return failed(&why);
}

/* Reasons name the file already, except those of discovery. */
static void tell(const Note *note)
{
    if (note->path.len && !str_contains(note->message, note->path))
        message(STR_FORMAT ": " STR_FORMAT, STR_ARG(note->path), STR_ARG(note->message));
    else
        message(STR_FORMAT, STR_ARG(note->message));
}

/* What --verbose adds: how much was looked at. */
static void tell_of_work(const Session *session)
{
    message("%zu Python files, %zu of them parsed; %zu calls in %zu units, %zu tables; %u values "
            "not followed",
            session->files.count, session->project.modules.count, session->calls.count,
            session->units.units.count, session->catalog.tables.count,
            model_capped(session->model));
}

int session_report(const Options *options, const Session *session, int status)
{
    if (options->loudness == LOUDNESS_VERBOSE)
        tell_of_work(session);
    if (options->loudness != LOUDNESS_QUIET)
        vec_each(note, &session->notes)
            tell(note);
    vec_each(error, &session->errors)
        tell(error);
    return session->errors.count ? STATUS_FAILED : status;
}

bool stdin_read(Arena *arena, Str *text, Error *why)
{
    Buf buf = buf_new(arena);

    for (;;) {
        char    block[65536];
        ssize_t got = read(STDIN_FILENO, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(why, "cannot read standard input");
        if (got == 0)
            break;
        buf_add(&buf, (Str) { block, (size_t)got });
        if (buf.len > SOURCE_LIMIT)
            return error_set(why, "standard input has more than %d bytes, too many for one file",
                             SOURCE_LIMIT);
    }
    *text = buf.len ? buf_str(&buf) : STR("");
    return true;
}

bool session_for(Arena *arena, const Options *options, SessionDepth depth, SessionParse parse,
                 SessionTexts texts, Session *out, Error *why)
{
    SessionOptions asked = { .depth = depth, .parse = parse, .texts = texts,
                             .stdin_filename = options->stdin_filename,
                             .jobs = options->jobs ? options->jobs : pool_usual_jobs() };

    vec_each(word, &options->words) {
        if (!str_is(*word, "-"))
            vec_push(arena, &asked.paths, *word);
        else if (options->words.count > 1)
            return error_set(why,
                             "`-` reads one file from standard input: give no other path with it");
        else if (!stdin_read(arena, &asked.stdin_text, why))
            return false;
        else
            asked.reads_stdin = true;
    }
    return session_open(arena, &asked, out, why);
}
