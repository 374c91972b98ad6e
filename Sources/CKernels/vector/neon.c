// The f32 kernels for NEON.
#if defined(__aarch64__)
#include "../kernel_sets.h"
#include "../philox.h"

#pragma clang fp contract(fast)

// 32 registers of 4 floats: 24 sums, 2 of B, 3 of broadcasts.
#define RMT_LANES 4
#define RMT_GEMM_ROWS 12
#define RMT_GEMM_VECTORS 2
#include "lanes.inc"

#include "microkernel.inc"
#include "packing.inc"
#include "elementwise.inc"
#include "gemm.inc"
#include "attention.inc"

#define RMT_TABLE_NAME "neon"
const rmt_kernels_f32 rmt_kernels_f32_neon =
#include "../table.inc"
    ;
#endif
