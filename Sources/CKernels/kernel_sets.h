// The kernel sets of this build; supported.c chooses among them.
#ifndef RMT_KERNEL_SETS_H
#define RMT_KERNEL_SETS_H

#include "include/CKernels.h"

extern const rmt_kernels_f32 rmt_kernels_f32_plain;
#if defined(__x86_64__)
extern const rmt_kernels_f32 rmt_kernels_f32_avx512;
extern const rmt_kernels_f32 rmt_kernels_f32_avx2;
#elif defined(__aarch64__)
extern const rmt_kernels_f32 rmt_kernels_f32_neon;
#endif

#endif
