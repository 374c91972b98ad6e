// How every function of this shim begins and fails: libhdf5 prints nothing, and what went wrong first
// is kept as one sentence for rmt_hdf5_message.
#ifndef RMT_CHDF5_ERRORS_H
#define RMT_CHDF5_ERRORS_H

#include <hdf5.h>

#include "CHDF5.h"

// Every function begins so: no printing, no leftovers of an earlier failure.
void rmt_hdf5_begin(void);

// Keeps a sentence of our own as what went wrong.
void rmt_hdf5_set_message(const char *text);

// A failure of libhdf5: keeps its innermost description, or the fallback. Returns -1.
int rmt_hdf5_fail(const char *fallback);

// A failure of our own rules, about which libhdf5's stack says nothing. Returns -1.
int rmt_hdf5_refuse(const char *reason);

#endif
