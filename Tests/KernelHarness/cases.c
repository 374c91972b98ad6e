// The case at hand, its arrays between guards, and the account of all cases.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

// A sanitizer finds the ends of arrays itself, and one that follows what was never written needs
// arrays that were not.
enum { GUARD = IS_SANITIZED ? 0 : 1024 };
static const int IS_FILLED = !RMT_CHECKED_BY(memory_sanitizer);

enum { MOST_ARRAYS = 64, MOST_KERNELS = 64 };
static const unsigned char GUARD_BYTE = 0xA5;

typedef struct {
  unsigned char *memory;
  size_t size;
} guarded_array;

typedef struct {
  const char *table, *kernel;
  int cases, failures;
  double worst;
} account;

static guarded_array arrays[MOST_ARRAYS];
static int array_count;
static account accounts[MOST_KERNELS];
static int account_count;
static account *current;
static char current_shape[160];
static double worst_share, worst_found, worst_expected;
static const char *broken;
static uint64_t draw_state;

void begin_case(kernel_table table, const char *kernel, const char *shape, ...) {
  va_list arguments;
  va_start(arguments, shape);
  vsnprintf(current_shape, sizeof current_shape, shape, arguments);
  va_end(arguments);
  for (current = accounts; current < accounts + account_count; current++)
    if (!strcmp(current->table, table->name) && !strcmp(current->kernel, kernel)) break;
  if (current == accounts + MOST_KERNELS) abort();
  if (current == accounts + account_count) {
    *current = (account){table->name, kernel, 0, 0, 0};
    account_count++;
  }
  worst_share = 0;
  broken = NULL;
  draw_state = 1;
}

void check_number(double found, double expected, double bound) {
  double error = fabs(found - expected), share = error == 0 ? 0 : error / bound;
  if (isnan(expected)) share = isnan(found) ? 0 : INFINITY;
  else if (isinf(expected) && found == expected) share = 0;
  else if (isnan(share)) share = INFINITY;
  if (share > worst_share) {
    worst_share = share;
    worst_found = found;
    worst_expected = expected;
  }
}

void check_that(int holds, const char *what) {
  if (!holds && !broken) broken = what;
}

static void free_arrays(void) {
  for (int i = 0; i < array_count; i++) {
    const unsigned char *end = arrays[i].memory + GUARD + arrays[i].size;
    for (int b = 0; b < GUARD; b++)
      check_that(arrays[i].memory[b] == GUARD_BYTE && end[b] == GUARD_BYTE,
                 "something was written beside an array");
    free(arrays[i].memory);
  }
  array_count = 0;
}

void end_case(void) {
  free_arrays();
  current->cases++;
  if (worst_share > current->worst) current->worst = worst_share;
  if (worst_share <= 1 && !broken) return;
  current->failures++;
  if (broken) printf("FAILED %s %s %s: %s\n", current->table, current->kernel, current_shape, broken);
  if (!(worst_share <= 1))
    printf("FAILED %s %s %s: %.9g instead of %.9g, %.3g times the bound\n", current->table,
           current->kernel, current_shape, worst_found, worst_expected, worst_share);
}

int print_summary(void) {
  int failures = 0;
  for (const account *a = accounts; a < accounts + account_count; a++) {
    printf("%-8s %-26s %5d cases, worst error %4.0f %% of its bound%s\n", a->table, a->kernel,
           a->cases, 100 * a->worst, a->failures ? ", FAILED" : "");
    failures += a->failures;
  }
  return failures;
}

static void *guarded(size_t size) {
  // A kernel may count on no more than its elements' alignment.
  unsigned char *memory = array_count < MOST_ARRAYS ? malloc(size + 2 * GUARD) : NULL;
  if (!memory) abort();
  if (GUARD > 0) memset(memory, GUARD_BYTE, size + 2 * GUARD);
  arrays[array_count++] = (guarded_array){memory, size};
  return memory + GUARD;
}

float *floats(int64_t count) {
  float *x = guarded((size_t)count * sizeof *x);
  for (int64_t i = 0; IS_FILLED && i < count; i++) x[i] = NAN;
  return x;
}

double *doubles(int64_t count) {
  double *x = guarded((size_t)count * sizeof *x);
  for (int64_t i = 0; IS_FILLED && i < count; i++) x[i] = NAN;
  return x;
}

float *draws(int64_t count, float spread) {
  float *x = floats(count);
  for (int64_t i = 0; i < count; i++) {
    // Knuth's 64-bit linear congruential generator; the upper bits are the random ones.
    draw_state = draw_state * 6364136223846793005u + 1442695040888963407u;
    x[i] = spread * (float)((double)(draw_state >> 11) * 0x1p-52 - 1);
  }
  return x;
}

double *widened(const float *x, int64_t count) {
  double *y = doubles(count);
  for (int64_t i = 0; i < count; i++) y[i] = x[i];
  return y;
}
