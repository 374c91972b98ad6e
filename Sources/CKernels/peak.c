// The multiply-add loops of every instruction set; the time they take is the machine's peak.
#include "include/CKernelsPeak.h"

#include <stddef.h>
#include <string.h>

// a ← a·x + y on ACCUMULATORS vectors of LANES floats that do not wait for each other. Two pipes of
// four cycles' latency need eight of them; four pipes (some ARM cores) need sixteen. The numbers go
// to y / (1 − x) = 1, far from overflow and from denormals.
#define RMT_MULTIPLY_ADD_LOOP(function, LANES, ACCUMULATORS)                                      \
  typedef float function##_vector __attribute__((vector_size(4 * LANES)));                        \
  static double function(int64_t iterations) {                                                    \
    function##_vector a[ACCUMULATORS];                                                            \
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = (function##_vector){0} + (float)i;              \
    const function##_vector x = (function##_vector){0} + 0.5f;                                    \
    const function##_vector y = (function##_vector){0} + 0.5f;                                    \
    for (int64_t n = 0; n < iterations; n++) {                                                    \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ACCUMULATORS; i++)                   \
          a[i] = a[i] * x + y;                                                                    \
    }                                                                                             \
    function##_vector sum = a[0];                                                                 \
    for (int i = 1; i < ACCUMULATORS; i++) sum += a[i];                                           \
    double total = 0;                                                                             \
    for (int i = 0; i < LANES; i++) total += (double)sum[i];                                      \
    return total;                                                                                 \
  }                                                                                               \
  static const rmt_multiply_add_loop function##_loop

// What the compiler makes of plain C without any flag: the baseline's vectors, where multiplication
// and addition are two instructions unless the baseline fuses them.
RMT_MULTIPLY_ADD_LOOP(multiply_add_plain, 4, 12) = {"plain", 2 * 4 * 12, multiply_add_plain};

#if defined(__x86_64__)
#pragma clang fp contract(fast)

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
RMT_MULTIPLY_ADD_LOOP(multiply_add_avx512, 16, 16) = {
    "avx512", 2 * 16 * 16, multiply_add_avx512};
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
RMT_MULTIPLY_ADD_LOOP(multiply_add_avx2, 8, 12) = {"avx2", 2 * 8 * 12, multiply_add_avx2};
#pragma clang attribute pop

#elif defined(__aarch64__)
#pragma clang fp contract(fast)
RMT_MULTIPLY_ADD_LOOP(multiply_add_neon, 4, 16) = {"neon", 2 * 4 * 16, multiply_add_neon};
#endif

const rmt_multiply_add_loop *rmt_multiply_add_loop_named(const char *name) {
  static const rmt_multiply_add_loop *const loops[] = {
#if defined(__x86_64__)
      &multiply_add_avx512_loop, &multiply_add_avx2_loop,
#elif defined(__aarch64__)
      &multiply_add_neon_loop,
#endif
      &multiply_add_plain_loop};
  for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
    if (strcmp(loops[i]->name, name) == 0) return loops[i];
  return NULL;
}
