#ifndef SYSTEM_CALL_FAULTS_H
#define SYSTEM_CALL_FAULTS_H

#include <stdbool.h>

/// What befalls the calling thread.
enum system_call_fault {
  /// As if the process were killed: this call and all later ones that would change files do nothing.
  SYSTEM_CALL_FAULT_KILL,
  /// The disk is full: from this call on nothing can be written or made, but still removed.
  SYSTEM_CALL_FAULT_FULL,
};

/// Counts the calling thread's calls that change files from now on; the fault comes with the call of
/// this number, from 0 on. Without nameless files the system is one that knows no O_TMPFILE.
void system_call_fault_begin(enum system_call_fault fault, long call, bool has_nameless_files);

/// Ends the fault; the number of calls that were counted. -1 where the system's calls are not seen.
long system_call_fault_end(void);

#endif
