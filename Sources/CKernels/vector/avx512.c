// The f32 kernels for AVX-512.
#if defined(__x86_64__)
#include "../kernel_sets.h"
#include "../philox.h"

// The file is compiled for the baseline; the instruction set is raised for its functions alone.
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)

// 32 registers of 16 floats: 24 accumulators, 3 of B, 1 broadcast.
#define RMT_LANES 16
#define RMT_GEMM_ROWS 8
#define RMT_GEMM_VECTORS 3
#include "lanes.inc"

#include "elementwise.inc"
#include "gemm.inc"

#pragma clang attribute pop

#define RMT_TABLE_NAME "avx512"
const rmt_kernels_f32 rmt_kernels_f32_avx512 =
#include "../table.inc"
    ;
#endif
