/* kill_at N PROGRAM [ARGUMENT]...
 *
 * Runs a program and kills it (SIGKILL) before its N-th operation that changes the file system, of whatever thread; with 0 it
 * only counts. Says on the standard error, in the last line, how many operations there were: `operations COUNT`.
 * Programs that the program starts are not followed: they live on, as they do when a job is killed.
 *
 * Uses PTRACE_GET_SYSCALL_INFO (Linux 5.3), so that it is the same on every processor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int changes(const struct __ptrace_syscall_info *call)
{
    const __uint64_t *arguments = call->entry.args;
    switch (call->entry.nr) {
    case SYS_openat:
        return (arguments[2] & (O_CREAT | O_TRUNC)) != 0;
    case SYS_write:
    case SYS_writev:
    case SYS_pwrite64:
        return arguments[0] > 2;
    case SYS_renameat2:
    case SYS_linkat:
    case SYS_symlinkat:
    case SYS_unlinkat:
    case SYS_mkdirat:
    case SYS_ftruncate:
    case SYS_fallocate:
    case SYS_fchmod:
    case SYS_fchmodat:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_sendfile:
    case SYS_copy_file_range:
#ifdef SYS_renameat
    case SYS_renameat:
#endif
#ifdef SYS_rename
    case SYS_rename:
    case SYS_link:
    case SYS_symlink:
    case SYS_unlink:
    case SYS_mkdir:
    case SYS_rmdir:
    case SYS_creat:
    case SYS_chmod:
#endif
        return 1;
#ifdef SYS_open
    case SYS_open:
        return (arguments[1] & (O_CREAT | O_TRUNC)) != 0;
#endif
    default:
        return 0;
    }
}

static void fail(const char *what)
{
    fprintf(stderr, "kill_at: %s: %s\n", what, strerror(errno));
    exit(125);
}

int main(int count, char **arguments)
{
    long wanted = count > 2 ? atol(arguments[1]) : -1;
    if (wanted < 0) {
        fprintf(stderr, "usage: kill_at N PROGRAM [ARGUMENT]...\n");
        return 125;
    }
    pid_t program = fork();
    if (program < 0)
        fail("fork");
    if (program == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0))
            _exit(126);
        raise(SIGSTOP);
        execvp(arguments[2], arguments + 2);
        _exit(127);
    }
    int status;
    if (waitpid(program, &status, 0) != program || WIFEXITED(status))
        fail("ptrace");
    long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, program, 0, options) || ptrace(PTRACE_SYSCALL, program, 0, 0))
        fail("ptrace");
    long operations = 0;
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0)
            fail("waitpid");
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread != program)
                continue;
            fprintf(stderr, "operations %ld\n", operations);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        int signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            struct __ptrace_syscall_info call;
            if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof call, &call) > 0
                && call.op == PTRACE_SYSCALL_INFO_ENTRY && changes(&call) && ++operations == wanted) {
                kill(program, SIGKILL);
                continue;
            }
            signal = 0;
        } else if (status >> 16 || signal == SIGSTOP) {
            /* A new thread, or an event of ours. */
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, thread, 0, signal);
    }
}
