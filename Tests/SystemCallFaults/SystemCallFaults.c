// A program's own functions take the place of the C library's for everything that is loaded into it,
// so that a fault can be put between any two system calls that change files. What a killed process
// leaves on the disk is what its calls had done before; a call that does nothing, and all later ones
// that do nothing either, leave the same.
#define _GNU_SOURCE
#include "SystemCallFaults.h"

// A header of the C library says whose library it is.
#include <errno.h>

#if defined(__linux__) && defined(__GLIBC__)
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static _Thread_local struct {
  bool active, has_no_nameless_files;
  enum system_call_fault fault;
  long at, count;
} state;

void system_call_fault_begin(
    enum system_call_fault fault, long call, bool has_nameless_files) {
  state.active = true;
  state.has_no_nameless_files = !has_nameless_files;
  state.fault = fault;
  state.at = call;
  state.count = 0;
}

long system_call_fault_end(void) {
  state.active = false;
  return state.count;
}

// Whether this call fails. A full disk lets files be removed and renamed.
static bool fails(bool takes_space) {
  if (!state.active) return false;
  const long call = state.count++;
  if (call < state.at) return false;
  if (state.fault == SYSTEM_CALL_FAULT_FULL && !takes_space) return false;
  errno = state.fault == SYSTEM_CALL_FAULT_FULL ? ENOSPC : EIO;
  return true;
}

static bool is_nameless(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

static int open_file(const char *path, int flags, mode_t mode) {
  if (state.active && state.has_no_nameless_files && is_nameless(flags)) {
    errno = EOPNOTSUPP;
    return -1;
  }
  if (((flags & (O_CREAT | O_TRUNC)) || is_nameless(flags)) && fails(true)) return -1;
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name, large)                                                                          \
  int name(const char *path, int flags, ...) {                                                     \
    mode_t mode = 0;                                                                               \
    if ((flags & O_CREAT) || is_nameless(flags)) {                                                 \
      va_list arguments;                                                                           \
      va_start(arguments, flags);                                                                  \
      mode = va_arg(arguments, mode_t);                                                            \
      va_end(arguments);                                                                           \
    }                                                                                              \
    return open_file(path, flags | (large), mode);                                                 \
  }
OPEN(open, 0)
OPEN(open64, O_LARGEFILE)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  return fails(true) ? -1 : syscall(SYS_write, descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return fails(true) ? -1 : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  return fails(true) ? -1 : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}

int fsync(int descriptor) { return fails(true) ? -1 : (int)syscall(SYS_fsync, descriptor); }

int mkdir(const char *path, mode_t mode) {
  return fails(true) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int link(const char *from, const char *to) {
  return fails(true) ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
  return fails(true) ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int rename(const char *from, const char *to) {
  return fails(false) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
  return fails(false) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int unlinkat(int folder, const char *path, int flags) {
  return fails(false) ? -1 : (int)syscall(SYS_unlinkat, folder, path, flags);
}

int rmdir(const char *path) {
  return fails(false) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}
#else
void system_call_fault_begin(
    enum system_call_fault fault, long call, bool has_nameless_files) {}
long system_call_fault_end(void) { return -1; }
#endif
