#include "analyzers/intake/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PIECE = 64 * 1024, COMPLAINT_KEPT = 4096 };

/* Our ends and the program's ends of its three pipes; -1 is closed. */
typedef struct Pipes {
    int ours[3];
    int theirs[3];
} Pipes;

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void pipes_close(Pipes *pipes)
{
    for (int i = 0; i < 3; i++) {
        close_end(&pipes->ours[i]);
        close_end(&pipes->theirs[i]);
    }
}

/* Clear of 0, 1 and 2, which the program's ends will take, even if we were started without them. */
static bool move_up(int *end)
{
    int higher = fcntl(*end, F_DUPFD_CLOEXEC, 3);

    close_end(end);
    *end = higher;
    return higher >= 0;
}

static bool pipes_open(Pipes *pipes)
{
    *pipes = (Pipes) { { -1, -1, -1 }, { -1, -1, -1 } };
    for (int i = 0; i < 3; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return false;
        pipes->theirs[i] = ends[i == 0 ? 0 : 1];
        pipes->ours[i]   = ends[i == 0 ? 1 : 0];
        if (!move_up(&pipes->theirs[i]) || !move_up(&pipes->ours[i]))
            return false;
        if (fcntl(pipes->ours[i], F_SETFL, O_NONBLOCK) < 0)
            return false;
    }
    return true;
}

static int start(const char *const argv[], const char *const environment[], const Pipes *pipes,
                 const sigset_t *mask, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t          attributes;
    sigset_t                   defaults;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    int cause = 0;
    for (int i = 0; i < 3 && !cause; i++)
        cause = posix_spawn_file_actions_adddup2(&actions, pipes->theirs[i], i);
    if (!cause)
        cause = posix_spawnp(child, argv[0], &actions, &attributes, (char *const *)argv,
                             (char *const *)environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return cause;
}

/* A program that stops reading is no failure of ours: the rest of the input is dropped. */
static void feed(int *end, Str *input)
{
    ssize_t put = write(*end, input->ptr, input->len < PIECE ? input->len : PIECE);

    if (put > 0)
        *input = str_slice(*input, (size_t)put, input->len);
    else if (put < 0 && errno != EAGAIN && errno != EINTR)
        input->len = 0;
    if (input->len == 0)
        close_end(end);
}

static void collect(int *end, Buf *into, size_t limit)
{
    char    piece[PIECE];
    ssize_t got = read(*end, piece, sizeof piece);

    if (got > 0) {
        size_t room = limit - into->len;
        buf_add(into, (Str) { piece, (size_t)got < room ? (size_t)got : room });
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(end);
    }
}

static void converse(Pipes *pipes, Str input, Buf *output, Buf *complaint)
{
    if (input.len == 0)
        close_end(&pipes->ours[0]);
    while (pipes->ours[1] >= 0 || pipes->ours[2] >= 0) {
        struct pollfd ends[] = { { pipes->ours[0], POLLOUT, 0 },
                                 { pipes->ours[1], POLLIN, 0 },
                                 { pipes->ours[2], POLLIN, 0 } };
        if (poll(ends, 3, -1) < 0 && errno != EINTR)
            break;
        if (ends[0].fd >= 0 && ends[0].revents)
            feed(&pipes->ours[0], &input);
        if (ends[1].fd >= 0 && ends[1].revents)
            collect(&pipes->ours[1], output, (size_t)PROGRAM_OUTPUT_LIMIT + 1);
        if (ends[2].fd >= 0 && ends[2].revents)
            collect(&pipes->ours[2], complaint, COMPLAINT_KEPT);
        if (output->len > PROGRAM_OUTPUT_LIMIT)
            break; /* closing our end tells it to stop */
    }
    pipes_close(pipes);
}

/* The first line that says something, fit for a terminal. */
static Str first_words(Arena *arena, Str complaint)
{
    Str rest = str_trim(complaint), line = rest;

    str_cut(&rest, '\n', &line);
    line       = str_copy(arena, str_trim(line));
    char *text = (char *)line.ptr;
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
            text[i] = '?';
    return line;
}

static bool verdict(Arena *arena, const char *name, int ended, const Buf *complaint, int *status,
                    Error *why)
{
    Str words = first_words(arena, buf_str(complaint));

    if (WIFSIGNALED(ended))
        return error_set(why, "%s was ended by a signal: %s%s" STR_FORMAT, name,
                         strsignal(WTERMSIG(ended)), words.len ? ": " : "", STR_ARG(words));
    int code = WEXITSTATUS(ended);
    if (code)
        error_set(why, "%s ended with status %d%s" STR_FORMAT, name, code, words.len ? ": " : "",
                  STR_ARG(words));
    if (status)
        *status = code;
    return status || code == 0;
}

bool run_program_with(Arena *arena, const char *const argv[], const char *const environment[],
                      Str input, Str *output, int *status, Error *why)
{
    Pipes    pipes;
    sigset_t pipe_signal, before;
    Buf      said      = buf_new(arena);
    Buf      complaint = buf_new(arena);
    pid_t    child;
    int      ended = 0;

    if (!pipes_open(&pipes)) {
        error_set_errno(why, "cannot run %s", argv[0]);
        pipes_close(&pipes);
        return false;
    }
    /* Writing to a program that has gone must be an answer, not our end. */
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);

    int cause = start(argv, environment, &pipes, &before, &child);
    for (int i = 0; i < 3; i++)
        close_end(&pipes.theirs[i]);
    if (cause == 0) {
        converse(&pipes, input, &said, &complaint);
        while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
            ;
    }
    pipes_close(&pipes);

    if (!sigismember(&before, SIGPIPE))
        while (sigtimedwait(&pipe_signal, NULL, &(struct timespec) { 0 }) == SIGPIPE)
            ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (cause) {
        errno = cause;
        return error_set_errno(why, "cannot run %s", argv[0]);
    }
    if (said.len > PROGRAM_OUTPUT_LIMIT)
        return error_set(why, "%s says more than the %d bytes that are read", argv[0],
                         PROGRAM_OUTPUT_LIMIT);
    if (!verdict(arena, argv[0], ended, &complaint, status, why))
        return false;
    *output = said.len ? buf_str(&said) : STR("");
    return true;
}

bool run_program(Arena *arena, const char *const argv[], Str input, Str *output, int *status,
                 Error *why)
{
    return run_program_with(arena, argv, (const char *const *)environ, input, output, status, why);
}
