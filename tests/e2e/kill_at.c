/* Preloaded into the binary under test: kills the process at the N-th durable point (KILL_AT=N), counted over all its
 * threads. A point lies before and after every fsync, fdatasync and rename, so each journal record, blob, cell and index
 * write is one. Without KILL_AT nothing happens. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int points;

static void point(void) {
  const char* wanted = getenv("KILL_AT");
  if (wanted && atomic_fetch_add(&points, 1) + 1 == atoi(wanted)) kill(getpid(), SIGKILL);
}

#define DURABLE(name, parameters, arguments)                                                                          \
  int name parameters {                                                                                               \
    int(*real) parameters = (int(*) parameters)dlsym(RTLD_NEXT, #name);                                               \
    point();                                                                                                          \
    const int result = real arguments;                                                                                \
    point();                                                                                                          \
    return result;                                                                                                    \
  }

DURABLE(fsync, (int descriptor), (descriptor))
DURABLE(fdatasync, (int descriptor), (descriptor))
DURABLE(rename, (const char* from, const char* to), (from, to))
DURABLE(renameat, (int a, const char* from, int b, const char* to), (a, from, b, to))
