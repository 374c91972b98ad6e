#include "errors.h"

#include <string.h>

_Static_assert(sizeof(hid_t) <= sizeof(int64_t), "a handle fits in 64 bits");

static char message[512];

void rmt_hdf5_set_message(const char *text) {
  strncpy(message, text, sizeof message - 1);
  message[sizeof message - 1] = 0;
}

const char *rmt_hdf5_message(void) { return message; }

// Entry number 0 of an upward walk is the innermost: what went wrong first.
static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *unused) {
  (void)unused;
  if (n == 0 && error->desc != NULL) rmt_hdf5_set_message(error->desc);
  return 0;
}

void rmt_hdf5_begin(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5Eclear2(H5E_DEFAULT);
  message[0] = 0;
}

int rmt_hdf5_fail(const char *fallback) {
  if (message[0] == 0) {
    rmt_hdf5_set_message(fallback);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, NULL);
  }
  H5Eclear2(H5E_DEFAULT);
  return -1;
}

int rmt_hdf5_refuse(const char *reason) {
  rmt_hdf5_set_message(reason);
  H5Eclear2(H5E_DEFAULT);
  return -1;
}
