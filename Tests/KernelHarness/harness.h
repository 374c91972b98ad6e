// Kernels of every f32 table against the reference, in C alone, so that it runs wherever a compiler
// reaches: natively, under sanitizers, and for another processor in an emulator.
#ifndef RMT_KERNEL_HARNESS_H
#define RMT_KERNEL_HARNESS_H

#include <stddef.h>

#include "CKernels.h"

#if defined(__has_feature)
#define RMT_CHECKED_BY(sanitizer) __has_feature(sanitizer)
#else
#define RMT_CHECKED_BY(sanitizer) 0
#endif

/// Whether a sanitizer looks at every access; loops are not vectorised then.
enum { IS_SANITIZED = RMT_CHECKED_BY(address_sanitizer) || RMT_CHECKED_BY(memory_sanitizer) };

/// The unit of rounding in single precision.
#define UNIT 0x1p-24

typedef const rmt_kernels_f32 *kernel_table;

/// Begins a case: which kernel, and a shape or range in printf's way.
void begin_case(kernel_table table, const char *kernel, const char *shape, ...)
    __attribute__((format(printf, 3, 4)));

/// Takes a number whose error must not be above the bound; NaN is only right for NaN.
void check_number(double found, double expected, double bound);

/// Takes whether something holds that must.
void check_that(int holds, const char *what);

/// Ends the case: says so if it failed or wrote beside its arrays, which are freed.
void end_case(void);

/// Prints each kernel's cases and its worst share of the bound; the number of failed cases.
int print_summary(void);

/// `count` numbers between guards that last until the end of the case: NaN at first,
float *floats(int64_t count);
double *doubles(int64_t count);
/// drawn evenly from ±spread,
float *draws(int64_t count, float spread);
/// or another array's, in double precision.
double *widened(const float *x, int64_t count);

/// The reference implementation.
static inline const rmt_kernels_f64 *reference(void) { return rmt_reference_kernels_f64(); }

void check_products(kernel_table table);
void check_attention(kernel_table table);
void check_elementary_functions(kernel_table table);
void check_layer_norm(kernel_table table);
void check_adamw(kernel_table table);
void check_dropout(kernel_table table);
void check_sums(kernel_table table);

#endif
