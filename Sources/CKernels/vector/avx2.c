// The f32 kernels for AVX2.
#if defined(__x86_64__)
#include "../kernel_sets.h"
#include "../philox.h"

// The file is compiled for the baseline; the instruction set is raised for its functions alone.
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)

// 16 registers of 8 floats: 12 sums, 2 of B, 1 broadcast.
#define RMT_LANES 8
#define RMT_GEMM_ROWS 6
#define RMT_GEMM_VECTORS 2
#include "lanes.inc"

#include "microkernel.inc"
#include "packing.inc"
#include "elementwise.inc"
#include "gemm.inc"
#include "attention.inc"

#pragma clang attribute pop

#define RMT_TABLE_NAME "avx2"
const rmt_kernels_f32 rmt_kernels_f32_avx2 =
#include "../table.inc"
    ;
#endif
