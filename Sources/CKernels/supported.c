// Which kernel sets this processor can run; the only place that asks.
#include "kernel_sets.h"

#include <stddef.h>

const rmt_kernels_f32 *const *rmt_supported_kernels_f32(void) {
#if defined(__x86_64__)
  // Complete lists instead of a filled one: nothing is written, so any thread may ask.
  static const rmt_kernels_f32 *const with_avx512[] = {
      &rmt_kernels_f32_avx512, &rmt_kernels_f32_avx2, &rmt_kernels_f32_plain, NULL};
  static const rmt_kernels_f32 *const with_avx2[] = {
      &rmt_kernels_f32_avx2, &rmt_kernels_f32_plain, NULL};
  static const rmt_kernels_f32 *const with_neither[] = {&rmt_kernels_f32_plain, NULL};
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    return with_avx512;
  return avx2 ? with_avx2 : with_neither;
#elif defined(__aarch64__)
  static const rmt_kernels_f32 *const with_neon[] = {
      &rmt_kernels_f32_neon, &rmt_kernels_f32_plain, NULL};
  return with_neon;
#else
  static const rmt_kernels_f32 *const plain[] = {&rmt_kernels_f32_plain, NULL};
  return plain;
#endif
}
